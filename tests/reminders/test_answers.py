"""What came of the digests, on a tab of the dashboard."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from actions.progress import correct, withdraw
from actions.reminders.models import DeclinedResponsibility, ReminderCount
from tests import personas
from tests.actions.pages import links, text

PAGE = "/agendas/2026/dashboard/reminders/"
FIRST = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def points(db):
    found = [personas.action_point(number=number, title=f"Course {number}") for number in (1, 2, 3)]
    for point in found:
        personas.lead(point, personas.agency())
    return found


def remind(points, times):
    """Count a reminder about each part of these in this number of weeks."""
    parts = [part.pk for point in points for part in point.responsibilities.current()]
    for week in range(times):
        day = FIRST.date() + timedelta(weeks=week)
        ReminderCount.objects.add(parts, day, day)


def page_text(client, who):
    return text(personas.sign_in(client, who).get(PAGE))


def test_coordinators_see_what_came_of_the_digests(client, coordinator, points):
    remind(points[:2], 1)
    remind(points[2:], 4)
    personas.update(points[0])

    page = personas.sign_in(client, coordinator).get(PAGE)

    assert "3 Action points reminded of 1 Reported on since 0 of them with no progress 0 with paused reminders" in text(
        page
    )
    assert "0 declined as not theirs 1 Three reminders or more without an answer" in text(page)
    assert "2026/1.3 Course 3 UNDP 4 reminders since 4 May 2026" in text(page)
    assert "/reminders/" in links(page)
    section = page.text[page.text.index('id="answers"') :]
    assert "Course 2" not in section[: section.index("</section>")]


def test_answer_shows_at_once(client, coordinator, points):
    remind(points, 3)
    assert "0 declined as not theirs 3 Three reminders or more without an answer" in page_text(client, coordinator)

    personas.update(points[1])

    assert "0 declined as not theirs 2 Three reminders or more without an answer" in page_text(client, coordinator)


def test_answer_that_was_withdrawn_is_none(client, coordinator, focal_point, points):
    remind(points, 3)
    first = personas.update(points[0], focal_point)
    withdraw(first, reason="Typed in the wrong place.", by=focal_point, now=timezone.now())
    second = personas.update(points[1], focal_point)
    corrected = correct(second, personas.progress(narrative="Other words."), author=focal_point, now=timezone.now())
    withdraw(corrected, reason="So was this.", by=focal_point, now=timezone.now())

    assert "0 declined as not theirs 3 Three reminders or more without an answer" in page_text(client, coordinator)


def test_each_kind_of_answer_is_counted(client, coordinator, focal_point, points):
    remind(points, 1)
    personas.update(points[0], focal_point, status="no_progress", reason="No money.", narrative="")
    personas.pause(points[1], timezone.localdate() + timedelta(days=9), "After the break.")
    DeclinedResponsibility.objects.create(
        person=focal_point, action_point=points[2], reason="Not ours.", made_at=timezone.now()
    )

    page = page_text(client, coordinator)

    assert "1 Reported on since 1 of them with no progress 1 with paused reminders 1 declined as not theirs" in page


def test_before_the_first_digest_it_says_so(client, coordinator, points):
    assert "No digest has listed an action point yet." in page_text(client, coordinator)


def test_it_is_for_coordinators_only(client, focal_point, points):
    points[0].issue.agenda.visible_to = "everybody"
    points[0].issue.agenda.save()

    assert client.get(PAGE).status_code == 302
    assert personas.sign_in(client, focal_point).get(PAGE).status_code == 403
    dashboard = client.get("/agendas/2026/dashboard/")
    assert PAGE not in links(dashboard)


def test_closed_agenda_shows_none(client, coordinator, points):
    personas.pause(points[0], timezone.localdate() + timedelta(days=9), "After the break.")
    personas.sign_in(client, coordinator)
    assert "Answers to digests" in text(client.get(PAGE))
    assert "1 action point has paused reminders" in text(client.get(PAGE))

    points[0].issue.agenda.state = "closed"
    points[0].issue.agenda.save()

    assert "Answers to digests" not in text(client.get(PAGE))
    assert PAGE not in links(client.get("/agendas/2026/dashboard/"))


def test_those_of_another_agenda_are_not_counted(client, coordinator, points):
    other = personas.action_point(personas.issue(personas.agenda("2025")))
    personas.lead(other, personas.agency())
    remind([*points[:1], other], 3)

    assert "1 Action points reminded of" in page_text(client, coordinator)
    assert "2025/1.1" not in text(client.get(PAGE))


def test_action_point_with_two_parts_is_counted_once(client, coordinator, points):
    personas.lead(points[0], personas.agency("UNSSC"))
    remind(points[:1], 4)
    personas.update(points[0], agency=personas.agency("UNSSC"))

    page = page_text(client, coordinator)

    assert "1 Action points reminded of 1 Reported on since" in page
    assert "1 Three reminders or more without an answer 2026/1.1 Course 1 UNDP 4 reminders since" in page


def test_part_whose_lead_has_ended_is_not_counted(client, coordinator, points):
    remind(points[:2], 4)
    personas.set_leads(points[0])

    assert "1 Action points reminded of" in page_text(client, coordinator)
