"""How the action points stood at the end of each of some months."""

from calendar import monthrange
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.counting import COUNTED_THEN
from actions.dashboard.figures import Figure, segments
from actions.models import ActionStatus
from actions.models.action_point_queries import Basis
from actions.models.status import of_parts
from actions.tallies.reading import stood
from issues.models import Agenda

COLUMNS = 12
LIMIT = 10_000
"""Updates that are read where the tallies do not say."""

_Report = tuple[int, str, bool, date]
"""Action point, status, whether of a part only, day of the report."""


@dataclass(frozen=True, slots=True)
class Standing:
    day: date
    figures: Sequence[Figure]
    """One for each status that occurs on any of the days."""
    segments: Sequence[Segment]


def over_time(agenda: Agenda, as_of: AsOf, total: int) -> list[Standing]:
    """Oldest first, the last one on the day itself; empty where nothing moved. `total` is the number of action points. One query.

    As the tracker knew it then, it is read from the updates: empty, too, where there are more than LIMIT.
    """
    moved = stood(agenda, as_of.day) if as_of.basis == Basis.REPORTED else _moved_as_recorded(agenda, as_of)
    if not moved:
        return []
    counted, standing, months = [], Counter({ActionStatus.NOT_REPORTED.value: total}), deque(moved.items())
    for day in _days([*moved], as_of.day):
        while months and months[0][0] <= day:
            standing.update(months.popleft()[1])
        counted.append((day, standing.copy()))
    ever = [status for status in ActionStatus if any(counts[status] for _day, counts in counted)]
    has_lists = as_of.basis == Basis.REPORTED and total <= COUNTED_THEN
    return [_standing(day, counts, ever, total, has_list=has_lists) for day, counts in counted]


def _moved_as_recorded(agenda: Agenda, as_of: AsOf) -> dict[date, Counter[str]]:
    """As `stood` says it. The reports come by their day, as `actions.models.status.standing` weighs them."""
    updates = as_of.in_force().filter(action_point__issue__agenda=agenda, reported_on_latest__lte=as_of.day)
    reports: list[_Report] = list(
        updates.order_by("reported_on_latest", "number").values_list(
            "action_point_id", "status", "part_only", "reported_on_latest"
        )[: LIMIT + 1]
    )
    if len(reports) > LIMIT:
        return {}
    whole: dict[int, str] = {}
    parts: dict[int, set[str]] = defaultdict(set)
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for point, status, part_only, reported in reports:
        before = whole.get(point) or (of_parts(parts[point]) if point in parts else ActionStatus.NOT_REPORTED)
        if part_only:
            parts[point].add(status)
        else:
            whole[point] = status
        month = found[reported.replace(day=1)]
        month[before] -= 1
        month[whole.get(point) or of_parts(parts[point])] += 1
    return found


def _standing(
    day: date, counts: Counter[str], statuses: Iterable[ActionStatus], total: int, *, has_list: bool
) -> Standing:
    def query(status: ActionStatus) -> str:
        return urlencode({"status": status.value, "as_of": day.isoformat()}) if has_list and counts[status] else ""

    found = [Figure(str(status.label), counts[status], query(status), status) for status in statuses]
    return Standing(day, found, segments(found, total))


def _days(months: Sequence[date], last: date) -> list[date]:
    """The ends of these months, or of months evenly apart where these are too many; and `last`."""
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
