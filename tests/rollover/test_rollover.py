"""From one agenda to the next: deciding, making, undoing, opening."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from actions.agencies.contribution import promises
from actions.drafts import save_draft
from actions.models import ActionPoint
from actions.reminders.models import ReminderSchedule
from actions.rollover import carry_out
from actions.rollover.decisions import (
    ChangedMeanwhileError,
    Choice,
    RolloverError,
    carry_open_forward,
    decide,
    start,
    take_back,
)
from actions.rollover.models import Decision, PlannedPoint, Rollover
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tests.races import run_at_once


@pytest.fixture
def source(focal_point):
    agenda = personas.agenda("2026")
    for number in (1, 2, 3):
        point = personas.action_point(personas.issue(agenda, number=1), number=number, description=f"Text {number}")
        point.lead_agencies.add(personas.agency(f"AG{number}"))
    return agenda


@pytest.fixture
def rollover(source, coordinator):
    return start(Rollover(source=source, slug="2027", title="Agenda of 2027"), coordinator, NOW)


def point(number: int) -> ActionPoint:
    return ActionPoint.objects.get(issue__agenda__slug="2026", issue__number=1, number=number)


def carry(rollover, which, by, seen="", **fields):
    issue = rollover.issues.get(number=1)
    choice = Choice(
        **({"kind": "carry", "reason": "Goes on.", "issue": issue, "titles": [f"Carried {which}"]} | fields)
    )
    return decide(rollover, point(which), choice, by=by, now=NOW, seen=seen)


def close(rollover, number, by, seen="", outcome="discontinued"):
    choice = Choice(kind="close", reason="Nobody needs it.", outcome=outcome)
    return decide(rollover, point(number), choice, by=by, now=NOW, seen=seen)


def into(rollover, number, target, by, kind="merge"):
    return decide(rollover, point(number), Choice(kind=kind, reason="One work.", into=target), by=by, now=NOW, seen="")


def planned() -> list[str]:
    return [str(each) for each in PlannedPoint.objects.select_related("issue")]


def lineage(slug: str) -> dict[str, list[str]]:
    points = ActionPoint.objects.filter(issue__agenda__slug=slug).in_order()
    return {each.code: [old.reference for old in each.carried_from.in_order()] for each in points}


def test_rollover_begins_with_copies_of_the_issues_and_begins_once(rollover, source, coordinator, admin):
    again = start(Rollover(source=source, slug="2028", title="Another"), admin, NOW)

    assert again == rollover
    assert [(str(issue), issue.copied_from) for issue in rollover.issues.all()] == [("1. Issue 1", source.issues.get())]


def test_making_is_refused_while_anything_is_undecided(rollover, coordinator):
    carry(rollover, 1, coordinator)

    with pytest.raises(RolloverError, match="Not decided yet: 2"):
        carry_out.make(rollover, by=coordinator, now=NOW)

    assert not Agenda.objects.filter(slug="2027").exists()


def test_merged_and_superseded_keep_their_lineage_and_only_merged_bring_owners(rollover, coordinator):
    target = carry(rollover, 1, coordinator).targets.get()
    into(rollover, 2, target, coordinator)
    into(rollover, 3, target, coordinator, kind="supersede")

    agenda = carry_out.make(rollover, by=coordinator, now=NOW)

    made = ActionPoint.objects.get(issue__agenda=agenda)
    assert (agenda.state, agenda.follows_id) == ("draft", rollover.source_id)
    assert lineage("2027") == {"1.1": ["2026/1.1", "2026/1.2", "2026/1.3"]}
    assert [str(agency) for agency in made.lead_agencies.all()] == ["AG1", "AG2"]
    assert made.description == "Text 1\n\nText 2"


def test_split_makes_one_for_each_title_and_milestones_go_to_the_first(rollover, coordinator):
    personas.milestone(point(1), title="Ahead")
    personas.milestone(point(1), title="Done", done_on="2026")
    carry(rollover, 1, coordinator, kind="split", titles=["One", "Two"])
    close(rollover, 2, coordinator)
    carry(rollover, 3, coordinator)

    agenda = carry_out.make(rollover, by=coordinator, now=NOW)

    points = ActionPoint.objects.filter(issue__agenda=agenda).in_order()
    assert [(each.code, each.title) for each in points] == [("1.1", "One"), ("1.2", "Two"), ("1.3", "Carried 3")]
    assert [[str(each) for each in found.milestones.all()] for found in points] == [["Ahead"], [], []]
    assert lineage("2027") == {"1.1": ["2026/1.1"], "1.2": ["2026/1.1"], "1.3": ["2026/1.3"]}


def test_promises_are_counted_once_after_it(rollover, coordinator):
    for number in (1, 2, 3):
        personas.milestone(point(number), title="Course", due=f"209{number}")
        point(number).lead_agencies.set([personas.agency("AG1")])
    target = carry(rollover, 1, coordinator).targets.get()
    into(rollover, 2, target, coordinator)
    close(rollover, 3, coordinator)

    carry_out.make(rollover, by=coordinator, now=NOW)

    found = promises(personas.agency("AG1"), Agenda.objects.all(), TODAY).ahead
    assert [(str(each), each.action_point.reference) for each in found] == [
        ("Course", "2027/1.1"),
        ("Course (1.2)", "2027/1.1"),
        ("Course", "2026/1.3"),
    ]


def test_promise_of_what_was_superseded_stays_where_it_was(rollover, coordinator):
    personas.milestone(point(1), title="Course")
    target = carry(rollover, 2, coordinator).targets.get()
    into(rollover, 1, target, coordinator, kind="supersede")
    close(rollover, 3, coordinator)

    carry_out.make(rollover, by=coordinator, now=NOW)

    found = promises(personas.agency("AG1"), Agenda.objects.all(), TODAY).ahead
    assert [each.action_point.reference for each in found] == ["2026/1.1"]


def test_milestones_of_merged_points_are_told_apart(rollover, coordinator):
    personas.milestone(point(1), title="Course", due="2099")
    personas.milestone(point(2), title="Course", due="2098")
    personas.milestone(point(3), title="Course", due="2099")
    target = carry(rollover, 1, coordinator).targets.get()
    into(rollover, 2, target, coordinator)
    into(rollover, 3, target, coordinator)

    agenda = carry_out.make(rollover, by=coordinator, now=NOW)

    made = ActionPoint.objects.get(issue__agenda=agenda)
    assert {str(each): each.due.text for each in made.milestones.all()} == {"Course": "2099", "Course (1.2)": "2098"}


def test_closing_changes_nothing_of_what_was_reported(rollover, coordinator):
    close(rollover, 1, coordinator)
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    carry_out.make(rollover, by=coordinator, now=NOW)

    assert (point(1).status, point(1).progress_updates.count()) == ("not_reported", 0)
    assert lineage("2027") == {"1.2": ["2026/1.2"], "1.3": ["2026/1.3"]}


def test_inactive_focal_points_stay_behind_and_the_reminders_rhythm_comes_along(rollover, coordinator, focal_point):
    gone = personas.person("gone@example.org", is_active=False)
    point(1).focal_points.set([focal_point, gone])
    ReminderSchedule.objects.create(
        agenda=rollover.source,
        rhythm="monthly",
        weekdays=(2, 4),
        hour=6,
        starts_on=date(2026, 1, 1),
        milestone_days=(14,),
        escalate_after=None,
    )
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    agenda = carry_out.make(rollover, by=coordinator, now=NOW)

    made = ActionPoint.objects.get(issue__agenda=agenda, number=1)
    schedule = ReminderSchedule.objects.get(agenda=agenda)
    assert list(made.focal_points.all()) == [focal_point]
    assert (schedule.rhythm, schedule.hour, schedule.starts_on) == ("monthly", 6, TODAY + timedelta(days=1))
    assert (schedule.weekdays, schedule.milestone_days, schedule.escalate_after) == ((2, 4), (14,), None)


def test_bulk_leaves_the_decided_the_ended_and_those_whose_issue_was_dropped(rollover, coordinator):
    close(rollover, 1, coordinator)
    personas.update(point(2), status="completed")
    dropped = personas.action_point(personas.issue(rollover.source, number=2))

    answer = carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    assert answer == (1, 1)
    assert list(rollover.undecided()) == [point(2), dropped]


def test_number_that_is_taken_is_refused_and_nothing_is_stored(rollover, coordinator):
    carry(rollover, 1, coordinator, number=5)

    with pytest.raises(RolloverError, match=r"Number 1\.5 is taken by “Carried 1”"):
        carry(rollover, 2, coordinator, number=5)

    assert planned() == ["1.5 Carried 1"]


def test_other_decision_frees_the_number_but_keeps_what_others_were_merged_into(rollover, coordinator):
    target = carry(rollover, 1, coordinator).targets.get()
    into(rollover, 2, target, coordinator)
    carry(rollover, 3, coordinator)

    close(rollover, 1, coordinator)
    close(rollover, 3, coordinator)

    assert planned() == ["1.1 Carried 1"]


def test_carrying_again_renames_in_place(rollover, coordinator):
    target = carry(rollover, 1, coordinator).targets.get()
    into(rollover, 2, target, coordinator)

    carry(rollover, 1, coordinator, titles=["Renamed"], number=7)

    assert planned() == ["1.7 Renamed"]
    assert point(2).rollover_decision.targets.get().title == "Renamed"


def test_deciding_on_what_another_decided_meanwhile_is_told(rollover, coordinator, admin):
    theirs = close(rollover, 1, coordinator)

    with pytest.raises(ChangedMeanwhileError) as told:
        carry(rollover, 1, admin, seen="")
    carry(rollover, 1, admin, seen=str(theirs.revision))
    with pytest.raises(ChangedMeanwhileError):
        take_back(rollover, point(1), by=coordinator, seen=str(theirs.revision))

    assert told.value.theirs == theirs
    assert Decision.objects.get().kind == "carry"


def test_undo_removes_what_was_made_and_keeps_the_decisions(rollover, coordinator):
    personas.milestone(point(1))
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.make(rollover, by=coordinator, now=NOW)

    carry_out.undo(rollover)

    rollover.refresh_from_db()
    assert (rollover.made, rollover.made_at, rollover.decisions.count()) == (None, None, 3)
    assert not Agenda.objects.filter(slug="2027").exists()
    assert ActionPoint.objects.count() == 3
    assert carry_out.make(rollover, by=coordinator, now=NOW).slug == "2027"


def test_undo_is_refused_once_the_agenda_is_open(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.make(rollover, by=coordinator, now=NOW)
    opened = carry_out.open_agenda(rollover, today=TODAY, visible_to="everybody", close_source=True)

    with pytest.raises(RolloverError, match="was opened"):
        carry_out.undo(rollover)

    rollover.source.refresh_from_db()
    assert (opened.state, rollover.source.state) == ("open", "closed")


@pytest.mark.parametrize("what", ["update", "draft", "point"])
def test_undo_is_refused_where_people_have_worked_on_it(rollover, coordinator, what):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    agenda = carry_out.make(rollover, by=coordinator, now=NOW)
    made = ActionPoint.objects.filter(issue__agenda=agenda).in_order()[0]
    if what == "update":
        personas.update(made, author=coordinator)
    elif what == "draft":
        save_draft(made, coordinator, {"narrative": ["Half"]})
    else:
        personas.action_point(made.issue, number=9)

    with pytest.raises(RolloverError):
        carry_out.undo(rollover)

    assert Agenda.objects.filter(slug="2027").exists()


def test_decisions_rest_once_the_agenda_is_made(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.make(rollover, by=coordinator, now=NOW)

    with pytest.raises(RolloverError, match="Undo it first"):
        close(rollover, 1, coordinator, seen=str(point(1).rollover_decision.revision))


def test_agenda_that_follows_already_is_told(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    personas.agenda("2027b", follows=rollover.source)

    with pytest.raises(RolloverError, match="follows this agenda already"):
        carry_out.make(rollover, by=coordinator, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_agenda_is_made_once_however_many_press_the_button(rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    answers = race(
        lambda: carry_out.make(rollover, by=coordinator, now=NOW),
        lambda: carry_out.make(rollover, by=coordinator, now=NOW),
    )

    assert sorted(answers) == ["Agenda", "RolloverError"]
    assert Agenda.objects.filter(slug="2027").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_are_told_apart(rollover, coordinator, admin):
    answers = race(lambda: carry(rollover, 1, coordinator), lambda: close(rollover, 1, admin))

    assert sorted(answers) == ["ChangedMeanwhileError", "Decision"]
    assert Decision.objects.count() == 1


def race(*calls):
    """Return the names of what came out."""
    return [type(answer).__name__ for answer in run_at_once(*calls)]


def test_baseline_of_2005_rolls_over(db, coordinator):
    call_command("load_baseline", verbosity=0)
    source = Agenda.objects.get(slug="2005")
    rollover = start(Rollover(source=source, slug="2006", title="2006"), coordinator, NOW)
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    for ended in rollover.undecided():
        decide(
            rollover, ended, Choice(kind="close", outcome="completed", reason="Done."), by=coordinator, now=NOW, seen=""
        )

    agenda = carry_out.make(rollover, by=coordinator, now=NOW)

    open_before = ActionPoint.objects.filter(issue__agenda=source).exclude(status__in=["completed", "discontinued"])
    assert agenda.issues.count() == 6
    assert lineage("2006") == {each.code: [each.reference] for each in open_before.in_order()}
