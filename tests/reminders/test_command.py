"""`manage.py send_digests`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from actions.reminders.models import Digest, PlannedRound, ReminderSchedule
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

    assert f"Focal.Undp <{focal_point.email}>, 2026 action agenda:" in output
    assert "2026/1.1 Joint training" in output
    assert "Nothing has been reported yet" in output
    assert "1 would get a digest now" in output
    assert [model.objects.count() for model in (Digest, PlannedRound, ReminderSchedule)] == [0, 0, 0]
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


def test_what_waits_of_another_agenda_waits_on(focal_point, tmp_path):
    ahead = personas.issue(personas.agenda("2027"))
    waiting = personas.digest(focal_point, personas.action_point(ahead))

    output = [run("--agenda", "2026", "--dry-run"), run("--agenda", "2026")]

    waiting.refresh_from_db()
    assert output[0].endswith("1 would get a digest now; 0 more wait to be sent. Nothing was sent.\n")
    assert output[1] == "Digests: 1 sent.\n"
    assert waiting.state == Digest.State.PENDING
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_unknown_agenda_is_refused():
    with pytest.raises(CommandError, match="There is no agenda '1999'"):
        run("--agenda", "1999")


def test_nothing_is_sent_where_reminders_are_off():
    ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on="2026-01-01", enabled=False)

    assert run() == "No agenda is open with its reminders on: nobody gets a digest.\n"


def test_failures_are_counted(smtp_server, focal_point):
    smtp_server.refused = {focal_point.email}

    assert run() == "Digests: 1 failed.\n"
