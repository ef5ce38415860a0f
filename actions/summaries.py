"""Derive the status of an action point and of its parts from its updates: position in time, coverage and status.

"Part" means one lead agency's part of an action point. An action point without a lead has one part, which is nobody's.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from itertools import takewhile
from typing import NamedTuple, Protocol

from actions.models.status import ActionStatus, ReportedStatus
from tracker.dates.value import PartialDate


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
    first_recorded_day: date
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
    answered_day: date | None = None
    """The day on which the report that sets the status was first recorded."""

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
    return any(covers(report, lead, parents) for lead in _owners(leads))


def _owners(leads: Collection[int]) -> list[int | None]:
    """Return whose parts there are: those of the leads, or nobody's."""
    return [*leads] if leads else [None]


def summarize(reports: Collection[Report], leads: Collection[int], parents: Mapping[int, int]) -> Summaries:
    """Summarise the current updates of an action point (the newest versions that were not withdrawn), in any order.

    An update that covers no part changes nothing.
    """
    covering = {lead: [each for each in reports if covers(each, lead, parents)] for lead in _owners(leads)}
    parts = {lead: _summarize_part(covered) for lead, covered in covering.items()}
    counted = {report for covered in covering.values() for report in covered}
    whole = _summarize_part(counted)
    return Summaries(whole._replace(status=status_of_action_point(part.status for part in parts.values())), parts)


def _summarize_part(reports: Collection[Report]) -> StatusSummary:
    """Summarise the updates that cover a part. The latest one on the whole part determines its status; without one, the pieces do."""
    if not reports:
        return StatusSummary(ActionStatus.NOT_REPORTED)
    latest_first = sorted(reports, key=_recency, reverse=True)
    whole = [report for report in latest_first if not report.is_piece]
    streak = list(takewhile(lambda report: report.status == ReportedStatus.NO_PROGRESS, whole))
    return StatusSummary(
        status=status_of_part(whole[0].status if whole else None, {report.status for report in reports}),
        last_reported=latest_first[0].reported_on,
        last_reported_day=latest_first[0].position_day,
        last_happened=latest_date(report.happened for report in reports if report.happened),
        no_progress_streak=len(streak),
        answered_day=(whole or latest_first)[0].first_recorded_day,
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


def latest_covering(reports: Iterable[Report], lead: int | None, parents: Mapping[int, int]) -> Report | None:
    """Return the latest of the current updates that cover the lead's part; None if none does."""
    return max((report for report in reports if covers(report, lead, parents)), key=_recency, default=None)


def _recency(report: Report) -> tuple[datetime, datetime, int]:
    return report.position, report.first_recorded_at, report.number


def latest_date(dates: Iterable[PartialDate]) -> PartialDate | None:
    return max(dates, key=lambda each: (each.latest, each.earliest), default=None)
