"""Who is due a digest, and what is in it."""

from datetime import timedelta

import pytest

from actions.reminders.due import due_entries, wanting_digests
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tracker.partial_dates import PartialDate
from tracker.people.models import Role, User


def told(today=TODAY, batch=1000):
    """What each person is told: reference and reasons by email."""
    found = {}
    for entries in due_entries(wanting_digests(today), personas.agenda(), today, batch):
        for pk, of_person in entries.items():
            found[User.objects.get(pk=pk).email] = [(entry["reference"], entry["reasons"]) for entry in of_person]
    return found


def reported(point, days_ago, **fields):
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return point.log_progress(personas.progress(**fields), author=None, now=NOW, reported_on=on)


@pytest.fixture
def point(focal_point):
    found = personas.action_point()
    found.lead_agencies.add(focal_point.agency)
    return found


def test_entry_says_that_nothing_was_reported(point, focal_point):
    assert told() == {focal_point.email: [("2026/1.1", ["not_reported"])]}


def test_entry_says_that_there_was_no_progress(point, focal_point):
    reported(point, 1, status="no_progress", reason="The post is vacant.")

    assert told() == {focal_point.email: [("2026/1.1", ["no_progress"])]}


@pytest.mark.parametrize(("days", "expected"), [(90, []), (91, [("2026/1.1", ["silent"])])])
def test_entry_says_that_it_is_silent(point, focal_point, days, expected):
    reported(point, days)

    assert told().get(focal_point.email, []) == expected


def test_entry_says_that_a_milestone_passed(point, focal_point):
    reported(point, 1)
    personas.milestone(point, due="2026-10")

    assert told() == {focal_point.email: [("2026/1.1", ["milestone_passed"])]}


def test_what_moves_is_in_no_digest(point):
    reported(point, 1)
    personas.milestone(point, due="2026-12")

    assert told() == {}


def test_draft_silences_nothing(point, focal_point):
    point.keep_draft(focal_point, {"narrative": ["Half a sentence"]})

    assert told() == {focal_point.email: [("2026/1.1", ["not_reported"])]}


def test_snooze_holds_it_back_until_its_day(point, focal_point):
    point.snooze(TODAY + timedelta(days=1), "Waits.")

    assert told() == {}
    assert told(TODAY + timedelta(days=1)) == {focal_point.email: [("2026/1.1", ["not_reported"])]}


@pytest.mark.parametrize("status", ["completed", "discontinued"])
def test_what_has_ended_is_in_no_digest(point, status):
    reported(point, 500, status=status)

    assert told() == {}


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_agenda_that_is_not_open_reminds_nobody(point, state):
    Agenda.objects.update(state=state)

    assert told() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"wants_digests": False},
        {"digests_paused_until": TODAY + timedelta(days=1)},
    ],
)
def test_person_who_must_not_be_mailed_gets_none(point, focal_point, changes):
    User.objects.update(**changes)

    assert told() == {}


def test_pause_ends_on_its_day(point, focal_point):
    User.objects.update(digests_paused_until=TODAY)

    assert list(told()) == [focal_point.email]


def test_person_is_told_of_what_is_assigned_and_of_what_the_agency_and_its_parts_lead(focal_point):
    assigned, of_part = personas.action_point(number=1), personas.action_point(number=2)
    assigned.focal_points.add(focal_point)
    of_part.lead_agencies.add(personas.agency("UNDP-NO", parent=focal_point.agency))
    personas.action_point(number=3).lead_agencies.add(personas.agency("UNSSC"))

    assert told() == {focal_point.email: [("2026/1.1", ["not_reported"]), ("2026/1.2", ["not_reported"])]}


def test_coordinator_is_told_of_what_nobody_answers_for(point, focal_point, coordinator):
    personas.action_point(number=2)
    personas.action_point(number=3).lead_agencies.add(personas.agency("FAO"))
    gone = personas.person("gone@example.org", is_active=False)
    personas.action_point(number=4).focal_points.add(gone)

    assert [reference for reference, _reasons in told()[coordinator.email]] == ["2026/1.2", "2026/1.3", "2026/1.4"]
    assert [reference for reference, _reasons in told()[focal_point.email]] == ["2026/1.1"]


def test_coordinators_own_is_theirs_not_unanswered(coordinator):
    personas.action_point().focal_points.add(coordinator)

    entries = next(due_entries(wanting_digests(TODAY), personas.agenda(), TODAY))[coordinator.pk]

    assert [entry["unanswered"] for entry in entries] == [False]


def test_admin_and_other_agencies_are_told_nothing(point, focal_point, other_focal_point, admin):
    assert list(told()) == [focal_point.email]


@pytest.mark.parametrize("count", [1, 3])
def test_due_entries_cost_five_queries_for_any_number_of_people(db, django_assert_num_queries, count):
    agenda = personas.agenda()
    for number in range(1, count + 1):
        agency = personas.agency(f"A{number}")
        person = personas.person(f"{number}@example.org", agency=agency)
        for place in range(count):
            point = personas.action_point(personas.issue(number=number), place + 1)
            point.lead_agencies.add(agency)
            point.focal_points.add(person)
            personas.milestone(point, due="2020")
    personas.person("coordinator@example.org", Role.COORDINATOR)

    with django_assert_num_queries(5):
        found = [len(batch) for batch in due_entries(wanting_digests(TODAY), agenda, TODAY)]

    assert found == [count]


def test_due_entries_come_in_batches(db):
    for number in range(1, 6):
        agency = personas.agency(f"A{number}")
        personas.person(f"{number}@example.org", agency=agency)
        personas.action_point(number=number).lead_agencies.add(agency)

    sizes = [len(batch) for batch in due_entries(wanting_digests(TODAY), personas.agenda(), TODAY, batch=2)]

    assert sizes == [2, 2, 1]
