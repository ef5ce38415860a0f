"""Apply the rules of progress to plain data: position, coverage, status, updates that are due, milestones, and what needs attention.

"Part" means one lead agency's part of an action point. An action point without a lead has one part, which is nobody's. No other module
repeats these rules.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import NamedTuple, Protocol

from actions.models.status import ENDED, ActionStatus, AttentionReason, ReportedStatus
from actions.states import ActionPointState, OpenMilestone, PartState
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import User

SOON = 30
"""How many days ahead a digest lists a milestone."""


class Report(NamedTuple):
    """The values of a progress update that the rules depend on."""

    number: int
    status: str
    is_piece: bool
    covers_all: bool
    agency: int | None
    """Id of its agency."""
    happened: PartialDate | None
    reported_on: PartialDate
    position: datetime
    position_day: date
    first_recorded_at: datetime
    participants: frozenset[int] = frozenset()
    """Ids of the agencies that took part."""


class WithAgencies(Protocol):
    """What decides which parts an update covers."""

    @property
    def agency(self) -> int | None: ...
    @property
    def covers_all(self) -> bool: ...
    @property
    def participants(self) -> frozenset[int]: ...


class StatusSummary(NamedTuple):
    """The derived columns of an action point or a part (`STATUS_COLUMNS`): its status and the dates of its last report."""

    status: ActionStatus
    last_reported: PartialDate | None = None
    last_reported_day: date | None = None
    """The day of that report's position."""
    last_happened: PartialDate | None = None
    no_progress_streak: int = 0
    """Number of consecutive latest reports on the whole with the status "no progress"."""

    def columns(self) -> dict[str, object]:
        """Return the values of `STATUS_COLUMNS`."""
        return self._asdict() | {"last_happened_latest": self.last_happened and self.last_happened.latest}


class Summaries(NamedTuple):
    """The summary of an action point, and of its parts by the id of the lead agency; without a lead the only key is None."""

    action_point: StatusSummary
    parts: dict[int | None, StatusSummary]


def position_of(reported_on: PartialDate, recorded_at: datetime, zone: tzinfo) -> tuple[datetime, date]:
    """Return an update's position on the time line, and the day of that position in the author's time zone.

    The position is the end of the latest day of the report date in that zone, but never later than the recording of the first
    version.
    """
    end = datetime.combine(reported_on.latest, time.max, tzinfo=zone)
    return min(end, recorded_at), min(reported_on.latest, recorded_at.astimezone(zone).date())


def covers(report: WithAgencies, lead: int | None, parents: Mapping[int, int]) -> bool:
    """Return whether an update covers the lead's part. `parents` has the agency above each agency that has one, by ids.

    It does if its agency is the lead or an agency below it, or if the lead took part. An update without an agency, or about the whole
    action point, covers every part.
    """
    if lead is None or report.agency is None or report.covers_all:
        return True
    return lead in {report.agency, parents.get(report.agency)} or lead in report.participants


def covers_a_part(report: Report, leads: Collection[int], parents: Mapping[int, int]) -> bool:
    """Return whether an update covers the part of one of these leads at least. If not, it changes nothing."""
    return any(covers(report, lead, parents) for lead in leads or [None])


def summarize(reports: Collection[Report], leads: Collection[int], parents: Mapping[int, int]) -> Summaries:
    """Summarise the current updates of an action point (the newest versions that were not withdrawn), in any order.

    An update that covers no part changes nothing.
    """
    owners: Collection[int | None] = leads or [None]
    covering = {lead: [each for each in reports if covers(each, lead, parents)] for lead in owners}
    parts = {lead: _summarize_part(covered) for lead, covered in covering.items()}
    counted = {report for covered in covering.values() for report in covered}
    whole = _summarize_part(counted)
    return Summaries(whole._replace(status=status_of_action_point(part.status for part in parts.values())), parts)


def _summarize_part(reports: Collection[Report]) -> StatusSummary:
    """Summarise the updates that cover a part. The latest one on the whole part determines its status; without one, the pieces do."""
    if not reports:
        return StatusSummary(ActionStatus.NOT_REPORTED)
    latest_first = sorted(reports, key=_recency, reverse=True)
    whole = [ActionStatus(report.status) for report in latest_first if not report.is_piece]
    streak = list(takewhile(lambda status: status == ActionStatus.NO_PROGRESS, whole))
    return StatusSummary(
        status=status_of_part(whole[0] if whole else None, {report.status for report in reports}),
        last_reported=latest_first[0].reported_on,
        last_reported_day=latest_first[0].position_day,
        last_happened=_latest(report.happened for report in reports if report.happened),
        no_progress_streak=len(streak),
    )


