"""Remind now: a coordinator asks about one action point."""

import pytest
from django.utils import timezone

from actions.reminders.email import render_digest
from actions.reminders.models import Digest, ReminderCount
from actions.reminders.sending import send_due
from tests import personas
from tests.actions.pages import text
from tracker.mail.delivery import Courier

PATH = "/agendas/2026/1.1/reminder/"


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    personas.lead(found, focal_point.agency)
    return found


def test_coordinator_asks_and_the_mail_says_who_and_what(as_coordinator, point, focal_point, coordinator, smtp_server):
    before = text(as_coordinator.get(PATH))
    answer = as_coordinator.post(PATH, {"message": "Before Friday, please."}, follow=True)
    with Courier() as courier:
        send_due(courier)

    mail = smtp_server.messages[0]
    body = mail.get_body(("plain",)).get_content()
    assert focal_point.name in before
    assert f"A reminder goes to {focal_point.name}" in text(answer)
    assert (mail["To"], mail["Subject"]) == (focal_point.email, f"{coordinator.name} asks about 2026/1.1")
    assert mail["Reply-To"] == coordinator.email
    assert "Before Friday, please." in body
    assert "No progress because …: http" in body
    assert f"asked for by {coordinator.name}" in text(as_coordinator.get("/reminders/"))


def test_asking_twice_a_day_sends_once(as_coordinator, point):
    first = as_coordinator.post(PATH, follow=True)
    second = as_coordinator.post(PATH, follow=True)

    assert "A reminder goes to" in text(first)
    assert "Nobody was reminded" in text(second)
    assert Digest.objects.count() == 1


def test_asking_leaves_the_digest_of_the_day_alone(point, focal_point, coordinator):
    personas.digest(focal_point, point)

    Digest.objects.create(
        recipient=focal_point,
        day=personas.TODAY,
        asked_about=point,
        asked_by=coordinator,
        created_at=personas.NOW,
        next_attempt_at=personas.NOW,
        message_id="<2>",
        snapshot=[],
    )

    assert Digest.objects.count() == 2


def moves(point):
    personas.update(point, now=timezone.now())


def unowned(point):
    personas.set_leads(point)


@pytest.mark.parametrize(
    "change", [moves, unowned, lambda point: personas.pause(point, timezone.localdate().replace(year=2099), "Waits.")]
)
def test_nobody_is_reminded_about_what_was_reported_on_or_is_paused(as_coordinator, point, change):
    change(point)

    page = as_coordinator.get(PATH)
    as_coordinator.post(PATH)

    assert "Nobody to remind" in text(page)
    assert not Digest.objects.exists()


def test_question_is_dropped_when_an_update_comes_before_it_goes_out(as_coordinator, point, smtp_server):
    as_coordinator.post(PATH)
    moves(point)

    with Courier() as courier:
        states = send_due(courier)

    assert states == {"cancelled": 1}
    assert smtp_server.messages == []


def test_question_counts_for_no_escalation(as_coordinator, point):
    as_coordinator.post(PATH)

    assert not ReminderCount.objects.exists()


def test_button_is_there_for_coordinators_while_it_needs_attention(as_coordinator, client, point, focal_point):
    shown = [PATH in as_coordinator.get("/agendas/2026/1.1/").content.decode()]
    moves(point)
    shown.append(PATH in as_coordinator.get("/agendas/2026/1.1/").content.decode())
    personas.sign_in(client, focal_point)
    shown.append(PATH in client.get("/agendas/2026/1.1/").content.decode())

    assert shown == [True, False, False]


@pytest.mark.parametrize("message", ["x" * 501, "two\nlines", "\x00"])
def test_faulty_message_is_refused_and_kept(as_coordinator, point, message):
    response = as_coordinator.post(PATH, {"message": message})

    assert response.status_code == 400
    assert not Digest.objects.exists()


def test_question_replaces_the_older_links_of_its_action_point_alone(client, point, focal_point, coordinator):
    other = personas.action_point(number=2)
    personas.lead(other, focal_point.agency)
    older = personas.digest(focal_point, point, other, state="sent", sent_at=personas.NOW, next_attempt_at=None)
    personas.digest(
        focal_point,
        point,
        asked_about=point,
        asked_by=coordinator,
        state="sent",
        sent_at=personas.NOW,
        next_attempt_at=None,
    )
    words = render_digest(older, older.snapshot, "en").text
    links = [line.partition("127.0.0.1:8000")[2] for line in words.splitlines() if "/answers/" in line]

    assert [client.get(link).status_code for link in links] == [404] * 4 + [200] * 4


def test_people_of_each_part_that_is_due_are_asked(as_coordinator, point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency)
    both = text(as_coordinator.get(PATH))
    personas.update(point, other_focal_point, agency=other_focal_point.agency, now=timezone.now())
    one = text(as_coordinator.get(PATH))

    assert [str(each) in both for each in (focal_point, other_focal_point)] == [True, True]
    assert [str(each) in one for each in (focal_point, other_focal_point)] == [True, False]


def test_overdue_milestone_may_be_asked_about(as_coordinator, point, focal_point, smtp_server):
    moves(point)
    personas.milestone(point, due="2020")
    as_coordinator.post(PATH)
    with Courier() as courier:
        send_due(courier)

    assert "Course" in smtp_server.messages[0].get_body(("plain",)).get_content()


def test_answer_no_progress_of_today_may_be_asked_about(as_coordinator, point, focal_point):
    personas.update(
        point, focal_point, agency=focal_point.agency, now=timezone.now(), status="no_progress", reason="No."
    )

    assert "A reminder goes to" in text(as_coordinator.post(PATH, follow=True))
