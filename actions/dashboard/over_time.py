"""How the action points stood at the end of each of some months."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.figures import Figure, segments
from actions.models import ActionStatus
from actions.models.status import of_parts
from issues.models import Agenda

COLUMNS = 12
LIMIT = 10_000
"""Updates that are read; an agenda with more has no such chart."""

_Report = tuple[int, str, bool, date]
"""Action point, status, whether of a part only, day of the report."""


@dataclass(frozen=True, slots=True)
class Standing:
    day: date
    figures: Sequence[Figure]
    """One for each status that occurs on any of the days."""
    segments: Sequence[Segment]


def over_time(agenda: Agenda, as_of: AsOf, total: int) -> list[Standing]:
    """Oldest first, the last one on the day itself; empty where nothing was reported, or too much to read. `total` is the number of
    action points. One query.
    """
    updates = as_of.in_force().filter(action_point__issue__agenda=agenda, reported_on_latest__lte=as_of.day)
    reports: list[_Report] = list(
        updates.order_by("reported_on_latest", "number").values_list(
            "action_point_id", "status", "part_only", "reported_on_latest"
        )[: LIMIT + 1]
    )
    if not reports or len(reports) > LIMIT:
        return []
    counted = list(_counts(reports, _days([report[3] for report in reports], as_of.day)))
    for _day, counts in counted:
        counts[ActionStatus.NOT_REPORTED] = total - sum(counts.values())
    ever = [status for status in ActionStatus if any(counts[status] for _day, counts in counted)]
    return [_standing(day, counts, ever, total) for day, counts in counted]


def _counts(reports: Iterable[_Report], days: Sequence[date]) -> Iterator[tuple[date, Counter[str]]]:
    """How many action points stand where at the end of each day. The reports come by their day, as `standing` weighs them."""
    whole: dict[int, str] = {}
    parts: dict[int, set[str]] = defaultdict(set)
    coming, found = iter(days), Counter[str]()
    day = next(coming)
    for point, status, part_only, reported in reports:
        while reported > day:
            yield day, found.copy()
            day = next(coming)
        before = whole.get(point) or (of_parts(parts[point]) if point in parts else None)
        if part_only:
            parts[point].add(status)
        else:
            whole[point] = status
        now = whole.get(point) or of_parts(parts[point])
        if before:
            found[before] -= 1
        found[now] += 1
    yield day, found.copy()
    for later in coming:
        yield later, found.copy()


def _standing(day: date, counts: Counter[str], statuses: Iterable[ActionStatus], total: int) -> Standing:
    found = [Figure(str(status.label), counts[status], "", status) for status in statuses]
    return Standing(day, found, segments(found, total))


def _days(reported: Sequence[date], last: date) -> list[date]:
    """The ends of the months in which something was reported, or of months evenly apart where these are too many; and `last`."""
    first = reported[0]
    told = sorted({_end_of_month(day.year * 12 + day.month - 1) for day in reported})
    if len(told) < COLUMNS:
        return [*(day for day in told if day < last), last]
    months = (last.year - first.year) * 12 + last.month - first.month
    step = -(-max(months, 1) // (COLUMNS - 1))
    ends = [_end_of_month(last.year * 12 + last.month - 1 - back) for back in range(step, months + 1, step)]
    return [*reversed(ends), last]


def _end_of_month(month: int) -> date:
    year, month = divmod(month, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
