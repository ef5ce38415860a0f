"""The figures of the dashboard as plain data. Each carries the query of the list that it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard import counting
from actions.dashboard.filters import Attention, Owner
from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus, Milestone, ProgressUpdate
from actions.models.milestone import MilestoneQuerySet
from actions.rows import Row, rows, rows_of_entries
from actions.tallies import reading
from actions.tallies.reading import Part, Whole
from issues.models import Agenda, Issue

SHOWN = 5
"""How many of the longest silent, of the latest updates and of each kind of milestone are shown; the list has them all."""

ISSUES, AGENCIES = 20, 60
"""So many of each are shown at most: what a page can show. The agenda has all issues."""

AHEAD = timedelta(days=90)
"""How far ahead milestones are shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    count: int
    query: str
    """Of the list that has just these action points; empty where there are none."""
    status: str = ""
    """The status that is counted, where it is one."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How many action points of an issue or agency stand where: plain data, so that templates draw it once."""

    label: str
    address: str
    total: Figure
    statuses: tuple[Figure, ...]
    attention: Figure
    """Those that show no progress."""
    largest: int = 0
    """The total of the largest one beside it: what a full bar stands for."""

    @property
    def segments(self) -> list[Segment]:
        return segments(self.statuses, self.largest)


@dataclass(frozen=True, slots=True)
class Figures:
    total: Figure
    statuses: Sequence[Figure]
    attention: Sequence[Figure]
    silence: Sequence[Figure]
    longest_silent: Sequence[Row]
    issues: Sequence[Breakdown]
    agencies: Sequence[Breakdown]
    passed: Sequence[Milestone]
    """Milestones that passed undone, the latest first, SHOWN of them."""
    ahead: Sequence[Milestone]
    """Those due within AHEAD, in order."""
    latest: Sequence[ProgressUpdate]

    @property
    def segments(self) -> list[Segment]:
        return segments(self.statuses, self.total.count)


def figures(agenda: Agenda, issues: Sequence[Issue], as_of: AsOf) -> Figures:
    """`issues` are those to break down by. Costs a constant number of queries, and today the same whatever the size of the agenda."""
    today, points = as_of.day, counting.points_of(agenda, as_of)
    counted = counting.count(agenda, as_of)
    milestones = Milestone.objects.filter(action_point__entry__agenda=agenda).select_related(
        "action_point__issue__agenda"
    )
    return Figures(
        total=_figure(_("action points"), counted.statuses.total(), {}),
        statuses=_statuses(counted.statuses, {}),
        attention=_attention(counted),
        silence=_silence(counted),
        longest_silent=_longest_silent(points, agenda, today),
        issues=_by_issue(agenda, issues, as_of),
        agencies=_by_agency(agenda, as_of),
        passed=list(_of_open(milestones.passed(today), points, agenda).order_by("-due_latest", "-id")[:SHOWN]),
        ahead=list(
            milestones.undone().filter(due_latest__range=(today, today + AHEAD)).order_by("due_latest", "id")[:SHOWN]
        ),
        latest=_latest(agenda, as_of),
    )


def segments(statuses: Iterable[Figure], full: int) -> list[Segment]:
    """The bar of these counts, without the empty ones. A bar of `full` is as long as it can be."""
    found, start = [], 0.0
    for figure in statuses:
        if not figure.count:
            continue
        length = 100 * figure.count / full
        found.append(Segment(figure.status, round(start, 3), round(length, 3)))
        start += length
    return found


_SILENCES = {183: gettext_lazy("half a year"), 365: gettext_lazy("a year"), 730: gettext_lazy("two years")}


@lru_cache(maxsize=20_000)
def list_query(*asked: tuple[str, Any]) -> str:
    """The query of the list of these filters and their values. Remembered, as a dashboard has a thousand."""
    return urlencode(asked)


def _figure(label: str, count: int, query: Mapping[str, Any], status: str = "") -> Figure:
    return Figure(label, count, list_query(*query.items()), status)


def _statuses(counts: Counter[str], query: Mapping[str, Any]) -> tuple[Figure, ...]:
    """One figure for each status, in their order, those with none included."""
    return tuple(
        _figure(str(status.label), counts[status], {**query, "status": status.value}, status) for status in ActionStatus
    )


