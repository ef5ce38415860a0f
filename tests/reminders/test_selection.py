"""Who is due a digest, and what is in it."""

from datetime import date, timedelta

import pytest

from actions.drafts import save_draft
from actions.models import Responsibility
from actions.progress import log_progress
from actions.reminders.models import DeclinedResponsibility, ReminderCount
from actions.reminders.periods import DigestRules
from actions.reminders.reading import read_states
from actions.reminders.selection import in_order, read_audience, select
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.permissions import Right, may

PERIOD = TODAY


def entries(today=TODAY, period_start=PERIOD, escalate_after=None):
    """Return the entries of everybody's digest, by email."""
    agenda = Agenda.objects.get()
    recipients = User.objects.accepting_digests(today).values_list("pk", flat=True)
    found = select(
        read_states(agenda, today, set()),
        DigestRules(today, period_start, escalate_after),
        read_audience(set(recipients), today),
        ReminderCount.objects.by_part(),
        set(),
    )
    emails = dict(User.objects.values_list("pk", "email"))
    return {emails[person]: in_order(own) for person, own in found.items()}


def listed(**options):
    """Return what each digest lists: kind, place and reasons by email."""
    return {
        email: [(entry["kind"], f"{entry['issue']}.{entry['number']}", entry["reasons"]) for entry in own]
        for email, own in entries(**options).items()
    }


def reported(point, days_ago, **fields):
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return log_progress(
        point, personas.progress(**fields), author=None, now=NOW - timedelta(days=days_ago), reported_on=on
    )


DUE = ("report", "1.1", ["update_due"])


@pytest.fixture
def point(focal_point):
    found = personas.action_point()
    personas.lead(found, focal_point.agency)
    return found


def test_part_that_was_never_reported_on_is_due(point, focal_point):
    assert listed() == {focal_point.email: [DUE]}


@pytest.mark.parametrize(("days", "expected"), [(0, []), (90, []), (91, [DUE])])
def test_part_is_due_when_more_days_have_passed_than_the_agenda_allows(point, focal_point, days, expected):
    reported(point, days)

    assert listed().get(focal_point.email, []) == expected


def test_entry_has_the_day_since_which_the_update_is_due(point, focal_point):
    reported(point, 100)

    entry = entries()[focal_point.email][0]

    assert (entry["due_since"], entry["days_since_report"]) == ((TODAY - timedelta(days=9)).isoformat(), 100)


@pytest.mark.parametrize(("days", "is_listed"), [(1, True), (0, False)])
def test_answer_no_progress_is_asked_about_again_in_the_next_period_only(point, focal_point, days, is_listed):
    reported(point, days, status="no_progress", reason="The post is vacant.")

    assert listed() == ({focal_point.email: [("report", "1.1", ["no_progress"])]} if is_listed else {})


def test_what_moves_is_in_no_digest(point):
    reported(point, 1)
    personas.milestone(point, due="2027-01")

    assert listed() == {}


def test_draft_silences_nothing(point, focal_point):
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]})

    assert listed() == {focal_point.email: [DUE]}


@pytest.mark.parametrize("days", [0, 1, 90])
def test_pause_keeps_a_part_and_its_milestones_out_of_digests_until_its_day(point, focal_point, days):
    personas.milestone(point, due="2020")
    personas.pause(point, TODAY + timedelta(days=days), "Waits.")

    kinds = [kind for own in listed().values() for kind, _place, _reasons in own]
    assert kinds == ([] if days else ["milestone"])  # an update is due a full interval after the pause


@pytest.mark.parametrize("status", ["completed", "discontinued"])
def test_what_has_ended_is_in_no_digest(point, status):
    reported(point, 500, status=status)
    personas.milestone(point, due="2020")

    assert listed() == {}


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_agenda_that_is_not_open_reminds_nobody(point, coordinator, state):
    personas.milestone(point, due="2020")
    personas.action_point(number=2)
    Agenda.objects.update(state=state)

    assert listed() == {}


@pytest.mark.parametrize(
    "changes",
    [{"is_active": False}, {"wants_digests": False}, {"digests_paused_until": TODAY + timedelta(days=1)}],
)
def test_person_who_must_not_be_mailed_gets_none(point, focal_point, changes):
    User.objects.update(**changes)

    assert listed() == {}


def test_pause_of_a_person_ends_on_its_day(point, focal_point):
    User.objects.update(digests_paused_until=TODAY)

    assert list(listed()) == [focal_point.email]


