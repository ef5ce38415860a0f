"""How many action points of an agenda had which status at the end of each of some months."""

from calendar import monthrange
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max

from actions.as_of import AsOf
from actions.beginning import first_day
from actions.dashboard.updates import ReportedUpdate, read_updates
from actions.models import ActionStatus, ProgressUpdate, Responsibility
from actions.reports import agency_parents
from actions.states import ActionPointState
from actions.summaries import covers, status_of_action_point, status_of_part
from issues.models import Agenda
from tracker.web.optimistic_lock import version_of_content

COLUMNS = 12
"""The most days of a history."""

StatusesOnDay = tuple[date, Counter[str]]
"""A day, and how many action points had each status at its end."""

FirstDays = Mapping[int, date | None]
"""The day from which each action point exists, by its id; None if it always did."""


class LeadPeriod(NamedTuple):
    """That an agency led an action point from one day until before another."""

    action_point: int
    agency: int
    since: date
    until: date | None

    def includes(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def status_history(agenda: Agenda, states: Sequence[ActionPointState], as_of: AsOf) -> list[StatusesOnDay]:
    """Return the statuses at the end of each month in which one changed, at most COLUMNS, and on the day itself; the oldest first.

    Return an empty list if no status ever changed. `states` are the agenda's action points on that date. Five queries at most. What was
    before this month is read again only if it has changed.
    """
    on_the_day = Counter(state.status for state in states)
    earlier = _earlier_months(agenda, states, as_of)
    if not earlier and set(on_the_day) <= {ActionStatus.NOT_REPORTED}:
        return []
    return [*earlier, (as_of.day, on_the_day)]


def _earlier_months(agenda: Agenda, states: Sequence[ActionPointState], as_of: AsOf) -> list[StatusesOnDay]:
    last = as_of.day.replace(day=1) - timedelta(days=1)
    leads, parents = read_lead_periods(agenda), agency_parents()
    points = {state.pk: first_day(agenda, state.added_on) for state in states}

    def read() -> list[StatusesOnDay]:
        return _count(_events(read_updates(agenda, as_of, last), leads, last), leads, parents, last, points)

    if as_of.is_past:
        return read()
    # Updates are append only: each change adds one or withdraws one.
    updates = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda, position_day__lte=last)
    read_from = updates.aggregate(count=Count("pk"), withdrawn=Count("withdrawn_at"), last=Max("recorded_at"))
    version = version_of_content([last, leads, sorted(parents.items()), points, read_from])
    key = f"status_history:{agenda.pk}"
    stored_version, history = cache.get(key, ("", []))
    if stored_version != version:
        history = read()
        cache.set(key, (version, history), timeout=None)
    return history


def read_lead_periods(agenda: Agenda) -> list[LeadPeriod]:
    """Return who has led the action points of an agenda, and when. One query."""
    responsibilities = Responsibility.objects.filter(action_point__issue__agenda=agenda).order_by("pk")
    columns = "action_point_id", "agency_id", "since_earliest", "until"
    return list(map(LeadPeriod._make, responsibilities.values_list(*columns)))


def _count(
    events: Mapping[date, Sequence[ReportedUpdate | LeadPeriod]],
    leads: Iterable[LeadPeriod],
    parents: Mapping[int, int],
    last: date,
    points: FirstDays,
) -> list[StatusesOnDay]:
    """Return the number at each status on each of the days. Days on which it is as before are left out."""
    if not events:
        return []
    months = deque(sorted(events))
    days = _days(list(months), last)
    histories = {point: _History(first is None or first <= days[0]) for point, first in points.items()}
    later = deque(sorted((first, point) for point, first in points.items() if first and first > days[0]))
    for lead in leads:
        if lead.action_point in histories:
            histories[lead.action_point].add_lead(lead)
    counts = Counter({ActionStatus.NOT_REPORTED.value: len(points) - len(later)})
    counted, before = list[StatusesOnDay](), counts.copy()
    for day in days:
        touched = set()
        while later and later[0][0] <= day:
            touched.add(later[0][1])
            histories[later.popleft()[1]].exists = True
        while months and months[0] <= day:
            for event in events[months.popleft()]:
                if event.action_point not in histories:
                    continue
                touched.add(event.action_point)
                if isinstance(event, ReportedUpdate):
                    histories[event.action_point].add_update(event, parents)
        for point in touched:
            counts.update(histories[point].change_status(day))
        if counts != before:
            counted.append((day, counts.copy()))
            before = counts.copy()
    return counted


def _events(
    updates: Iterable[ReportedUpdate], leads: Iterable[LeadPeriod], until: date
) -> dict[date, list[ReportedUpdate | LeadPeriod]]:
    """Return the updates, and the leads that began or ended, by the first day of their month; without those after that day."""
    events: dict[date, list[ReportedUpdate | LeadPeriod]] = defaultdict(list)
    for lead in leads:
        for day in (lead.since, lead.until):
            if day and day <= until:
                events[day.replace(day=1)].append(lead)
    for update in updates:
        if update.day <= until:
            events[update.day.replace(day=1)].append(update)
    return events


class _PartHistory:
    """The updates so far that cover a part: the latest on the whole part, and the statuses of pieces."""

    __slots__ = ("latest", "pieces", "recency")

    def __init__(self) -> None:
        self.latest: str | None = None
        self.recency: tuple[Any, ...] = ()
        self.pieces: set[str] = set()

    def add(self, update: ReportedUpdate) -> None:
        if update.is_piece:
            self.pieces.add(update.status)
        elif (recency := (update.position, update.first_recorded_at, update.number)) > self.recency:
            self.latest, self.recency = update.status, recency


class _History:
    """An action point: the parts of all agencies that ever led it, that of nobody, and the last status, if it existed already."""

    __slots__ = ("exists", "leads", "parts", "status")

    def __init__(self, exists: bool) -> None:
        self.exists = exists
        self.leads: list[LeadPeriod] = []
        self.parts: dict[int | None, _PartHistory] = {None: _PartHistory()}
        self.status: str | None = ActionStatus.NOT_REPORTED if exists else None

    def add_lead(self, lead: LeadPeriod) -> None:
        self.leads.append(lead)
        self.parts.setdefault(lead.agency, _PartHistory())

    def add_update(self, update: ReportedUpdate, parents: Mapping[int, int]) -> None:
        for agency, part in self.parts.items():
            if covers(update, agency, parents):
                part.add(update)

    def change_status(self, day: date) -> dict[str, int]:
        """Derive the status on that day, and return by how much the number at each status changes."""
        if not self.exists:
            return {}
        leads = [lead.agency for lead in self.leads if lead.includes(day)]
        parts = [self.parts[agency] for agency in leads or (None,)]
        before = self.status
        self.status = status_of_action_point(status_of_part(part.latest, part.pieces) for part in parts)
        left = {before: -1} if before else {}
        return left | {self.status: 1} if before != self.status else {}


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