def _attention(counted: Whole) -> list[Figure]:
    return [
        _figure(_("show no progress"), counted.showing, {"attention": Attention.NO_PROGRESS.value}),
        _figure(_("silent"), counted.silent, {"attention": Attention.SILENT.value}),
        _figure(_("nobody owns"), counted.unowned, {"owner": Owner.NOBODY.value}),
        _figure(_("with a milestone passed undone"), counted.late, {"attention": Attention.MILESTONE_PASSED.value}),
        _figure(_("snoozed"), counted.snoozed, {"attention": Attention.SNOOZED.value}),
    ]


def _silence(counted: Whole) -> list[Figure]:
    """For how long nothing was reported: each figure holds those after it, but for the first."""
    never = ActionStatus.NOT_REPORTED
    return [
        _figure(_("never reported on"), counted.statuses[never], {"status": never.value}),
        *(
            _figure(_("silent for %(time)s or longer") % {"time": time}, counted.silent_for[days], {"silent_for": days})
            for days, time in _SILENCES.items()
        ),
    ]


def _by_issue(agenda: Agenda, issues: Sequence[Issue], as_of: AsOf) -> list[Breakdown]:
    """One query."""
    counted = counting.count_by_issue(agenda, issues, as_of)
    return _to_scale(
        _breakdown(str(issue), issue.get_absolute_url(), {"issue": issue.number}, counted[issue.number])
        for issue in issues
    )


def _by_agency(agenda: Agenda, as_of: AsOf) -> list[Breakdown]:
    """The first AGENCIES of those that lead something, in order of acronym. One query."""
    counted = counting.count_by_agency(agenda, as_of)
    return _to_scale(
        _breakdown(
            f"{acronym} · {name}" if name != acronym else acronym,
            reverse("agency", args=[acronym]),
            {"agency": acronym},
            part,
        )
        for (acronym, name), part in islice(counted.items(), AGENCIES)
    )


def _to_scale(breakdowns: Iterable[Breakdown]) -> list[Breakdown]:
    found = list(breakdowns)
    largest = max((breakdown.total.count for breakdown in found), default=0)
    return [replace(breakdown, largest=largest) for breakdown in found]


def _breakdown(label: str, address: str, query: Mapping[str, Any], part: Part) -> Breakdown:
    return Breakdown(
        label=label,
        address=address,
        total=_figure(label, part.statuses.total(), query),
        statuses=_statuses(part.statuses, query),
        attention=_figure(_("show no progress"), part.showing, {**query, "attention": Attention.NO_PROGRESS.value}),
    )


def _longest_silent(points: ActionPointQuerySet, agenda: Agenda, today: date) -> list[Row]:
    """Those never reported on first. Three queries, one where none is silent; five on a day that has gone by."""
    if points.standing.is_past:
        silent = points.open().filter(counting.is_silent(agenda, today, points.standing))
        order = (F(points.standing.reported).asc(nulls_first=True), "issue__number", "number")
        return rows(silent.order_by(*order)[:SHOWN], today)
    return rows_of_entries(reading.longest_silent(agenda, today, SHOWN), agenda, today)


def _of_open(milestones: MilestoneQuerySet, points: ActionPointQuerySet, agenda: Agenda) -> MilestoneQuerySet:
    if points.standing.is_past:
        return milestones.filter(action_point__in=points.open().values("pk"))
    return (
        milestones.filter(action_point__entry__is_open=True) if agenda.state == Agenda.State.OPEN else milestones.none()
    )


def _latest(agenda: Agenda, as_of: AsOf) -> list[ProgressUpdate]:
    """Five queries, one where nothing was reported. With the action points joined, PostgreSQL would plan for longer than it reads."""
    points = Prefetch("action_point", ActionPoint.objects.select_related("issue__agenda"))
    updates = as_of.in_force().with_context().prefetch_related(points)
    if as_of.is_past:
        updates = updates.filter(action_point__issue__agenda=agenda)
    else:
        pks, since = reading.recorded_last(agenda, SHOWN)
        if not since:
            return []
        updates = updates.filter(action_point__in=pks, recorded_at__gte=since)
    found = list(updates.order_by("-recorded_at", "-pk")[:SHOWN])
    for update in found:
        as_of.mark(update)
    return found
