"""The figures of the dashboard as plain data, each with the query of the list that it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import rules
from actions.as_of import AsOf
from actions.as_of_history import load_milestones, look_back_at_points
from actions.bars import Segment
from actions.dashboard.counts import AgendaCounts, Counts, count
from actions.lists.filters import ANY, PAUSED
from actions.models import ActionStatus, AttentionReason, Milestone
from actions.rows import ActionPointRow, PartRow, rows_of
from actions.states import ActionPointState
from issues.models import Issue
from tracker.people.models import Agency

SHOWN = 5
"""How many of the longest due parts, of each kind of milestone and of those without anyone responsible are shown; the list has all."""

MAX_ISSUES, MAX_AGENCIES = 20, 60
"""The most issues and agencies that the dashboard shows."""

AHEAD = timedelta(days=90)
"""How far ahead milestones are shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    count: int
    query: str
    """The query of the list of just these; empty without any."""
    status: str = ""
    """The status that is counted, if it is a status."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The action points of an issue, or the parts of an agency, by status."""

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


class DuePart(NamedTuple):
    """A part whose update is due, with its action point."""

    action_point: ActionPointRow
    part: PartRow


@dataclass(frozen=True, slots=True)
class Figures:
    total: Figure
    statuses: Sequence[Figure]
    attention: Figure
    """Those that need attention for any reason."""
    reasons: Sequence[Figure]
    """One for each reason, and those whose reminders are paused."""
    ages: Sequence[Figure]
    """By the age of the last update."""
    longest_due: Sequence[DuePart]
    """Parts whose updates have been due the longest, at most SHOWN."""
    no_one_responsible: Sequence[ActionPointRow]
    """At most SHOWN, in order."""
    issues: Sequence[Breakdown]
    agencies: Sequence[Breakdown]
    passed: Sequence[Milestone]
    """Overdue milestones, the latest first, at most SHOWN."""
    ahead: Sequence[Milestone]
    """Those due within AHEAD, in order."""

    @property
    def segments(self) -> list[Segment]:
        return segments(self.statuses, self.total.count)


def figures(issues: Sequence[Issue], states: Sequence[ActionPointState], as_of: AsOf) -> Figures:
    """Return the figures of an agenda's action points, broken down by `issues` and agency. Eight queries."""
    today = as_of.day
    counted = count(states, today)
    passed, ahead = _milestones(states, today)
    return Figures(
        total=_figure(_("action points"), len(states), {}),
        statuses=_statuses(counted.total.statuses, {}),
        attention=_figure(_("need attention"), counted.total.attention, {"attention": ANY}),
        reasons=_reasons(counted),
        ages=_ages(counted),
        longest_due=_longest_due(states, today),
        no_one_responsible=_no_one_responsible(states, today),
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


_AGES = {183: gettext_lazy("half a year"), 365: gettext_lazy("a year"), 730: gettext_lazy("two years")}


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


def _reasons(counted: AgendaCounts) -> list[Figure]:
    labels = {
        AttentionReason.NO_ONE_RESPONSIBLE: _("have no one responsible"),
        AttentionReason.UPDATE_DUE: _("have an update due"),
        AttentionReason.MILESTONE_OVERDUE: _("have a milestone overdue"),
        AttentionReason.NO_PROGRESS: _("report no progress"),
    }
    reasons = [_figure(label, counted.reasons[reason], {"attention": reason.value}) for reason, label in labels.items()]
    return [*reasons, _figure(_("have reminders paused"), counted.paused, {"attention": PAUSED})]


def _ages(counted: AgendaCounts) -> list[Figure]:
    """Return figures by age of the last update. Each but the first includes the ones after it."""
    never = ActionStatus.NOT_REPORTED
    return [
        _figure(_("not reported"), counted.total.statuses[never], {"status": never.value}),
        *(
            _figure(
                _("with a last update at least %(time)s ago") % {"time": time},
                counted.without_update_for[days],
                {"silent_for": days},
            )
            for days, time in _AGES.items()
        ),
    ]


def _by_issue(issues: Sequence[Issue], counted: AgendaCounts) -> list[Breakdown]:
    """Return the breakdown of each issue. No query."""
    return _to_scale(
        _breakdown(str(issue), issue.get_absolute_url(), {"issue": issue.number}, counted.issues[issue.number])
        for issue in issues
    )


def _by_agency(counted: AgendaCounts) -> list[Breakdown]:
    """Return the breakdown of the parts of the first MAX_AGENCIES lead agencies, by acronym. One query."""
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
        attention=_figure(_("need attention"), counts.attention, {**query, "attention": ANY}),
    )


def _longest_due(states: Iterable[ActionPointState], today: date) -> list[DuePart]:
    """Return the parts whose updates have been due the longest. Three queries, none without any."""
    due = [
        (since, state.place, place, state)
        for state in states
        for place, part in enumerate(state.parts)
        if (since := rules.due_since(state, part, today))
    ]
    longest = nsmallest(SHOWN, due, key=lambda each: each[:3])
    rows = {row.pk: row for row in rows_of(list({state.pk: state for *_key, state in longest}.values()), today)}
    return [DuePart(rows[state.pk], rows[state.pk].parts[place]) for *_key, place, state in longest if state.pk in rows]


def _no_one_responsible(states: Iterable[ActionPointState], today: date) -> list[ActionPointRow]:
    """Return the first action points for which no one is responsible. Three queries, none without any."""
    found = (state for state in states if AttentionReason.NO_ONE_RESPONSIBLE in rules.attention_reasons(state, today))
    return rows_of(list(islice(found, SHOWN)), today)


def _milestones(states: Sequence[ActionPointState], today: date) -> tuple[list[Milestone], list[Milestone]]:
    """Return the overdue milestones, the latest first, and those due within AHEAD. One query, one more for a past date."""
    dated = [
        (each.due_latest, each.pk, each, state) for state in states for each in state.milestones if each.due_latest
    ]
    overdue = [(due, pk) for due, pk, milestone, state in dated if rules.is_overdue(state, milestone, today)]
    ahead = [
        (due, pk)
        for due, pk, milestone, state in dated
        if due <= today + AHEAD and rules.is_ahead(state, milestone, today)
    ]
    passed, coming = nlargest(SHOWN, overdue), nsmallest(SHOWN, ahead)
    shown = {pk for _due, pk in passed + coming}
    loaded = load_milestones(milestone for _due, pk, milestone, _state in dated if pk in shown)
    look_back_at_points([milestone.action_point for milestone in loaded.values()], states)
    return [loaded[pk] for _due, pk in passed if pk in loaded], [loaded[pk] for _due, pk in coming if pk in loaded]
