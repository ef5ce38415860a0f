"""The figures of the dashboard as plain data, each with the query of the list that it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import nlargest, nsmallest
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import rules
from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.counts import AgendaCounts, Counts, count
from actions.lists.filters import Attention, Owner
from actions.models import ActionStatus, Milestone
from actions.rows import ActionPointRow, rows_of
from actions.states import ActionPointState, by_last_report
from issues.models import Issue
from tracker.people.models import Agency

SHOWN = 5
"""How many of the longest silent and of each kind of milestone are shown; the list has all of them."""

MAX_ISSUES, MAX_AGENCIES = 20, 60
"""The most issues and agencies that the dashboard shows."""

AHEAD = timedelta(days=90)
"""How far ahead milestones are shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    count: int
    query: str
    """The query of the list of just these action points; empty without any."""
    status: str = ""
    """The status that is counted, if it is a status."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The action points of an issue or agency by status."""

    label: str
    address: str
    total: Figure
    statuses: tuple[Figure, ...]
    attention: Figure
    """Those that need attention."""
    largest: int = 0
    """The total of the largest breakdown beside it, which fills the bar."""

    @property
    def segments(self) -> list[Segment]:
        return segments(self.statuses, self.largest)


@dataclass(frozen=True, slots=True)
class Figures:
    total: Figure
    statuses: Sequence[Figure]
    attention: Sequence[Figure]
    silence: Sequence[Figure]
    longest_silent: Sequence[ActionPointRow]
    issues: Sequence[Breakdown]
    agencies: Sequence[Breakdown]
    passed: Sequence[Milestone]
    """Overdue milestones of open action points, the latest first, at most SHOWN."""
    ahead: Sequence[Milestone]
    """Those due within AHEAD, in order."""

    @property
    def segments(self) -> list[Segment]:
        return segments(self.statuses, self.total.count)


def figures(issues: Sequence[Issue], states: Sequence[ActionPointState], as_of: AsOf) -> Figures:
    """Return the figures of an agenda's action points, broken down by `issues` and agency. Five queries."""
    today = as_of.day
    counted = count(states, today)
    passed, ahead = _milestones(states, today)
    return Figures(
        total=_figure(_("action points"), len(states), {}),
        statuses=_statuses(counted.total.statuses, {}),
        attention=_attention(counted),
        silence=_silence(counted),
        longest_silent=_longest_silent(states, today),
        issues=_by_issue(issues, counted),
        agencies=_by_agency(counted),
        passed=passed,
        ahead=ahead,
    )


def segments(statuses: Iterable[Figure], full: int) -> list[Segment]:
    """Return the segments of a bar of these counts, without empty ones. A count of `full` fills the bar."""
    found, start = [], 0.0
    for figure in statuses:
        if not figure.count:
            continue
        length = 100 * figure.count / full
        found.append(Segment(figure.status, round(start, 3), round(length, 3)))
        start += length
    return found


_SILENCES = {183: gettext_lazy("half a year"), 365: gettext_lazy("a year"), 730: gettext_lazy("two years")}


def list_query(query: Mapping[str, Any]) -> str:
    """Return the query of the list with these filters."""
    return urlencode(query)


def _figure(label: str, count: int, query: Mapping[str, Any], status: str = "") -> Figure:
    return Figure(label, count, list_query(query), status)


def _statuses(counts: Counter[str], query: Mapping[str, Any]) -> tuple[Figure, ...]:
    """Return one figure for each status, in their order, including empty ones."""
    return tuple(
        _figure(str(status.label), counts[status], {**query, "status": status.value}, status) for status in ActionStatus
    )


def _attention(counted: AgendaCounts) -> list[Figure]:
    return [
        _figure(_("show no progress"), counted.total.attention, {"attention": Attention.NO_PROGRESS.value}),
        _figure(_("silent"), counted.silent, {"attention": Attention.SILENT.value}),
        _figure(_("nobody owns"), counted.unowned, {"owner": Owner.NOBODY.value}),
        _figure(
            _("with a milestone passed undone"),
            counted.milestone_overdue,
            {"attention": Attention.MILESTONE_PASSED.value},
        ),
        _figure(_("snoozed"), counted.paused, {"attention": Attention.SNOOZED.value}),
    ]


def _silence(counted: AgendaCounts) -> list[Figure]:
    """Return figures by age of the last report. Each but the first includes the ones after it."""
    never = ActionStatus.NOT_REPORTED
    return [
        _figure(_("never reported on"), counted.total.statuses[never], {"status": never.value}),
        *(
            _figure(
                _("silent for %(time)s or longer") % {"time": time},
                counted.not_reported_for[days],
                {"silent_for": days},
            )
            for days, time in _SILENCES.items()
        ),
    ]


def _by_issue(issues: Sequence[Issue], counted: AgendaCounts) -> list[Breakdown]:
    """Return the breakdown of each issue. No query."""
    return _to_scale(
        _breakdown(str(issue), issue.get_absolute_url(), {"issue": issue.number}, counted.issues[issue.number])
        for issue in issues
    )


def _by_agency(counted: AgendaCounts) -> list[Breakdown]:
    """Return the breakdown of the first MAX_AGENCIES lead agencies, by acronym. One query."""
    agencies = Agency.objects.filter(pk__in=counted.leads).order_by("acronym")
    return _to_scale(
        _breakdown(
            f"{agency.acronym} · {agency.name}" if agency.name != agency.acronym else agency.acronym,
            reverse("agency", args=[agency.acronym]),
            {"agency": agency.acronym},
            counted.leads[agency.pk],
        )
        for agency in agencies[:MAX_AGENCIES]
    )


def _to_scale(breakdowns: Iterable[Breakdown]) -> list[Breakdown]:
    found = list(breakdowns)
    largest = max((breakdown.total.count for breakdown in found), default=0)
    return [replace(breakdown, largest=largest) for breakdown in found]


def _breakdown(label: str, address: str, query: Mapping[str, Any], counts: Counts) -> Breakdown:
    return Breakdown(
        label=label,
        address=address,
        total=_figure(label, counts.statuses.total(), query),
        statuses=_statuses(counts.statuses, query),
        attention=_figure(_("show no progress"), counts.attention, {**query, "attention": Attention.NO_PROGRESS.value}),
    )


def _longest_silent(states: Iterable[ActionPointState], today: date) -> list[ActionPointRow]:
    """Return those never reported on first, then by the oldest report, without paused ones. Three queries, none without any."""
    silent = (state for state in states if rules.is_silent(state, today) and not rules.is_paused(state, today))
    return rows_of(nsmallest(SHOWN, silent, key=by_last_report), today)


def _milestones(states: Iterable[ActionPointState], today: date) -> tuple[list[Milestone], list[Milestone]]:
    """Return the overdue milestones, the latest first, and those due within AHEAD. One query."""
    dated = [
        (milestone.due_latest, milestone.pk, milestone, state) for state in states for milestone in state.milestones
    ]
    overdue = [
        (due, pk) for due, pk, milestone, state in dated if rules.is_open(state) and rules.is_overdue(milestone, today)
    ]
    ahead = [(due, pk) for due, pk, _milestone, _state in dated if today <= due <= today + AHEAD]
    passed, coming = nlargest(SHOWN, overdue), nsmallest(SHOWN, ahead)
    stored = Milestone.objects.select_related("action_point__issue__agenda").in_bulk(
        [pk for _due, pk in passed + coming]
    )
    return [stored[pk] for _due, pk in passed if pk in stored], [stored[pk] for _due, pk in coming if pk in stored]
