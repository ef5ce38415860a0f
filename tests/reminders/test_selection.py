"""Who is due a digest, and what is in it."""

from datetime import timedelta

import pytest

from actions.drafts import save_draft
from actions.progress import log_progress
from actions.reminders.models import ReminderCount
from actions.reminders.periods import DigestRules
from actions.reminders.recipients import accepting_digests
from actions.reminders.selection import select_entries
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tracker.dates.value import PartialDate
from tracker.people.models import Role, User


def listed(today=TODAY, batch=1000, **rules):
    """Return what each digest lists: reference and reasons by email."""
    found = {}
    for entries in select_entries(accepting_digests(today), personas.agenda(), DigestRules(today, **rules), batch):
        for pk, of_person in entries.items():
            found[User.objects.get(pk=pk).email] = [(entry["reference"], entry["reasons"]) for entry in of_person]
    return found


def reported(point, days_ago, **fields):
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return log_progress(point, personas.progress(**fields), author=None, now=NOW, reported_on=on)


@pytest.fixture
def point(focal_point):
    found = personas.action_point()
    personas.lead(found, focal_point.agency)
    return found


def test_entry_says_that_nothing_was_reported(point, focal_point):
    assert listed() == {focal_point.email: [("2026/1.1", ["not_reported"])]}


def test_entry_says_that_there_was_no_progress(point, focal_point):
    reported(point, 1, status="no_progress", reason="The post is vacant.")

    assert listed() == {focal_point.email: [("2026/1.1", ["no_progress"])]}


@pytest.mark.parametrize(("days", "expected"), [(90, []), (91, [("2026/1.1", ["silent"])])])
def test_entry_says_that_it_is_silent(point, focal_point, days, expected):
    reported(point, days)

    assert listed().get(focal_point.email, []) == expected


def test_entry_says_that_a_milestone_passed(point, focal_point):
    reported(point, 1)
    personas.milestone(point, due="2026-10")

    assert listed() == {focal_point.email: [("2026/1.1", ["milestone_passed"])]}


def test_what_moves_is_in_no_digest(point):
    reported(point, 1)
    personas.milestone(point, due="2026-12")

    assert listed() == {}


def test_draft_silences_nothing(point, focal_point):
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]})

    assert listed() == {focal_point.email: [("2026/1.1", ["not_reported"])]}


def test_snooze_holds_it_back_until_its_day(point, focal_point):
    personas.pause(point, TODAY + timedelta(days=1), "Waits.")

    assert listed() == {}
    assert listed(TODAY + timedelta(days=1)) == {focal_point.email: [("2026/1.1", ["not_reported"])]}


@pytest.mark.parametrize("status", ["completed", "discontinued"])
def test_what_has_ended_is_in_no_digest(point, status):
    reported(point, 500, status=status)

    assert listed() == {}


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_agenda_that_is_not_open_reminds_nobody(point, state):
    Agenda.objects.update(state=state)

    assert listed() == {}


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

    assert listed() == {}


def test_pause_ends_on_its_day(point, focal_point):
    User.objects.update(digests_paused_until=TODAY)

    assert list(listed()) == [focal_point.email]


def test_person_gets_what_is_assigned_and_what_the_agency_and_its_parts_lead(focal_point):
    assigned, of_part = personas.action_point(number=1), personas.action_point(number=2)
    personas.assign(assigned, focal_point)
    personas.lead(of_part, personas.agency("UNDP-NO", parent=focal_point.agency))
    personas.lead(personas.action_point(number=3), personas.agency("UNSSC"))

    assert listed() == {focal_point.email: [("2026/1.1", ["not_reported"]), ("2026/1.2", ["not_reported"])]}


def test_coordinator_gets_what_nobody_is_responsible_for(point, focal_point, coordinator):
    personas.action_point(number=2)
    personas.lead(personas.action_point(number=3), personas.agency("FAO"))
    gone = personas.person("gone@example.org", is_active=False)
    personas.assign(personas.action_point(number=4), gone)

    assert [reference for reference, _reasons in listed()[coordinator.email]] == ["2026/1.2", "2026/1.3", "2026/1.4"]
    assert [reference for reference, _reasons in listed()[focal_point.email]] == ["2026/1.1"]


def test_coordinators_own_is_theirs_not_unanswered(coordinator):
    personas.assign(personas.action_point(), coordinator)

    entries = next(select_entries(accepting_digests(TODAY), personas.agenda(), DigestRules(TODAY)))[coordinator.pk]

    assert [entry["unanswered"] for entry in entries] == [False]


def test_admin_and_other_agencies_get_nothing(point, focal_point, other_focal_point, admin):
    assert list(listed()) == [focal_point.email]


@pytest.mark.parametrize("count", [1, 3])
def test_entries_cost_three_queries_for_any_number_of_people(db, django_assert_num_queries, count):
    agenda = personas.agenda()
    for number in range(1, count + 1):
        agency = personas.agency(f"A{number}")
        person = personas.person(f"{number}@example.org", agency=agency)
        for place in range(count):
            point = personas.action_point(personas.issue(number=number), place + 1)
            personas.lead(point, agency)
            personas.assign(point, person)
            personas.milestone(point, due="2020")
    personas.person("coordinator@example.org", Role.COORDINATOR)

    with django_assert_num_queries(3):
        found = [len(batch) for batch in select_entries(accepting_digests(TODAY), agenda, DigestRules(TODAY))]

    assert found == [count]


