"""How many action points of an agenda had which status at the end of each of some months."""

from calendar import monthrange
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.figures import Figure, segments
from actions.dashboard.updates import ReportedUpdate
from actions.models import ActionStatus
from actions.models.action_point_queryset import Basis
from actions.rules import status_of_action_point

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class StatusesOnDay:
    day: date
    figures: Sequence[Figure]
    """One for each status that occurs on any of the days."""
    segments: Sequence[Segment]


def status_history(updates: Iterable[ReportedUpdate], as_of: AsOf, total: int) -> list[StatusesOnDay]:
    """Oldest first, the last one on the day itself; empty if no status ever changed. `total` is the number of action points. No query."""
    changes = _changes(updates, as_of.day)
    if not changes:
        return []
    counted, counts, months = [], Counter({ActionStatus.NOT_REPORTED.value: total}), deque(changes.items())
    for day in _days([*changes], as_of.day):
        while months and months[0][0] <= day:
            counts.update(months.popleft()[1])
        counted.append((day, counts.copy()))
    statuses = [status for status in ActionStatus if any(counts[status] for _day, counts in counted)]
    has_lists = as_of.basis == Basis.REPORTED
    return [_on_day(day, counts, statuses, total, has_list=has_lists) for day, counts in counted]


def _changes(updates: Iterable[ReportedUpdate], until: date) -> dict[date, Counter[str]]:
    """By how much the number at each status changed, by the first day of each month in which it did."""
    whole: dict[int, str] = {}
    parts: dict[int, set[str]] = defaultdict(set)

    def status_of(point: int) -> str:
        if point in whole:
            return whole[point]
        return status_of_action_point(parts[point]) if point in parts else ActionStatus.NOT_REPORTED

    found: dict[date, Counter[str]] = {}
    for point, status, is_piece, day, *_rest in updates:
        if day > until:
            continue
        before = status_of(point)
        if is_piece:
            parts[point].add(status)
        else:
            whole[point] = status
        if before != (after := status_of(point)):
            change = found.setdefault(day.replace(day=1), Counter())
            change[before] -= 1
            change[after] += 1
    return {month: change for month, change in found.items() if any(change.values())}


def _on_day(
    day: date, counts: Counter[str], statuses: Iterable[ActionStatus], total: int, *, has_list: bool
) -> StatusesOnDay:
    def query(status: ActionStatus) -> str:
        return urlencode({"status": status.value, "as_of": day.isoformat()}) if has_list and counts[status] else ""

    found = [Figure(str(status.label), counts[status], query(status), status) for status in statuses]
    return StatusesOnDay(day, found, segments(found, total))


def _days(months: Sequence[date], last: date) -> list[date]:
    """The ends of these months, or of months evenly apart if these are too many; and `last`."""
    first = months[0]
    if len(months) < COLUMNS:
        return [*(day for month in months if (day := _end_of_month(month.year * 12 + month.month - 1)) < last), last]
    between = (last.year - first.year) * 12 + last.month - first.month
    step = -(-max(between, 1) // (COLUMNS - 1))
    ends = [_end_of_month(last.year * 12 + last.month - 1 - back) for back in range(step, between + 1, step)]
    return [*reversed(ends), last]


def _end_of_month(month: int) -> date:
    year, month = divmod(month, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
