"""One row that cannot be read: the digests of everybody else go out, and coordinators see which row it is."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from actions.models import Milestone
from actions.reminders import preview
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.planning import tick
from actions.reminders.sending import send_due
from tests import personas
from tracker.mail.delivery import Courier
from tracker.people.models import User

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)
REMINDERS = "/reminders/"


@pytest.fixture
def schedule(focal_point):
    personas.lead(personas.action_point(), focal_point.agency)
    return ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on=SINCE)


@pytest.fixture
def other_schedule(focal_point):
    point = personas.action_point(personas.issue(personas.agenda("2025")))
    personas.lead(point, focal_point.agency)
    return ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=SINCE)


def led_by(agency, number=2, **fields):
    point = personas.action_point(number=number, **fields)
    personas.lead(point, agency)
    return point


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def mentioned():
    """What the digests mention, by address."""
    rows = Digest.objects.select_related("recipient")
    return {
        row.recipient.email: list(
            dict.fromkeys(f"{entry['slug']}/{entry['issue']}.{entry['number']}" for entry in row.snapshot)
        )
        for row in rows
    }


def faults_named_on(page):
    return [row.name for shown in page.context["schedules"] for row in shown["faults"].left_out]


@pytest.mark.parametrize(
    "fields",
    [
        {"due": "2025/2100", "repeats_every_months": 12},
        {"due": "2026-01/2100-12", "repeats_every_months": 1},
        {"due": None, "repeats_every_months": 1},
    ],
    ids=lambda fields: fields["due"] or "no date",
)
def test_milestone_without_a_date_or_a_next_turn_is_no_fault(schedule, focal_point, coordinator, client, fields):
    point = led_by(focal_point.agency)
    Milestone.objects.bulk_create([Milestone(action_point=point, title="For ever", **fields)])

    tick(MONDAY, lambda: None)

    assert mentioned() == {focal_point.email: ["2026/1.1", "2026/1.2"]}
    assert faults_named_on(personas.sign_in(client, coordinator).get(REMINDERS)) == []


def test_fault_is_not_shown_any_more_once_it_is_corrected(schedule, focal_point, coordinator, client):
    personas.milestone(led_by(focal_point.agency), due="2026-01")
    run("UPDATE actions_milestone SET due = %s", "soon")
    tick(MONDAY, lambda: None)
    personas.sign_in(client, coordinator)
    before = faults_named_on(client.get(REMINDERS))

    run("UPDATE actions_milestone SET due = %s", "2026-01")
    after = faults_named_on(client.get(REMINDERS))
    tick(MONDAY + timedelta(days=7), lambda: None)

    schedule.refresh_from_db()
    assert (len(before), after, schedule.faulty_since) == (1, [], None)


@pytest.mark.parametrize(
    ("sql", "is_left_out"),
    [
        ("UPDATE actions_actionpoint SET last_reported = 'soon', status = 'no_progress' WHERE id = %s", True),
        ("UPDATE actions_actionpoint SET last_reported = '2026-99', status = 'no_progress' WHERE id = %s", True),
        ("UPDATE actions_actionpoint SET last_reported = '2101', status = 'no_progress' WHERE id = %s", True),
        (
            "UPDATE actions_responsibility SET last_reported = 'x', status = 'completed' WHERE action_point_id = %s",
            True,
        ),
        ("UPDATE actions_milestone SET due = '2026-02-31' WHERE action_point_id = %s", False),
        ("UPDATE actions_milestone SET due = '9999' WHERE action_point_id = %s", False),
        ("UPDATE actions_milestone SET due = '' WHERE action_point_id = %s", False),
    ],
)
def test_text_that_is_no_date_stops_no_digest_and_is_shown(
    schedule, focal_point, coordinator, client, caplog, sql, is_left_out
):
    point = led_by(focal_point.agency)
    personas.milestone(point, due="2026-01")
    run(sql, point.pk)

    tick(MONDAY, lambda: None)

    personas.sign_in(client, coordinator)
    page = client.get(REMINDERS)
    kept = ["2026/1.1"] if is_left_out else ["2026/1.1", "2026/1.2"]
    assert mentioned() == {focal_point.email: kept}
    assert faults_named_on(page) == ["2026/1.2" if is_left_out else "2026/1.2, milestone “Course”"]
    assert len([line for line in caplog.messages if line.startswith("Left out of digests")]) == 2  # the tick, the page
    assert "Course" not in caplog.text


def test_milestone_with_a_faulty_date_is_shown_with_where_to_correct_it(
    schedule, focal_point, coordinator, client, caplog
):
    milestone = personas.milestone(led_by(focal_point.agency), due="2026-01")
    run("UPDATE actions_milestone SET due = %s", "soon")

    tick(MONDAY, lambda: None)

    page = personas.sign_in(client, coordinator).get(REMINDERS)
    assert reverse("edit_milestone", args=["2026", 1, 2, milestone.pk]) in page.content.decode()
    fault = f"Left out of digests: action point {milestone.action_point_id}, milestone {milestone.pk} ("
    assert any(line.startswith(fault) for line in caplog.messages)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes no such day")
def test_row_that_fails_the_whole_query_is_left_out(schedule, focal_point):
    point = led_by(focal_point.agency)
    run("UPDATE actions_actionpoint SET last_reported_day = '2026-02-31' WHERE id = %s", point.pk)

    tick(MONDAY, lambda: None)

    assert mentioned() == {focal_point.email: ["2026/1.1"]}


@pytest.mark.parametrize(
    "changes",
    [{"weekdays": (9,)}, {"rhythm": "fortnightly", "weekdays": (9,)}],
    ids=["no day of a week", "no day of two weeks"],
)
def test_schedule_that_cannot_be_calculated_stops_no_other(
    schedule, other_schedule, focal_point, coordinator, client, caplog, changes
):
    ReminderSchedule.objects.filter(pk=schedule.pk).update(**changes)

    for minute in range(3):
        tick(MONDAY + timedelta(minutes=minute), lambda: None)

    personas.sign_in(client, coordinator)
    shown = {row["agenda"].slug: row["faults"].is_stopped for row in client.get(REMINDERS).context["schedules"]}
    assert mentioned() == {focal_point.email: ["2025/1.1"]}
    assert shown == {"2026": True, "2025": False}
    assert len([line for line in caplog.messages if line.startswith(f"Schedule {schedule.pk} ")]) <= 1
    preview = client.get(reverse("digest_preview", args=["2026"]))
    assert preview.status_code == 200


def test_command_goes_on_after_a_schedule_that_cannot_be_calculated(
    schedule, other_schedule, focal_point, settings, tmp_path
):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path
    ReminderSchedule.objects.filter(pk=schedule.pk).update(rhythm="fortnightly", weekdays=(9,))
    outputs, errors = [], StringIO()

    for options in (["--dry-run"], []):
        outputs.append(StringIO())
        call_command("send_digests", *options, stdout=outputs[-1], stderr=errors)

    assert "1 would get a digest now" in outputs[0].getvalue()
    assert outputs[1].getvalue() == "Digests: 1 sent.\n"
    assert errors.getvalue().count("The schedule of 2026 cannot be calculated: nothing is sent for it.") == 2


def test_preview_shows_the_other_mails_if_one_cannot_be_written(
    schedule, focal_point, coordinator, client, monkeypatch
):
    other = personas.person("other@example.org", agency=focal_point.agency)
    render = preview.render_without_links

    def faulty(digest, entries):
        if digest.recipient == other:
            raise KeyError("no such text")
        return render(digest, entries)

    monkeypatch.setattr(preview, "render_without_links", faulty)
    personas.sign_in(client, coordinator)
    page = client.get(reverse("digest_preview", args=["2026"]))

    bodies = {mail.person: mail.content.text for mail in page.context["preview"].mails}
    assert "1.1 Action point 1" in bodies[focal_point]
    assert bodies[other] == "This mail cannot be written: an admin finds the reason in the log."


def test_schedule_with_unreadable_numbers_stops_no_other(schedule, other_schedule, focal_point):
    run("UPDATE reminders_reminderschedule SET weekdays = 'x,,y' WHERE id = %s", schedule.pk)

    tick(MONDAY, lambda: None)

    assert mentioned() == {focal_point.email: ["2025/1.1"]}


@pytest.mark.parametrize("changes", [{"time_zone": "Mars/Olympus"}, {"language": "xx"}, {"email": "x"}])
def test_person_with_an_unknown_setting_stops_nobody(schedule, focal_point, changes):
    other = personas.person("other@example.org", agency=focal_point.agency)
    User.objects.filter(pk=other.pk).update(**changes)

    tick(MONDAY, lambda: None)

    assert mentioned()[focal_point.email] == ["2026/1.1"]
    assert len(mentioned()) == 2


def test_preview_shows_what_it_leaves_out(schedule, focal_point, coordinator, client):
    personas.milestone(led_by(focal_point.agency), due="2026-01")
    run("UPDATE actions_milestone SET due = %s", "soon")
    personas.sign_in(client, coordinator)

    page = client.get(reverse("digest_preview", args=["2026"]))

    assert page.status_code == 200
    assert [row.name for row in page.context["preview"].faults.left_out] == ["2026/1.2, milestone “Course”"]
    assert [mail.person for mail in page.context["preview"].mails] == [focal_point]


def test_row_that_becomes_unreadable_after_planning_is_left_out_of_the_mail(schedule, focal_point, smtp_server):
    """Also the last update, whose text the mail repeats."""
    other, late = led_by(focal_point.agency), led_by(focal_point.agency, number=3)
    personas.update(late, focal_point, now=MONDAY - timedelta(days=400), agency=focal_point.agency)
    tick(MONDAY, lambda: None)
    run("UPDATE actions_actionpoint SET last_reported = 'soon', status = 'no_progress' WHERE id = %s", other.pk)
    run("UPDATE actions_progressupdate SET reported_on = 'soon' WHERE action_point_id = %s", late.pk)

    with Courier() as courier:
        states = send_due(courier, clock=lambda: MONDAY)

    body = smtp_server.messages[0].get_body(("plain",)).get_content()
    assert states == {"sent": 1}
    assert mentioned() == {focal_point.email: ["2026/1.1", "2026/1.3"]}
    assert "Action point 3" in body
    assert "Action point 2" not in body


def test_schedule_may_not_start_where_no_digest_could_follow(schedule, coordinator, client):
    personas.sign_in(client, coordinator)
    typed = {"enabled": "on", "rhythm": "monthly", "weekdays": "0", "hour": "8"}

    answers = [
        client.post(reverse("reminder_schedule", args=["2026"]), typed | {"starts_on": day, **button}).status_code
        for day in ("2100-01-01", "2100-12-31", "2101-01-01", "9999-12-31")
        for button in ({}, {"preview": ""})
    ]
    last = client.post(
        reverse("reminder_schedule", args=["2026"]), typed | {"starts_on": "2099-12-31", "preview": ""}
    ).status_code

    assert set(answers) == {400}
    assert last == 200
