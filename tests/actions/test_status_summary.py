"""Test how `summarize` derives the status of an action point without a lead from its current updates."""

from datetime import UTC

import pytest

from actions.models.status import ActionStatus, ReportedStatus
from actions.summaries import Report, StatusSummary, position_of, summarize
from tests.personas import NOW
from tracker.dates.value import PartialDate


def report(
    number: int, status: str, reported: str = "2006-03", happened: str | None = None, is_piece: bool = False
) -> Report:
    when = PartialDate.parse(reported)
    return Report(
        number,
        status,
        is_piece,
        False,
        None,
        PartialDate.parse(happened) if happened else None,
        when,
        *position_of(when, NOW, UTC),
        NOW,
        NOW.date(),
    )


def summary(reports: list[Report]) -> StatusSummary:
    return summarize(reports, [], {}).action_point


def test_status_without_reports_is_not_reported():
    assert summary([]) == StatusSummary(ActionStatus.NOT_REPORTED, None, None, None)


def test_status_is_that_of_the_latest_report_in_any_order():
    reports = [report(1, ReportedStatus.EXPLORING, "2006-01"), report(2, ReportedStatus.UNDER_WAY, "2006-03")]

    assert summary(reports).status == ActionStatus.UNDER_WAY
    assert summary(reports[::-1]) == summary(reports)


def test_status_of_two_reports_of_one_month_is_that_of_the_higher_number():
    reports = [report(2, ReportedStatus.COMPLETED), report(1, ReportedStatus.UNDER_WAY)]

    assert summary(reports).status == ActionStatus.COMPLETED


def test_status_ignores_late_entries_of_earlier_reports():
    reports = [report(1, ReportedStatus.COMPLETED, "2006-03"), report(2, ReportedStatus.EXPLORING, "2005-06")]

    assert summary(reports).status == ActionStatus.COMPLETED
    assert summary(reports).last_reported == PartialDate.parse("2006-03")


def test_status_ignores_reports_on_a_part_after_one_on_the_whole():
    reports = [report(1, ReportedStatus.UNDER_WAY), report(2, ReportedStatus.COMPLETED, is_piece=True)]

    assert summary(reports).status == ActionStatus.UNDER_WAY


def test_status_from_reports_on_parts_only_is_never_completed():
    completed = [report(1, ReportedStatus.COMPLETED, is_piece=True)]
    exploring = [report(1, ReportedStatus.EXPLORING, is_piece=True)]
    nothing = [report(1, ReportedStatus.NO_PROGRESS, is_piece=True)]

    assert summary(completed).status == ActionStatus.UNDER_WAY
    assert summary(exploring).status == ActionStatus.EXPLORING
    assert summary(nothing).status == ActionStatus.NO_PROGRESS


def test_last_happened_is_that_of_the_latest_dated_report():
    reports = [
        report(1, ReportedStatus.UNDER_WAY, happened="2005-12-22"),
        report(2, ReportedStatus.UNDER_WAY),
        report(3, ReportedStatus.UNDER_WAY, happened="2005"),
    ]

    assert summary(reports).last_happened == PartialDate.parse("2005")
    assert summary(reports[:2]).last_happened == PartialDate.parse("2005-12-22")


@pytest.mark.parametrize(
    ("statuses", "streak"),
    [
        ([], 0),
        (["under_way"], 0),
        (["no_progress"], 1),
        (["under_way", "no_progress", "no_progress"], 2),
        (["no_progress", "no_progress", "exploring"], 0),
        (["no_progress", "completed", "no_progress", "no_progress", "no_progress"], 3),
    ],
)
def test_no_progress_streak_counts_the_latest_reports_without_progress(statuses, streak):
    reports = [report(number, status) for number, status in enumerate(statuses, 1)]

    assert summary(reports).no_progress_streak == streak


def test_no_progress_streak_ignores_reports_on_a_part():
    reports = [report(1, "no_progress"), report(2, "under_way", is_piece=True), report(3, "no_progress")]

    assert summary(reports).no_progress_streak == 2
