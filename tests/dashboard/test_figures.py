"""The figures of the dashboard, as plain data."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from actions.as_of import AsOf
from actions.dashboard.figures import Figure, figures, segments
from actions.models import ActionStatus
from actions.progress import log_progress, snooze
from actions.reader import read_agenda
from issues.models import Agenda
from tests import personas
from tracker.dates.value import PartialDate

TODAY = date(2026, 11, 23)


def reported(point, days_ago, **fields):
    """Progress that was reported so many days before TODAY."""
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return log_progress(point, personas.progress(**fields), author=None, now=personas.NOW, reported_on=on)


def figured(agenda, as_of):
    """Broken down by all issues."""
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    return figures(issues, read_agenda(agenda, as_of), as_of)


def counts(found):
    return {figure.label: figure.count for figure in found}


@pytest.fixture
def agenda(db):
    """Ten action points, one for each thing that the dashboard tells apart, under two issues."""
    first, second = personas.issue(number=1), personas.issue(number=2)
    undp, unssc = personas.agency("UNDP"), personas.agency("UNSSC")
    personas.action_point(first, 1)
    fresh = personas.action_point(first, 2)
    reported(fresh, 10)
    reported(personas.action_point(first, 3), 91, status="exploring")
    reported(personas.action_point(first, 4), 200)
    reported(personas.action_point(first, 5), 400)
    reported(personas.action_point(second, 1), 800)
    reported(personas.action_point(second, 2), 5, status="no_progress", reason="The post is vacant.")
    reported(personas.action_point(second, 3), 900, status="completed")
    snoozed = personas.action_point(second, 4)
    snooze(snoozed, TODAY + timedelta(days=30), "Waits for the budget.")
    late = personas.action_point(second, 5)
    reported(late, 3, status="discontinued")
    personas.milestone(fresh, title="Passed", due="2026-10")
    personas.milestone(fresh, title="Ahead", due="2026-12")
    personas.milestone(fresh, title="Far", due="2027-12")
    personas.milestone(late, title="Of an ended one", due="2026-01")
    fresh.lead_agencies.add(undp, unssc)
    snoozed.lead_agencies.add(undp)
    return personas.agenda()


def test_figures_tell_the_statuses_apart(agenda):
    found = figured(agenda, AsOf(TODAY))

    assert found.total.count == 10
    assert [(figure.status, figure.count) for figure in found.statuses] == [
        ("not_reported", 2),
        ("no_progress", 1),
        ("exploring", 1),
        ("under_way", 4),
        ("completed", 1),
        ("discontinued", 1),
    ]


def test_figures_say_what_needs_attention(agenda):
    assert counts(figured(agenda, AsOf(TODAY)).attention) == {
        "show no progress": 7,
        "silent": 6,
        "nobody owns": 8,
        "with a milestone passed undone": 1,
        "snoozed": 1,
    }


def test_figures_say_for_how_long_nothing_was_reported(agenda):
    found = figured(agenda, AsOf(TODAY))

    assert counts(found.silence) == {
        "never reported on": 2,
        "silent for half a year or longer": 3,
        "silent for a year or longer": 2,
        "silent for two years or longer": 1,
    }
    assert [row.code for row in found.longest_silent] == ["1.1", "2.1", "1.5", "1.4", "1.3"]


def test_figures_break_down_by_issue_and_agency(agenda):
    found = figured(agenda, AsOf(TODAY))

    assert [(row.label, row.total.count, row.attention.count) for row in found.issues] == [
        ("1. Issue 1", 5, 5),
        ("2. Issue 2", 5, 2),
    ]
    assert [(row.label, row.total.count, row.attention.count) for row in found.agencies] == [
        ("UNDP · UNDP in full", 2, 1),
        ("UNSSC · UNSSC in full", 1, 1),
    ]


def test_figures_show_milestones_of_open_action_points(agenda):
    found = figured(agenda, AsOf(TODAY))

    assert [milestone.title for milestone in found.passed] == ["Passed"]
    assert [milestone.title for milestone in found.ahead] == ["Ahead"]


def test_closed_agenda_needs_no_attention(agenda):
    Agenda.objects.update(state="closed")

    found = figured(Agenda.objects.get(), AsOf(TODAY))

    assert counts(found.attention) == {
        "show no progress": 0,
        "silent": 0,
        "nobody owns": 8,
        "with a milestone passed undone": 0,
        "snoozed": 0,
    }
    assert list(found.longest_silent) == []
    assert list(found.passed) == []
    assert found.total.count == 10


def test_figures_of_an_empty_agenda_are_nought(db):
    found = figured(personas.agenda(), AsOf(TODAY))

    assert found.total.count == 0
    assert {figure.count for figure in [*found.statuses, *found.attention, *found.silence]} == {0}
    assert found.segments == []


def test_segments_add_up_to_the_whole():
    statuses = [Figure("", count, "", status) for status, count in zip(ActionStatus, [1, 0, 2, 0, 3, 0], strict=True)]

    found = segments(statuses, 12)

    assert [(segment.status, segment.start, segment.length) for segment in found] == [
        ("not_reported", 0, 8.333),
        ("exploring", 8.333, 16.667),
        ("completed", 25, 25),
    ]


def test_figures_of_the_baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)

    found = figured(Agenda.objects.get(slug="2005"), AsOf(TODAY))

    assert [figure.count for figure in found.statuses] == [1, 2, 3, 11, 0, 0]
    assert [row.total.count for row in found.issues] == [3, 2, 6, 3, 1, 2]
    assert counts(found.attention)["nobody owns"] == 2
