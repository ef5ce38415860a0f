"""Test the plan of the next agenda: decisions, creating its draft, removing and opening it."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from actions.agencies.contribution import agency_milestones, milestones_led_by
from actions.as_of import AsOf
from actions.drafts import save_draft
from actions.models import ActionPoint, Milestone
from actions.reader import read_action_points, read_agenda
from actions.reminders.models import ReminderSchedule
from actions.rollover import carry_out
from actions.rollover.decisions import Choice, DecisionChangedError, carry_open_forward, decide, remove_decision
from actions.rollover.milestones import MilestoneChoice, decide_milestones, passed_milestones
from actions.rollover.models import Decision, PlannedPoint, Rollover
from actions.rollover.plan import RolloverError, start
from actions.rules import allowed_until, attention_reasons
from actions.setup.opening import open_agenda
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tests.races import run_at_once
from tracker.dates.value import PartialDate
from tracker.people.models import Agency


@pytest.fixture
def source(focal_point):
    agenda = personas.agenda("2026")
    for number in (1, 2, 3):
        point = personas.action_point(personas.issue(agenda, number=1), number=number, description=f"Text {number}")
        personas.lead(point, personas.agency(f"AG{number}"))
    return agenda


@pytest.fixture
def rollover(source, coordinator):
    return start(Rollover(source=source, slug="2027", title="Agenda of 2027"), coordinator, NOW)


def point(number: int) -> ActionPoint:
    return ActionPoint.objects.get(issue__agenda__slug="2026", issue__number=1, number=number)


def carry(rollover, old_number, by, version="", **fields):
    issue = rollover.issues.get(number=1)
    choice = Choice(
        **({"kind": "carry", "reason": "Goes on.", "issue": issue, "titles": [f"Carried {old_number}"]} | fields)
    )
    return decide(rollover, point(old_number), choice, by=by, now=NOW, version=version)


def close(rollover, number, by, version="", outcome="discontinued"):
    choice = Choice(kind="close", reason="Nobody needs it.", outcome=outcome)
    return decide(rollover, point(number), choice, by=by, now=NOW, version=version)


def join(rollover, number, target, by, kind="merge"):
    return decide(
        rollover, point(number), Choice(kind=kind, reason="Same work.", into=target), by=by, now=NOW, version=""
    )


def planned_points() -> list[str]:
    return [str(planned) for planned in PlannedPoint.objects.select_related("issue")]


def milestones_ahead_of(agency: Agency) -> Sequence[Milestone]:
    found = milestones_led_by(agency, Agenda.objects.all())
    states = read_action_points({each.action_point_id for each in found}, AsOf(TODAY))
    return agency_milestones(agency, found, states, TODAY).ahead


def lineage(slug: str) -> dict[str, list[str]]:
    points = ActionPoint.objects.filter(issue__agenda__slug=slug).in_order()
    return {point.code: [old.reference for old in point.carried_from.in_order()] for point in points}


def test_rollover_starts_once_with_copies_of_the_issues(rollover, source, coordinator, admin):
    again = start(Rollover(source=source, slug="2028", title="Another"), admin, NOW)

    assert again == rollover
    assert [(str(issue), issue.copied_from) for issue in rollover.issues.all()] == [("1. Issue 1", source.issues.get())]


def test_creating_the_agenda_is_refused_while_anything_is_undecided(rollover, coordinator):
    carry(rollover, 1, coordinator)

    with pytest.raises(RolloverError, match="2 action points are still undecided"):
        carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    assert not Agenda.objects.filter(slug="2027").exists()


def test_merged_and_superseded_action_points_keep_their_lineage_and_only_merged_ones_pass_on_owners(
    rollover, coordinator
):
    target = carry(rollover, 1, coordinator).targets.get()
    join(rollover, 2, target, coordinator)
    join(rollover, 3, target, coordinator, kind="supersede")

    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    created = ActionPoint.objects.get(issue__agenda=agenda)
    assert (agenda.state, agenda.follows_id) == ("draft", rollover.source_id)
    assert lineage("2027") == {"1.1": ["2026/1.1", "2026/1.2", "2026/1.3"]}
    assert [str(agency) for agency in personas.leads(created)] == ["AG1", "AG2"]
    assert created.description == "Text 1\n\nText 2"


def test_split_creates_an_action_point_for_each_title_and_the_first_gets_the_milestones(rollover, coordinator):
    personas.milestone(point(1), title="Ahead")
    personas.milestone(point(1), title="Done", done_on="2026")
    carry(rollover, 1, coordinator, kind="split", titles=["One", "Two"])
    close(rollover, 2, coordinator)
    carry(rollover, 3, coordinator)

    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    points = ActionPoint.objects.filter(issue__agenda=agenda).in_order()
    assert [(point.code, point.title) for point in points] == [("1.1", "One"), ("1.2", "Two"), ("1.3", "Carried 3")]
    assert [[str(milestone) for milestone in point.milestones.all()] for point in points] == [["Ahead"], [], []]
    assert lineage("2027") == {"1.1": ["2026/1.1"], "1.2": ["2026/1.1"], "1.3": ["2026/1.3"]}


def test_milestones_are_counted_once_after_the_agenda_is_created(rollover, coordinator):
    for number in (1, 2, 3):
        personas.milestone(point(number), title="Course", due=f"209{number}")
        personas.set_leads(point(number), *[personas.agency("AG1")])
    target = carry(rollover, 1, coordinator).targets.get()
    join(rollover, 2, target, coordinator)
    close(rollover, 3, coordinator)

    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    milestones = milestones_ahead_of(personas.agency("AG1"))
    assert [(str(milestone), milestone.action_point.reference) for milestone in milestones] == [
        ("Course", "2027/1.1"),
        ("Course (1.2)", "2027/1.1"),
        ("Course", "2026/1.3"),
    ]


def test_milestone_of_a_superseded_action_point_stays_there(rollover, coordinator):
    personas.milestone(point(1), title="Course")
    target = carry(rollover, 2, coordinator).targets.get()
    join(rollover, 1, target, coordinator, kind="supersede")
    close(rollover, 3, coordinator)

    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    milestones = milestones_ahead_of(personas.agency("AG1"))
    assert [milestone.action_point.reference for milestone in milestones] == ["2026/1.1"]


def test_milestones_of_merged_action_points_are_copied_once_and_keep_their_dates(rollover, coordinator):
    personas.milestone(point(1), title="Course", due="2099")
    personas.milestone(point(2), title="Course", due="2098")
    personas.milestone(point(3), title="Course", due="2099")
    target = carry(rollover, 1, coordinator).targets.get()
    join(rollover, 2, target, coordinator)
    join(rollover, 3, target, coordinator)

    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    created = ActionPoint.objects.get(issue__agenda=agenda)
    assert {str(milestone): milestone.due.text for milestone in created.milestones.all()} == {
        "Course": "2099",
        "Course (1.2)": "2098",
    }


def test_closing_leaves_status_and_updates_unchanged(rollover, coordinator):
    close(rollover, 1, coordinator)
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    assert (point(1).status, point(1).progress_updates.count()) == ("not_reported", 0)
    assert lineage("2027") == {"1.2": ["2026/1.2"], "1.3": ["2026/1.3"]}


def test_new_agenda_gets_language_reminder_schedule_and_active_focal_points(rollover, coordinator, focal_point):
    Agenda.objects.filter(pk=rollover.source.pk).update(language="fr")
    rollover.source.refresh_from_db()
    inactive = personas.person("inactive@example.org", is_active=False)
    personas.set_persons(point(1), *[focal_point, inactive])
    ReminderSchedule.objects.create(
        agenda=rollover.source,
        rhythm="monthly",
        weekdays=(2, 4),
        hour=6,
        starts_on=date(2026, 1, 1),
        escalate_after=None,
    )
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    created = ActionPoint.objects.get(issue__agenda=agenda, number=1)
    schedule = ReminderSchedule.objects.get(agenda=agenda)
    assert (agenda.language, personas.persons(created)) == ("fr", [focal_point])
    assert (schedule.rhythm, schedule.hour, schedule.starts_on) == ("monthly", 6, TODAY + timedelta(days=1))
    assert (schedule.weekdays, schedule.escalate_after) == ((2, 4), None)


def test_carrying_all_forward_skips_decided_and_ended_action_points_and_removed_issues(rollover, coordinator):
    close(rollover, 1, coordinator)
    personas.update(point(2), status="completed")
    of_removed_issue = personas.action_point(personas.issue(rollover.source, number=2))

    counts = carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    assert counts == (1, 1)
    assert list(rollover.undecided()) == [point(2), of_removed_issue]


def test_number_that_is_taken_is_refused(rollover, coordinator):
    carry(rollover, 1, coordinator, number=5)

    with pytest.raises(RolloverError, match=r"Number 1\.5 is already used by “Carried 1”"):
        carry(rollover, 2, coordinator, number=5)

    assert planned_points() == ["1.5 Carried 1"]


def test_changed_decision_frees_the_number_and_keeps_targets_of_other_decisions(rollover, coordinator):
    target = carry(rollover, 1, coordinator).targets.get()
    join(rollover, 2, target, coordinator)
    carry(rollover, 3, coordinator)

    close(rollover, 1, coordinator)
    close(rollover, 3, coordinator)

    assert planned_points() == ["1.1 Carried 1"]


def test_carrying_forward_again_renames_the_same_target(rollover, coordinator):
    target = carry(rollover, 1, coordinator).targets.get()
    join(rollover, 2, target, coordinator)

    carry(rollover, 1, coordinator, titles=["Renamed"], number=7)

    assert planned_points() == ["1.7 Renamed"]
    assert point(2).rollover_decision.targets.get().title == "Renamed"


def test_decision_changed_by_another_coordinator_is_not_replaced(rollover, coordinator, admin):
    stored = close(rollover, 1, coordinator)

    with pytest.raises(DecisionChangedError) as raised:
        carry(rollover, 1, admin, version="")
    carry(rollover, 1, admin, version=str(stored.version))
    with pytest.raises(DecisionChangedError):
        remove_decision(rollover, point(1), by=coordinator, version=str(stored.version))

    assert raised.value.stored == stored
    assert Decision.objects.get().kind == "carry"


def test_removing_the_draft_keeps_the_decisions(rollover, coordinator):
    personas.milestone(point(1))
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    carry_out.remove_draft(rollover)

    rollover.refresh_from_db()
    assert (rollover.next_agenda, rollover.carried_out_at, rollover.decisions.count()) == (None, None, 3)
    assert not Agenda.objects.filter(slug="2027").exists()
    assert ActionPoint.objects.count() == 3
    assert carry_out.create_agenda(rollover, by=coordinator, now=NOW).slug == "2027"


def test_open_agenda_is_not_removed(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)
    opened = open_agenda(agenda, by=coordinator, today=TODAY, visible_to="everybody", close_source=True).agenda

    with pytest.raises(RolloverError, match="is open"):
        carry_out.remove_draft(rollover)

    rollover.source.refresh_from_db()
    assert (opened.state, rollover.source.state) == ("open", "closed")


@pytest.mark.parametrize("work", ["update", "draft", "point"])
def test_draft_that_people_have_worked_on_is_not_removed(rollover, coordinator, work):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)
    created = ActionPoint.objects.filter(issue__agenda=agenda).in_order()[0]
    if work == "update":
        personas.update(created, author=coordinator)
    elif work == "draft":
        save_draft(created, coordinator, {"narrative": ["Half"]})
    else:
        personas.action_point(created.issue, number=9)

    with pytest.raises(RolloverError):
        carry_out.remove_draft(rollover)

    assert Agenda.objects.filter(slug="2027").exists()


def test_decisions_cannot_change_once_the_agenda_is_created(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    with pytest.raises(RolloverError, match="Remove its draft first"):
        close(rollover, 1, coordinator, version=str(point(1).rollover_decision.version))


def test_creating_a_second_follower_is_refused(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    personas.agenda("2027b", follows=rollover.source)

    with pytest.raises(RolloverError, match="already follows this agenda"):
        carry_out.create_agenda(rollover, by=coordinator, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_agenda_is_created_once_by_two_requests_at_once(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    outcomes = race(
        lambda: carry_out.create_agenda(rollover, by=coordinator, now=NOW),
        lambda: carry_out.create_agenda(rollover, by=coordinator, now=NOW),
    )

    assert sorted(outcomes) == ["Agenda", "RolloverError"]
    assert Agenda.objects.filter(slug="2027").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_two_decisions_at_once_is_refused(rollover, coordinator, admin):
    outcomes = race(lambda: carry(rollover, 1, coordinator), lambda: close(rollover, 1, admin))

    assert sorted(outcomes) == ["Decision", "DecisionChangedError"]
    assert Decision.objects.count() == 1


def race(*calls):
    """Return the class names of the results."""
    return [type(result).__name__ for result in run_at_once(*calls)]


def test_baseline_of_2005_is_carried_forward(db, coordinator):
    call_command("load_baseline", verbosity=0)
    source = Agenda.objects.get(slug="2005")
    rollover = start(Rollover(source=source, slug="2006", title="2006"), coordinator, NOW)
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    for ended in rollover.undecided():
        decide(
            rollover,
            ended,
            Choice(kind="close", outcome="completed", reason="Done."),
            by=coordinator,
            now=NOW,
            version="",
        )

    passed = passed_milestones(rollover, TODAY)
    with pytest.raises(RolloverError, match=f"{len(passed)} milestones have passed"):
        carry_out.create_agenda(rollover, by=coordinator, now=NOW)
    decide_milestones(rollover, passed, {each.pk: MilestoneChoice("dropped", None) for each in passed}, by=coordinator)
    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    open_before = ActionPoint.objects.filter(issue__agenda=source).exclude(status__in=["completed", "discontinued"])
    assert agenda.issues.count() == 6
    assert lineage("2006") == {point.code: [point.reference] for point in open_before.in_order()}


def test_passed_milestone_is_done_moved_or_dropped_as_decided(rollover, coordinator):
    held, moved, dropped, _coming = (
        personas.milestone(point(1), title=title, due=due)
        for title, due in [("Held", "2026-02"), ("Moved", "2026-03"), ("Dropped", "2026-04"), ("Coming", "2099")]
    )
    carry(rollover, 1, coordinator)
    close(rollover, 2, coordinator)
    close(rollover, 3, coordinator)
    personas.milestone(point(2), title="Of a closed action point", due="2026-01")
    choices = {
        held.pk: MilestoneChoice("done", PartialDate.parse("2026-02-14")),
        moved.pk: MilestoneChoice("new_date", PartialDate.parse("2027-05")),
        dropped.pk: MilestoneChoice("dropped", None),
    }

    passed = passed_milestones(rollover, TODAY)
    decide_milestones(rollover, passed, choices, by=coordinator)
    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    assert [each.pk for each in passed] == [held.pk, moved.pk, dropped.pk]
    created = ActionPoint.objects.get(issue__agenda=agenda)
    assert [(each.title, each.due.text) for each in created.milestones.in_order()] == [
        ("Moved", "2027-05"),
        ("Coming", "2099"),
    ]
    held.refresh_from_db()
    assert held.done_on == PartialDate.parse("2026-02-14")


def test_first_day_of_the_next_agenda_is_calm(rollover, coordinator):
    """Everything was silent in the old agenda. In the new one nothing is due before the days that the agenda allows have passed."""
    for number in (1, 2, 3):
        personas.assign(point(number), personas.person(f"p{number}@example.org", agency=personas.agency(f"AG{number}")))
    personas.update(point(1), agency=personas.agency("AG1"), status="no_progress", reason="No budget.")
    before = read_agenda(rollover.source, AsOf(TODAY))
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    agenda = carry_out.create_agenda(rollover, by=coordinator, now=NOW)
    open_agenda(agenda, by=coordinator, today=TODAY, visible_to="network", close_source=True)
    agenda.refresh_from_db()
    opened = agenda.opened_on
    assert opened is not None

    after = read_agenda(agenda, AsOf(opened))
    assert [attention_reasons(state, TODAY) for state in before] == [["no_progress"], ["update_due"], ["update_due"]]
    assert [(state.status, attention_reasons(state, opened)) for state in after] == [("not_reported", [])] * 3
    later = opened + timedelta(days=agenda.silence_days + 1)
    assert [attention_reasons(state, later) for state in after] == [["update_due"]] * 3
    assert [allowed_until(state, state.parts[0]) for state in after] == [later - timedelta(days=1)] * 3