def test_each_lead_agency_is_asked_for_its_own_part(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency)
    personas.update(point, focal_point, agency=focal_point.agency)

    assert listed() == {other_focal_point.email: [DUE]}


def test_person_responsible_for_two_agencies_parts_is_asked_about_both(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency, persons=[focal_point])

    own = entries()[focal_point.email]

    assert [entry["agency"] for entry in own] == [focal_point.agency_id, other_focal_point.agency_id]
    assert list(entries()) == [focal_point.email]


def test_person_gets_what_is_assigned_and_what_the_agency_and_those_below_it_lead(focal_point):
    assigned, below = personas.action_point(number=1), personas.action_point(number=2)
    personas.lead(assigned, personas.agency("FAO"), persons=[focal_point])
    personas.lead(below, focal_point.agency)
    part_of = personas.person("no@example.org", agency=personas.agency("UNDP-NO", parent=focal_point.agency))
    personas.lead(personas.action_point(number=3), personas.agency("UNSSC"))

    places = {email: [place for _kind, place, _reasons in own] for email, own in listed().items()}

    assert places == {focal_point.email: ["1.1", "1.2"], part_of.email: ["1.2"]}


def test_named_person_gets_it_and_the_rest_of_the_agency_does_not(point, focal_point):
    personas.assign(point, focal_point)
    personas.person("colleague@example.org", agency=focal_point.agency)

    assert list(listed()) == [focal_point.email]


def test_agency_gets_it_once_the_named_person_is_not_active(point, focal_point):
    personas.assign(point, focal_point)
    colleague = personas.person("colleague@example.org", agency=focal_point.agency)
    User.objects.filter(pk=focal_point.pk).update(is_active=False)

    assert list(listed()) == [colleague.email]


def test_coordinator_gets_what_nobody_is_responsible_for(point, focal_point, coordinator):
    personas.action_point(number=2)
    personas.lead(personas.action_point(number=3), personas.agency("FAO"))
    gone = personas.person("gone@example.org", is_active=False, agency=personas.agency("FAO"))
    personas.assign(personas.action_point(number=4), gone)

    assert listed()[coordinator.email] == [
        ("unanswered", "1.2", ["no_one_responsible"]),
        ("unanswered", "1.3", ["no_one_responsible", "update_due"]),
        ("unanswered", "1.4", ["no_one_responsible", "update_due"]),
    ]
    assert listed()[focal_point.email] == [DUE]


def test_coordinator_gets_what_only_people_without_digests_are_responsible_for(point, focal_point, coordinator):
    User.objects.filter(pk=focal_point.pk).update(wants_digests=False)

    assert listed() == {coordinator.email: [("unanswered", "1.1", ["update_due"])]}

    reported(point, 1)
    assert listed() == {}


def test_what_coordinators_are_named_for_is_theirs(coordinator):
    personas.lead(personas.action_point(), personas.agency(), persons=[coordinator])

    assert listed() == {coordinator.email: [DUE]}


def test_admin_and_other_agencies_get_nothing(point, focal_point, other_focal_point, admin):
    assert list(listed()) == [focal_point.email]


def test_declined_action_point_is_not_asked_about(point, focal_point, coordinator):
    DeclinedResponsibility.objects.create(person=focal_point, action_point=point, reason="Not ours.", made_at=NOW)

    assert listed() == {}


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
        remind(point, reminded)

    found = listed(escalate_after=3)

    assert sorted(found) == expected
    assert {email: own[0][:2] for email, own in found.items() if email != focal_point.email} == {
        email: ("escalated", "1.1") for email in expected if email != focal_point.email
    }


def test_everybody_who_is_asked_may_answer(focal_point, coordinator):
    """The focal point of an agency below the lead is asked unless somebody is named, and then may not answer."""
    agency = focal_point.agency
    below = personas.person("below@example.org", agency=personas.agency("UNDP-NO", parent=agency))
    named, unnamed = personas.action_point(number=1), personas.action_point(number=2)
    personas.lead(named, agency, persons=[focal_point])
    personas.lead(unnamed, agency)
    personas.person("colleague@example.org", agency=agency)
    for point in (named, unnamed):
        remind(point, 6)

    found = entries(escalate_after=3)

    assert {entry["number"] for entry in found[below.email]} == {2}
    assert len(found) == 4
    for email, own in found.items():
        person = User.objects.get(email=email)
        parts = Responsibility.objects.filter(pk__in=[entry["part"] for entry in own])
        assert all(may(person, Right.LOG_PROGRESS, part) for part in parts)