def test_due_entries_come_in_batches(db):
    for number in range(1, 6):
        agency = personas.agency(f"A{number}")
        personas.person(f"{number}@example.org", agency=agency)
        personas.lead(personas.action_point(number=number), agency)

    sizes = [
        len(batch) for batch in select_entries(accepting_digests(TODAY), personas.agenda(), DigestRules(TODAY), batch=2)
    ]

    assert sizes == [2, 2, 1]


def test_assigned_person_gets_it_and_the_rest_of_the_agency_is_not(point, focal_point):
    personas.assign(point, focal_point)
    personas.person("colleague@example.org", agency=focal_point.agency)

    assert list(listed()) == [focal_point.email]


def test_agency_gets_it_while_the_assigned_person_pauses(point, focal_point):
    personas.assign(point, focal_point)
    colleague = personas.person("colleague@example.org", agency=focal_point.agency)
    User.objects.filter(pk=focal_point.pk).update(digests_paused_until=TODAY + timedelta(days=9))

    assert list(listed()) == [colleague.email]


def test_coordinator_gets_what_only_people_without_digests_are_responsible_for(point, focal_point, coordinator):
    User.objects.filter(pk=focal_point.pk).update(wants_digests=False)

    assert list(listed()) == [coordinator.email]


@pytest.mark.parametrize(
    ("reminded", "expected"),
    [
        (0, ["focal.undp@example.org"]),
        (2, ["focal.undp@example.org"]),
        (3, ["colleague@example.org", "focal.undp@example.org"]),
        (5, ["colleague@example.org", "focal.undp@example.org"]),
        (6, ["colleague@example.org", "coordinator@example.org", "focal.undp@example.org"]),
    ],
)
def test_escalation_goes_step_by_step(point, focal_point, coordinator, reminded, expected):
    personas.assign(point, focal_point)
    personas.person("colleague@example.org", agency=focal_point.agency)
    if reminded:
        ReminderCount.objects.create(action_point=point, count=reminded, first_at=NOW, period_start=TODAY)

    assert sorted(listed(escalate_after=3)) == expected


def test_answer_ends_the_escalation(point, focal_point, coordinator):
    ReminderCount.objects.create(action_point=point, count=6, first_at=NOW - timedelta(days=9), period_start=TODAY)
    before = sorted(listed(escalate_after=3))
    reported(point, 1, status="no_progress", reason="The post is vacant.")

    assert before == ["coordinator@example.org", "focal.undp@example.org"]
    assert sorted(listed(escalate_after=3)) == ["focal.undp@example.org"]


def test_no_escalation_where_the_agenda_wants_none(point, focal_point, coordinator):
    ReminderCount.objects.create(action_point=point, count=99, first_at=NOW, period_start=TODAY)

    assert list(listed(escalate_after=None)) == [focal_point.email]


AHEAD = ((TODAY + timedelta(days=7), TODAY + timedelta(days=14)),)


@pytest.mark.parametrize(
    ("due", "expected"), [("2026-11-29", []), ("2026-11-30", [""]), ("2026-12-06", [""]), ("2026-12-07", [])]
)
def test_milestone_ahead_is_announced_in_its_week(point, focal_point, due, expected):
    reported(point, 1)
    personas.milestone(point, due=due)

    entries = listed(announced=AHEAD)

    assert entries == ({focal_point.email: [("2026/1.1", ["milestone_ahead"])]} if expected else {})


def test_milestone_of_a_month_is_announced_before_the_month_begins(point, focal_point):
    reported(point, 1)
    personas.milestone(point, due="2026-12")

    assert listed(announced=AHEAD) == {focal_point.email: [("2026/1.1", ["milestone_ahead"])]}


@pytest.mark.parametrize(("months", "expected"), [(12, ["milestone_ahead"]), (7, [])])
def test_milestone_that_recurs_is_announced_each_time(point, focal_point, months, expected):
    reported(point, 1)
    personas.milestone(point, due="2024-12-02", repeats_every_months=months)

    assert [reasons for _reference, reasons in listed(announced=AHEAD).get(focal_point.email, [])] == (
        [expected] if expected else []
    )


def test_done_milestone_and_snoozed_action_point_announce_nothing(point):
    reported(point, 1)
    personas.milestone(point, title="Done", due="2026-12-01", done_on="2026-11-01")
    other = personas.action_point(number=2)
    personas.lead(other, personas.agency("UNDP"))
    personas.milestone(other, due="2026-12-01")
    personas.pause(other, TODAY + timedelta(days=1), "Waits.")

    assert listed(announced=AHEAD) == {}


def test_entry_names_each_milestone_once(point, focal_point):
    personas.milestone(point, title="Survey", due="2026-10")
    personas.milestone(point, title="Course", due="2026-12-01")

    entries = next(select_entries(accepting_digests(TODAY), personas.agenda(), DigestRules(TODAY, AHEAD)))[
        focal_point.pk
    ]

    assert [entry["milestones"] for entry in entries] == [
        [
            {"title": "Survey", "due": "2026-10", "in_days": -53, "passed": True},
            {"title": "Course", "due": "2026-12-01", "in_days": 8, "passed": False},
        ]
    ]
