"""Tests of the figures of the dashboard, as plain data."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from actions.as_of import AsOf
from actions.dashboard.figures import Figure, figures, segments
from actions.models import ActionStatus
from actions.progress import log_progress
from actions.reader import read_agenda
from issues.models import Agenda
from tests import personas
from tracker.dates.value import PartialDate

TODAY = date(2026, 11, 23)


def report_days_ago(point, days_ago, **fields):
    """Log progress that was reported this many days before TODAY."""
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return log_progress(point, personas.progress(**fields), author=None, now=personas.NOW, reported_on=on)


def agenda_figures(agenda, as_of):
    """Return the figures of the agenda, broken down by all its issues."""
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    return figures(issues, read_agenda(agenda, as_of), as_of)


def counts_by_label(result):
    return {figure.label: figure.count for figure in result}


@pytest.fixture
def agenda(db):
    """Create ten action points under two issues, one for each case that the dashboard counts."""
    first, second = personas.issue(number=1), personas.issue(number=2)
    undp, unssc = personas.agency("UNDP"), personas.agency("UNSSC")
    personas.action_point(first, 1)
    fresh = personas.action_point(first, 2)
    report_days_ago(fresh, 10)
    report_days_ago(personas.action_point(first, 3), 91, status="exploring")
    report_days_ago(personas.action_point(first, 4), 200)
    report_days_ago(personas.action_point(first, 5), 400)
    report_days_ago(personas.action_point(second, 1), 800)
    report_days_ago(personas.action_point(second, 2), 5, status="no_progress", reason="The post is vacant.")
    report_days_ago(personas.action_point(second, 3), 900, status="completed")
    snoozed = personas.action_point(second, 4)
    personas.pause(snoozed, TODAY + timedelta(days=30), "Waits for the budget.")
    late = personas.action_point(second, 5)
    report_days_ago(late, 3, status="discontinued")
    personas.milestone(fresh, title="Passed", due="2026-10")
    personas.milestone(fresh, title="Ahead", due="2026-12")
    personas.milestone(fresh, title="Far", due="2027-12")
    personas.milestone(late, title="Of an ended one", due="2026-01")
    personas.lead(fresh, undp, unssc)
    personas.lead(snoozed, undp)
    return personas.agenda()


def test_figures_count_statuses(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert result.total.count == 10
    assert [(figure.status, figure.count) for figure in result.statuses] == [
        ("not_reported", 2),
        ("no_progress", 1),
        ("exploring", 1),
        ("under_way", 4),
        ("completed", 1),
        ("discontinued", 1),
    ]


def test_figures_count_attention_reasons(agenda):
    assert counts_by_label(agenda_figures(agenda, AsOf(TODAY)).attention) == {
        "show no progress": 7,
        "silent": 6,
        "nobody owns": 8,
        "with a milestone passed undone": 1,
        "snoozed": 1,
    }


def test_figures_count_time_since_the_last_report(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert counts_by_label(result.silence) == {
        "never reported on": 2,
        "silent for half a year or longer": 3,
        "silent for a year or longer": 2,
        "silent for two years or longer": 1,
    }
    assert [row.code for row in result.longest_silent] == ["1.1", "2.1", "1.5", "1.4", "1.3"]


def test_figures_are_broken_down_by_issue_and_agency(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert [(row.label, row.total.count, row.attention.count) for row in result.issues] == [
        ("1. Issue 1", 5, 5),
        ("2. Issue 2", 5, 2),
    ]
    assert [(row.label, row.total.count, row.attention.count) for row in result.agencies] == [
        ("UNDP · UNDP in full", 2, 1),
        ("UNSSC · UNSSC in full", 1, 1),
    ]


def test_figures_list_milestones_of_open_action_points(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert [milestone.title for milestone in result.passed] == ["Passed"]
    assert [milestone.title for milestone in result.ahead] == ["Ahead"]


def test_closed_agenda_needs_no_attention(agenda):
    Agenda.objects.update(state="closed")

    result = agenda_figures(Agenda.objects.get(), AsOf(TODAY))

    assert counts_by_label(result.attention) == {
        "show no progress": 0,
        "silent": 0,
        "nobody owns": 8,
        "with a milestone passed undone": 0,
        "snoozed": 0,
    }
    assert list(result.longest_silent) == []
    assert list(result.passed) == []
    assert result.total.count == 10


def test_figures_of_an_empty_agenda_are_zero(db):
    result = agenda_figures(personas.agenda(), AsOf(TODAY))

    assert result.total.count == 0
    assert {figure.count for figure in [*result.statuses, *result.attention, *result.silence]} == {0}
    assert result.segments == []


def test_segments_add_up_to_the_whole():
    statuses = [Figure("", count, "", status) for status, count in zip(ActionStatus, [1, 0, 2, 0, 3, 0], strict=True)]

    result = segments(statuses, 12)

    assert [(segment.status, segment.start, segment.length) for segment in result] == [
        ("not_reported", 0, 8.333),
        ("exploring", 8.333, 16.667),
        ("completed", 25, 25),
    ]


def test_figures_of_the_baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)

    result = agenda_figures(Agenda.objects.get(slug="2005"), AsOf(TODAY))

    assert [figure.count for figure in result.statuses] == [1, 2, 3, 11, 0, 0]
    assert [row.total.count for row in result.issues] == [3, 2, 6, 3, 1, 2]
    assert counts_by_label(result.attention)["nobody owns"] == 2