def status_of_part(latest: str | None, pieces: Collection[str]) -> ActionStatus:
    """Return the status of a part: that of the latest update on the whole part, otherwise that of the updates on pieces of the work.

    With pieces only it is never completed. Without updates it is not reported.
    """
    if latest:
        return ActionStatus(latest)
    if ReportedStatus.UNDER_WAY in pieces or ReportedStatus.COMPLETED in pieces:
        return ActionStatus.UNDER_WAY
    if ReportedStatus.EXPLORING in pieces:
        return ActionStatus.EXPLORING
    return ActionStatus.NO_PROGRESS if pieces else ActionStatus.NOT_REPORTED


_FURTHEST_FIRST = (ActionStatus.UNDER_WAY, ActionStatus.EXPLORING, ActionStatus.NO_PROGRESS, ActionStatus.NOT_REPORTED)


def status_of_action_point(parts: Iterable[str]) -> ActionStatus:
    """Return the status of an action point from the statuses of its parts; there is at least one.

    Discontinued parts are left out, a completed part counts as under way beside others, and the part furthest ahead counts.
    """
    statuses = set(parts) - {ActionStatus.DISCONTINUED}
    if not statuses:
        return ActionStatus.DISCONTINUED
    if statuses == {ActionStatus.COMPLETED}:
        return ActionStatus.COMPLETED
    if ActionStatus.COMPLETED in statuses:
        return ActionStatus.UNDER_WAY
    return next(status for status in _FURTHEST_FIRST if status in statuses)


def days_since(last: date | None, today: date) -> int | None:
    """Return the age of the last report in days; None without a report. A day in the future (other time zones) counts as today."""
    return max(0, (today - last).days) if last else None


def days_since_report(reported: ActionPointState | PartState, today: date) -> int | None:
    """Return the days since the position of the last report; None without a report."""
    return days_since(reported.last_reported_day, today)


def is_open(state: ActionPointState) -> bool:
    """Return whether the agenda is open and the action point is neither completed nor discontinued."""
    return state.agenda.state == Agenda.State.OPEN and state.status not in ENDED


def is_going_on(part: PartState) -> bool:
    """Return whether the part is neither completed nor discontinued."""
    return part.status not in ENDED


def is_paused(part: PartState, today: date) -> bool:
    return part.paused_until is not None and part.paused_until > today


def is_own_part(part: PartState, user: User) -> bool:
    """Return whether it is assigned to the user, led by the user's agency or one below it, or the user's because no active person is named.

    One query for the agencies below the user's, once a request.
    """
    return user.pk in part.people or user.pk in part.persons or part.agency in user.agency_ids


def is_own(state: ActionPointState, user: User) -> bool:
    """Return whether one of its parts is the user's own. Queries as for `is_own_part`."""
    return any(is_own_part(part, user) for part in state.parts)


def allowed_until(state: ActionPointState, part: PartState) -> date | None:
    """Return the last day on which no update is due yet; None if none will be due: nobody's part, or one that has ended."""
    if part.agency is None or not is_going_on(part):
        return None
    days = [
        part.last_reported_day,
        part.predecessor_reported,
        state.agenda.opened_day,
        state.added_on,
        part.since,
        part.paused_until,
    ]
    latest = max((day for day in days if day), default=None)
    return latest + timedelta(days=state.agenda.silence_days) if latest else None


def is_update_due(state: ActionPointState, part: PartState, today: date) -> bool:
    """Return whether the agenda is open and more days than it allows have passed without an update. While paused none is due."""
    allowed = allowed_until(state, part)
    return (
        state.agenda.state == Agenda.State.OPEN
        and not is_paused(part, today)
        and allowed is not None
        and today > allowed
    )


def due_since(state: ActionPointState, part: PartState, today: date) -> date | None:
    """Return the first day on which an update of the part was due; None if none is due."""
    allowed = allowed_until(state, part)
    return allowed + timedelta(days=1) if allowed and is_update_due(state, part, today) else None


def has_paused_part(state: ActionPointState, today: date) -> bool:
    """Return whether the agenda is open and the reminders of a part that is going on are paused."""
    return state.agenda.state == Agenda.State.OPEN and any(
        is_going_on(part) and is_paused(part, today) for part in state.parts
    )


def is_without_update_for(state: ActionPointState, days: int, today: date) -> bool:
    """Return whether the agenda is open and the last update of a part that is going on is at least this many days old."""
    return state.agenda.state == Agenda.State.OPEN and any(
        is_going_on(part) and (age := days_since_report(part, today)) is not None and age >= days
        for part in state.parts
    )


def parts_of_milestone(state: ActionPointState, milestone: OpenMilestone) -> list[PartState]:
    """Return the part of the milestone's agency; every part if it has no agency, or one that does not lead."""
    return [part for part in state.parts if part.agency == milestone.agency] or list(state.parts)


