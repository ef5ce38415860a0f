"""`manage.py send_digests`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from actions.reminders.models import Digest, PlannedUntil, ReminderSchedule
from tests import personas


@pytest.fixture(autouse=True)
def point(focal_point, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path
    found = personas.action_point(title="Joint training")
    personas.lead(found, focal_point.agency)
    return found


def run(*arguments):
    output = StringIO()
    call_command("send_digests", *arguments, stdout=output)
    return output.getvalue()


def test_dry_run_says_who_would_get_what_and_why_and_leaves_nothing_behind(focal_point, tmp_path):
    output = run("--dry-run")

    assert f"Focal.Undp <{focal_point.email}>:" in output
    assert "2026/1.1 Joint training" in output
    assert "Update due since 1 April 2020. No update yet." in output
    assert "1 would get a digest now" in output
    assert [model.objects.count() for model in (Digest, PlannedUntil, ReminderSchedule)] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_sending_twice_sends_once(tmp_path):
    output = [run(), run(), run("--dry-run")]

    assert output[0] == "Digests: 1 sent.\n"
    assert output[1] == "No digest is due: nothing was sent.\n"
    assert "0 would get a digest now" in output[2]
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_agenda_can_be_chosen(tmp_path):
    other = personas.agenda("2027")

    assert run("--agenda", other.slug) == "No digest is due: nothing was sent.\n"
    assert run("--agenda", "2026") == "Digests: 1 sent.\n"


def test_mail_covers_all_agendas_although_one_is_chosen(focal_point, tmp_path):
    personas.lead(personas.action_point(personas.issue(personas.agenda("2027"))), focal_point.agency)

    run("--agenda", "2026")

    assert Digest.objects.get().slugs == ["2027", "2026"]


def test_what_waits_for_others_waits_on(other_focal_point, tmp_path):
    waiting = personas.digest(other_focal_point, personas.action_point(personas.issue(personas.agenda("2027"))))

    output = [run("--agenda", "2026", "--dry-run"), run("--agenda", "2026")]

    waiting.refresh_from_db()
    assert output[0].endswith("1 would get a digest now; 1 more wait to be sent. Nothing was sent.\n")
    assert output[1] == "Digests: 1 sent.\n"
    assert waiting.state == Digest.State.PENDING
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_person_who_had_a_digest_in_this_period_gets_none(focal_point, point):
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on="2026-01-01", weekdays=(0,))
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    digest = personas.digest(focal_point, point, day=monday, state="sent", sent_at=timezone.now(), next_attempt_at=None)
    in_this_period = run()
    Digest.objects.filter(pk=digest.pk).update(day=monday - timedelta(days=7))

    assert in_this_period == "No digest is due: nothing was sent.\n"
    assert run() == "Digests: 1 sent.\n"


def test_unknown_agenda_is_refused():
    with pytest.raises(CommandError, match="There is no agenda '1999'"):
        run("--agenda", "1999")


def test_nothing_is_sent_where_reminders_are_off():
    ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on="2026-01-01", enabled=False)

    assert run() == "No agenda is open with its reminders on: nobody gets a digest.\n"


def test_failures_are_counted(smtp_server, focal_point):
    smtp_server.refused = {focal_point.email}

    assert run() == "Digests: 1 failed.\n"
