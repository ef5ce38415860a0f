"""Apply the rules of progress: derive the status of an action point from its updates, and find the reasons why it needs attention.

`status_summary` works on reports, the other rules on plain data (`ActionPointState`). No other module repeats these rules.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from itertools import takewhile
from typing import NamedTuple

from actions.models import Milestone
from actions.models.status import ENDED, ActionStatus, NoProgressReason, ReportedStatus
from actions.states import ActionPointState, OpenMilestone
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import User


class Report(NamedTuple):
    """The columns of a progress update that the status of its action point depends on."""

    number: int
    status: str
    part_only: bool
    happened: PartialDate | None
    reported_on: PartialDate
    position: datetime
    position_day: date
    first_recorded_at: datetime


class StatusSummary(NamedTuple):
    """The derived columns of an action point: its status and the dates of its last report."""

    status: ActionStatus
    last_reported: PartialDate | None
    last_reported_day: date | None
    """The day of that report's position."""
    last_happened: PartialDate | None
    no_progress_streak: int = 0
    """Number of consecutive latest reports on the whole action point with the status "no progress"."""


def position_of(reported_on: PartialDate, recorded_at: datetime, zone: tzinfo) -> tuple[datetime, date]:
    """Return an update's position on the time line, and the day of that position in the author's time zone.

    The position is the end of the latest day of the report date in that zone, but never later than the recording of the first
    version.
    """
    end = datetime.combine(reported_on.latest, time.max, tzinfo=zone)
    return min(end, recorded_at), min(reported_on.latest, recorded_at.astimezone(zone).date())


def status_summary(reports: Sequence[Report]) -> StatusSummary:
    """Summarise the current updates of an action point (the newest versions that were not withdrawn), in any order.

    The latest report on the whole action point determines the status. If no report is on the whole, `status_of_pieces` does.
    """
    if not reports:
        return StatusSummary(ActionStatus.NOT_REPORTED, None, None, None)
    latest_first = sorted(reports, key=_recency, reverse=True)
    whole = [ActionStatus(report.status) for report in latest_first if not report.part_only]
    streak = list(takewhile(lambda status: status == ActionStatus.NO_PROGRESS, whole))
    return StatusSummary(
        status=whole[0] if whole else status_of_pieces({report.status for report in reports}),
        last_reported=latest_first[0].reported_on,
        last_reported_day=latest_first[0].position_day,
        last_happened=_latest(report.happened for report in reports if report.happened),
        no_progress_streak=len(streak),
    )


def status_of_pieces(statuses: Collection[str]) -> ActionStatus:
    """Return the status of an action point that has reports on pieces of the work only. It is never completed."""
    if ReportedStatus.UNDER_WAY in statuses or ReportedStatus.COMPLETED in statuses:
        return ActionStatus.UNDER_WAY
    if ReportedStatus.EXPLORING in statuses:
        return ActionStatus.EXPLORING
    return ActionStatus.NO_PROGRESS


def days_since(last: date | None, today: date) -> int | None:
    """Return the age of the last report in days; None without a report. A day in the future (other time zones) counts as today."""
    return max(0, (today - last).days) if last else None


def is_open(state: ActionPointState) -> bool:
    """Return whether the agenda is open and the action point is neither completed nor discontinued."""
    return state.agenda.state == Agenda.State.OPEN and state.status not in ENDED


def is_paused(state: ActionPointState, today: date) -> bool:
    return state.paused_until is not None and state.paused_until > today


def has_owner(state: ActionPointState) -> bool:
    return bool(state.leads or state.focal_points)


def is_own(state: ActionPointState, user: User) -> bool:
    """Return whether the user is a focal point, or the user's agency or one of its parts leads it.

    One query for the parts of the agency, once a request.
    """
    return user.pk in state.focal_points or any(pk in user.agency_ids for pk in state.leads)


def days_since_report(state: ActionPointState, today: date) -> int | None:
    """Return the days since the position of the last report; None without a report."""
    return days_since(state.last_reported_day, today)


def is_silent(state: ActionPointState, today: date) -> bool:
    """Return whether the action point is open and has no report within the days that its agenda allows."""
    days = days_since_report(state, today)
    return is_open(state) and (days is None or days > state.agenda.silence_days)


def is_overdue(milestone: OpenMilestone | Milestone, today: date) -> bool:
    """Return whether the milestone is not done and its latest day is before today. A recurring one is never overdue."""
    return milestone.done_on is None and milestone.repeats_every_months is None and milestone.due_latest < today


def is_ahead(milestone: OpenMilestone | Milestone, today: date) -> bool:
    """Return whether the milestone is neither done nor overdue."""
    return milestone.done_on is None and not is_overdue(milestone, today)


def has_overdue_milestone(state: ActionPointState, today: date) -> bool:
    """Only open action points have one."""
    return is_open(state) and any(is_overdue(milestone, today) for milestone in state.milestones)


def has_milestone_ahead(state: ActionPointState, today: date) -> bool:
    """Only open action points have one."""
    return is_open(state) and any(is_ahead(milestone, today) for milestone in state.milestones)


def attention_reasons(state: ActionPointState, today: date) -> list[NoProgressReason]:
    """Why an open action point needs attention, the most important first. Empty while its reminders are paused."""
    if not is_open(state) or is_paused(state, today):
        return []
    days, silence_days = days_since_report(state, today), state.agenda.silence_days
    return open_reasons(state.status, days, silence_days, has_overdue=has_overdue_milestone(state, today))


def open_reasons(status: str, days: int | None, silence_days: int, *, has_overdue: bool) -> list[NoProgressReason]:
    """The same for an action point that is open and not paused. `days` are those since its last report."""
    reasons = []
    if status == ActionStatus.NOT_REPORTED:
        reasons.append(NoProgressReason.NOT_REPORTED)
    if status == ActionStatus.NO_PROGRESS:
        reasons.append(NoProgressReason.NO_PROGRESS)
    if days is not None and days > silence_days:
        reasons.append(NoProgressReason.SILENT)
    if has_overdue:
        reasons.append(NoProgressReason.MILESTONE_PASSED)
    return reasons


def needs_attention(state: ActionPointState, today: date) -> bool:
    return bool(attention_reasons(state, today))


def _recency(report: Report) -> tuple[datetime, datetime, int]:
    return report.position, report.first_recorded_at, report.number


def _latest(dates: Iterable[PartialDate]) -> PartialDate | None:
    return max(dates, key=lambda each: (each.latest, each.earliest), default=None)
