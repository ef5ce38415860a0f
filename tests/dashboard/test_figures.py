"""Tests of the counts and figures of the dashboard, as plain data."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from actions.as_of import AsOf
from actions.dashboard.counts import count
from actions.dashboard.figures import (
    Figure,
    by_agency,
    by_issue,
    issue_label,
    lead_agencies,
    segments,
    statuses_of,
)
from actions.dashboard.trends import Trend, trends
from actions.models import ActionStatus
from actions.progress import log_progress
from actions.reader import read_agenda
from issues.models import Agenda, Issue
from tests import personas
from tracker.dates.value import PartialDate

TODAY = date(2026, 11, 23)


def report_days_ago(point, days_ago, **fields):
    """Log progress that was reported this many days before TODAY."""
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    return log_progress(point, personas.progress(**fields), author=None, now=personas.NOW, reported_on=on)


def counts(agenda):
    return count(read_agenda(agenda, AsOf(TODAY)), TODAY)


def reasons(counted):
    return {reason.value: [point.code for point in points] for reason, points in counted.reasons.items()}


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


def test_statuses_are_counted(agenda):
    assert counts(agenda).statuses == {
        "not_reported": 2,
        "no_progress": 1,
        "exploring": 1,
        "under_way": 4,
        "completed": 1,
        "discontinued": 1,
    }


def test_action_points_that_need_attention_are_counted(agenda):
    counted = counts(agenda)

    assert counted.attention == 7
    assert reasons(counted) == {
        "no_one_responsible": ["1.4", "2.1"],
        "update_due": ["1.1", "1.2", "1.3", "1.5", "2.1"],
        "milestone_overdue": ["1.2"],
        "no_progress": ["2.2"],
    }


def test_action_point_with_two_parts_due_counts_once(db):
    point = personas.action_point()
    personas.lead(point, *map(personas.agency, ("UNDP", "UNSSC")))

    counted = counts(personas.agenda())

    assert reasons(counted)["update_due"] == ["1.1"]
    assert [part.agency for part in counted.due] == [personas.agency(name).pk for name in ("UNDP", "UNSSC")]
    assert [(row.label, row.total) for row in by_agency(lead_agencies(counted), counted)] == [("UNDP", 1), ("UNSSC", 1)]


def test_statuses_are_broken_down_by_issue_and_the_parts_of_agencies(agenda):
    counted = counts(agenda)

    assert [(row.label, row.total) for row in by_issue(agenda.issues.order_by("number"), counted)] == [
        ("1 Issue 1", 5),
        ("2 Issue 2", 5),
    ]
    assert [(row.label, row.name, row.total) for row in by_agency(lead_agencies(counted), counted)] == [
        ("FAO", "FAO in full", 1),
        ("UNDP", "UNDP in full", 8),
        ("UNSSC", "UNSSC in full", 1),
    ]


@pytest.mark.parametrize(
    ("short_title", "title", "label"),
    [("Reform", "Institutional reform", "1 Reform"), ("", "Reform", "1 Reform"), ("", "x" * 40, f"1 {'x' * 29}…")],
)
def test_issue_is_named_by_number_and_short_title(short_title, title, label):
    assert issue_label(Issue(number=1, title=title, short_title=short_title)) == label


def test_closed_agenda_needs_no_attention(agenda):
    Agenda.objects.update(state="closed")

    counted = counts(Agenda.objects.get())

    assert (counted.attention, counted.due, counted.statuses.total()) == (0, [], 10)
    assert not any(counted.reasons.values())


def test_discontinued_ones_are_shown_last_and_only_if_there_are_any():
    assert statuses_of(Counter())[-1] == "not_reported"
    assert statuses_of(Counter(), Counter(discontinued=1))[-2:] == ["not_reported", "discontinued"]


def test_segments_are_shares_of_the_whole():
    shown = [Figure(status, count) for status, count in zip(ActionStatus, [1, 0, 2, 0, 3, 0], strict=True)]

    result = segments(shown)

    assert [(segment.status, segment.start, segment.length) for segment in result] == [
        ("not_reported", 0, 16.667),
        ("exploring", 16.667, 33.333),
        ("completed", 50, 50),
    ]
    assert segments([Figure(ActionStatus.EXPLORING, 0)]) == []


def test_counts_of_the_baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    agenda = Agenda.objects.get(slug="2005")

    counted = counts(agenda)

    assert counted.statuses == {"not_reported": 1, "no_progress": 2, "exploring": 3, "under_way": 11}
    assert [row.total for row in by_issue(agenda.issues.order_by("number"), counted)] == [3, 2, 6, 3, 1, 2]
    assert (counted.attention, [len(points) for points in counted.reasons.values()]) == (17, [17, 13, 7, 2])
    assert sum(row.total for row in by_agency(lead_agencies(counted), counted)) == 17


MAY, AUGUST = date(2026, 5, 20), date(2026, 8, 31)


@pytest.mark.parametrize(
    ("since", "days", "line", "change"),
    [
        (MAY, [], "M0 20H100", 0),
        (MAY, [(MAY, 1), (AUGUST, 3)], "M0 14H100V2H100", 2),
        (MAY, [(date(2026, 4, 30), 1), (AUGUST, 3), (TODAY, 3)], "M0 14H55.1V2H100", 2),
        (None, [(AUGUST, 1), (TODAY, 4)], "M0 15.5H100V2H100", 3),
    ],
)
def test_trend_is_a_line_from_the_meeting_to_today(since, days, line, change):
    status = ActionStatus.UNDER_WAY
    history = [(day, Counter({status.value: number})) for day, number in days]
    now = days[-1][1] if days else 0

    [trend] = trends([Figure(status, now)], history, since, at_first=0)

    assert (trend.line, trend.change) == (line, change)


@pytest.mark.parametrize(("change", "signed"), [(0, "0"), (11, "+11"), (-16, "\N{MINUS SIGN}16")])
def test_change_is_written_with_its_sign(change, signed):
    assert Trend(Figure(ActionStatus.EXPLORING, 3), "M0 0H100", 0, change).signed_change == signed


def test_trends_begin_with_nothing_reported(agenda):
    history = [(TODAY, Counter(under_way=4, not_reported=6))]

    [under_way, not_reported] = trends(
        [Figure(ActionStatus.UNDER_WAY, 4), Figure(ActionStatus.NOT_REPORTED, 6)], history, MAY, at_first=10
    )

    assert (under_way.change, not_reported.change) == (4, -4)