def remind(point, count, first_on=TODAY - timedelta(days=9)):
    for part in point.responsibilities.current():
        ReminderCount.objects.create(part=part, count=count, first_on=first_on, period_start=TODAY - timedelta(days=7))


def test_escalation_is_of_one_part(point, focal_point, other_focal_point, coordinator):
    personas.lead(point, other_focal_point.agency)
    ReminderCount.objects.create(
        part=point.responsibilities.get(agency=focal_point.agency),
        count=6,
        first_on=TODAY,
        period_start=date(2026, 1, 1),
    )

    assert [entry["agency"] for entry in entries(escalate_after=3)[coordinator.email]] == [focal_point.agency_id]


@pytest.mark.parametrize("status", ["no_progress", "under_way"])
def test_answer_ends_the_escalation(point, focal_point, coordinator, status):
    remind(point, 6)
    before = sorted(listed(escalate_after=3))
    reported(point, 1, status=status, reason="The post is vacant." if status == "no_progress" else "")

    assert before == ["coordinator@example.org", "focal.undp@example.org"]
    assert list(listed(escalate_after=3)) == ([focal_point.email] if status == "no_progress" else [])


def test_no_escalation_if_the_agenda_wants_none(point, focal_point, coordinator):
    remind(point, 99)

    assert list(listed(escalate_after=None)) == [focal_point.email]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-10", ["milestone_overdue"]),
        ("2026-11-22", ["milestone_overdue"]),
        ("2026-11-23", ["milestone_ahead"]),
        ("2026-12-23", ["milestone_ahead"]),
        ("2026-12-24", None),
        ("2026-12", None),
        ("2027", None),
    ],
)
def test_milestones_that_are_overdue_or_due_within_thirty_days_are_listed(point, focal_point, due, expected):
    reported(point, 1)
    personas.milestone(point, due=due)

    assert listed() == ({focal_point.email: [("milestone", "1.1", expected)]} if expected else {})


def test_milestones_come_after_the_parts_to_report_on(point, focal_point):
    other = personas.action_point(number=2)
    personas.lead(other, focal_point.agency)
    personas.milestone(point, due="2026-10")

    kinds = [(kind, place) for kind, place, _reasons in listed()[focal_point.email]]

    assert kinds == [("report", "1.1"), ("report", "1.2"), ("milestone", "1.1")]


def test_milestone_is_listed_for_the_people_of_its_part_once(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency, persons=[focal_point, other_focal_point])
    for number, agency in enumerate([None, focal_point.agency, other_focal_point.agency]):
        personas.milestone(point, title=f"Course {number}", due="2026-10", agency=agency)
    reported(point, 1, covers_all=True)

    own = {email: [entry["agency"] for entry in listed_here] for email, listed_here in entries().items()}

    assert own == {
        focal_point.email: [None, focal_point.agency_id, other_focal_point.agency_id],
        other_focal_point.email: [None, other_focal_point.agency_id],
    }


def test_done_milestone_is_not_listed(point):
    reported(point, 1)
    personas.milestone(point, title="Done", due="2026-12-01", done_on="2026-11-01")

    assert listed() == {}


def test_entry_names_the_next_milestone_and_later_reports_of_others(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency)
    personas.milestone(point, title="Near", due="2026-12-01")
    later = personas.milestone(point, title="Later", due="2027-05")
    reported(point, 400, agency=focal_point.agency)
    reported(point, 3, agency=other_focal_point.agency)

    entry = entries()[focal_point.email][0]

    assert (entry["kind"], entry["milestone"]) == ("report", later.pk)
    assert entry["others"] == [{"agency": other_focal_point.agency_id, "reported": "2026-11-20"}]


@pytest.mark.parametrize("count", [1, 3])
def test_selecting_costs_the_same_for_any_number_of_people(db, django_assert_num_queries, count):
    for number in range(1, count + 1):
        agency = personas.agency(f"A{number}")
        person = personas.person(f"{number}@example.org", agency=agency)
        for place in range(count):
            point = personas.action_point(personas.issue(number=number), place + 1)
            personas.lead(point, agency, persons=[person])
            personas.milestone(point, due="2020")

    with django_assert_num_queries(12):
        found = listed()

    assert len(found) == count