def is_past_due(due_latest: date | None, today: date) -> bool:
    """Return whether the latest day of a due date is before today. A milestone without a date never is."""
    return due_latest is not None and due_latest < today


def is_overdue(state: ActionPointState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether the agenda is open, the latest day of the milestone has passed, and its part (or one of all parts) is going on."""
    return (
        state.agenda.state == Agenda.State.OPEN
        and is_past_due(milestone.due_latest, today)
        and any(is_going_on(part) for part in parts_of_milestone(state, milestone))
    )


def is_ahead(state: ActionPointState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether the milestone is due today or later, and its part (or one of all parts) is going on."""
    return not is_past_due(milestone.due_latest, today) and any(
        is_going_on(part) for part in parts_of_milestone(state, milestone)
    )


def has_overdue_milestone(state: ActionPointState, today: date) -> bool:
    return any(is_overdue(state, milestone, today) for milestone in state.milestones)


def has_milestone_ahead(state: ActionPointState, today: date) -> bool:
    """Only action points of open agendas have one."""
    return state.agenda.state == Agenda.State.OPEN and any(
        is_ahead(state, milestone, today) for milestone in state.milestones
    )


def part_reasons(state: ActionPointState, part: PartState, today: date) -> list[AttentionReason]:
    """Return the reasons why a part needs attention, the most important first. A milestone of no agency counts for every part."""
    if state.agenda.state != Agenda.State.OPEN or not is_going_on(part):
        return []
    milestones = [each for each in state.milestones if part in parts_of_milestone(state, each)]
    applies = {
        AttentionReason.NO_ONE_RESPONSIBLE: not part.people,
        AttentionReason.UPDATE_DUE: is_update_due(state, part, today),
        AttentionReason.MILESTONE_OVERDUE: any(is_overdue(state, each, today) for each in milestones),
        AttentionReason.NO_PROGRESS: part.status == ActionStatus.NO_PROGRESS,
    }
    return [reason for reason, does_apply in applies.items() if does_apply]


def attention_reasons(state: ActionPointState, today: date) -> list[AttentionReason]:
    """Return the reasons why an action point needs attention, each one once, the most important first."""
    reasons = {reason for part in state.parts for reason in part_reasons(state, part, today)}
    return [reason for reason in AttentionReason if reason in reasons]


def needs_attention(state: ActionPointState, today: date) -> bool:
    return bool(attention_reasons(state, today))


def is_asked_about(state: ActionPointState, part: PartState, today: date, period_start: date | None) -> bool:
    """Return whether a digest asks for a report on the part.

    It does if an update is due, or the answer was "no progress" before the agenda's present period began. Without a period it asks about
    every "no progress".
    """
    if state.agenda.state != Agenda.State.OPEN or is_paused(part, today):
        return False
    if part.agency is None or part.status != ActionStatus.NO_PROGRESS:
        return is_update_due(state, part, today)
    return period_start is None or part.last_reported_day is None or part.last_reported_day < period_start


def is_reminded_of(state: ActionPointState, part: PartState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether a digest lists the milestone for the part: it is overdue, or its latest day is at most `SOON` days ahead.

    The milestones of parts that are paused or have ended are left out.
    """
    return (
        state.agenda.state == Agenda.State.OPEN
        and is_going_on(part)
        and not is_paused(part, today)
        and milestone.due_latest <= today + timedelta(days=SOON)
        and part in parts_of_milestone(state, milestone)
    )


def limited_to(state: ActionPointState, parts: Sequence[PartState]) -> ActionPointState:
    """Return the action point as if it had only these of its parts (at least one), with the milestones that belong to any of them."""
    if len(parts) == len(state.parts):
        return state
    latest = max(parts, key=lambda part: part.last_reported_day or date.min)
    return replace(
        state,
        parts=tuple(parts),
        status=status_of_action_point(part.status for part in parts).value,
        last_reported=latest.last_reported,
        last_reported_day=latest.last_reported_day,
        last_happened=_latest(part.last_happened for part in parts if part.last_happened),
        no_progress_streak=min(part.no_progress_streak for part in parts),
        milestones=tuple(
            milestone
            for milestone in state.milestones
            if any(part in parts for part in parts_of_milestone(state, milestone))
        ),
    )


def latest_covering(reports: Iterable[Report], lead: int | None, parents: Mapping[int, int]) -> Report | None:
    """Return the latest of the current updates that cover the lead's part; None if none does."""
    return max((report for report in reports if covers(report, lead, parents)), key=_recency, default=None)


def _recency(report: Report) -> tuple[datetime, datetime, int]:
    return report.position, report.first_recorded_at, report.number


def _latest(dates: Iterable[PartialDate]) -> PartialDate | None:
    return max(dates, key=lambda each: (each.latest, each.earliest), default=None)
