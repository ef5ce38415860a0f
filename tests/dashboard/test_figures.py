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
    """Create ten action points under two issues, one for each case that the dashboard counts. Nobody works for FAO."""
    first, second = personas.issue(number=1), personas.issue(number=2)
    undp, unssc, fao = map(personas.agency, ("UNDP", "UNSSC", "FAO"))
    for agency in (undp, unssc):
        personas.person(f"{agency.acronym}@example.org", agency=agency)

    def led(issue, number, *agencies):
        point = personas.action_point(issue, number)
        personas.lead(point, *agencies)
        return point

    led(first, 1, undp)
    joint = led(first, 2, undp, unssc)
    report_days_ago(joint, 10, agency=undp)
    report_days_ago(led(first, 3, undp), 91, status="exploring")
    report_days_ago(personas.action_point(first, 4), 200)
    report_days_ago(led(first, 5, undp), 400)
    report_days_ago(led(second, 1, fao), 800)
    report_days_ago(led(second, 2, undp), 5, status="no_progress", reason="The post is vacant.")
    report_days_ago(led(second, 3, undp), 900, status="completed")
    personas.pause(led(second, 4, undp), TODAY + timedelta(days=30), "Waits for the budget.")
    ended = led(second, 5, undp)
    report_days_ago(ended, 3, status="discontinued")
    personas.milestone(joint, title="Passed", due="2026-10")
    personas.milestone(joint, title="Ahead", due="2026-12")
    personas.milestone(joint, title="Far", due="2027-12")
    personas.milestone(ended, title="Of an ended one", due="2026-01")
    personas.milestone(ended, title="Ahead, of an ended one", due="2026-12")
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


def test_figures_count_action_points_that_need_attention(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert result.attention.count == 7
    assert counts_by_label(result.reasons) == {
        "have no one responsible": 2,
        "have an update due": 5,
        "have a milestone overdue": 1,
        "report no progress": 1,
        "have reminders paused": 1,
    }
    assert [row.code for row in result.no_one_responsible] == ["1.4", "2.1"]


def test_action_point_with_two_parts_due_counts_once(db):
    point = personas.action_point()
    personas.lead(point, *map(personas.agency, ("UNDP", "UNSSC")))

    result = agenda_figures(personas.agenda(), AsOf(TODAY))

    assert counts_by_label(result.reasons)["have an update due"] == 1
    assert [(row.label, row.attention.count) for row in result.agencies] == [
        ("UNDP · UNDP in full", 1),
        ("UNSSC · UNSSC in full", 1),
    ]


def test_figures_count_time_since_the_last_update(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert counts_by_label(result.ages) == {
        "not reported": 2,
        "with a last update at least half a year ago": 3,
        "with a last update at least a year ago": 2,
        "with a last update at least two years ago": 1,
    }


def test_figures_list_the_parts_that_have_been_due_the_longest(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert [(row.code, part.agency and part.agency.acronym, part.due_since) for row, part in result.longest_due] == [
        ("1.1", "UNDP", date(2020, 4, 1)),
        ("1.2", "UNSSC", date(2020, 4, 1)),
        ("2.1", "FAO", TODAY - timedelta(days=800 - 91)),
        ("1.5", "UNDP", TODAY - timedelta(days=400 - 91)),
        ("1.3", "UNDP", TODAY),
    ]


def test_figures_are_broken_down_by_issue_and_the_parts_of_agencies(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert [(row.label, row.total.count, row.attention.count) for row in result.issues] == [
        ("1. Issue 1", 5, 5),
        ("2. Issue 2", 5, 2),
    ]
    assert [(row.label, row.total.count, row.attention.count) for row in result.agencies] == [
        ("FAO · FAO in full", 1, 1),
        ("UNDP · UNDP in full", 8, 5),
        ("UNSSC · UNSSC in full", 1, 1),
    ]


def test_figures_list_milestones_of_open_action_points(agenda):
    result = agenda_figures(agenda, AsOf(TODAY))

    assert [milestone.title for milestone in result.passed] == ["Passed"]
    assert [milestone.title for milestone in result.ahead] == ["Ahead"]


def test_closed_agenda_needs_no_attention(agenda):
    Agenda.objects.update(state="closed")

    result = agenda_figures(Agenda.objects.get(), AsOf(TODAY))

    assert {figure.count for figure in [result.attention, *result.reasons]} == {0}
    assert [list(result.longest_due), list(result.no_one_responsible), list(result.passed)] == [[], [], []]
    assert result.total.count == 10


def test_figures_of_an_empty_agenda_are_zero(db):
    result = agenda_figures(personas.agenda(), AsOf(TODAY))

    assert result.total.count == 0
    assert {figure.count for figure in [*result.statuses, result.attention, *result.reasons, *result.ages]} == {0}
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
    assert [figure.count for figure in [result.attention, *result.reasons]] == [17, 17, 13, 7, 2, 0]
    assert sum(row.total.count for row in result.agencies) == 17
