"""The figures of the dashboard as plain data. Each carries the query of the list that it counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.filters import Attention, Owner
from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus, Milestone, ProgressUpdate
from actions.models.action_point_queries import StandingColumns, milestone_passed
from actions.models.status import ENDED
from actions.rows import Row, rows
from issues.models import Agenda

SHOWN = 5
"""How many of the longest silent, of the latest updates and of each kind of milestone are shown; the list has them all."""

AHEAD = timedelta(days=90)
"""How far ahead milestones are shown."""

_Led = ActionPoint.lead_agencies.through


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
    """How many action points of an issue or agency stand where."""

    label: str
    address: str
    total: Figure
    statuses: Sequence[Figure]
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


def figures(agenda: Agenda, as_of: AsOf) -> Figures:
    """Costs a constant number of queries, whatever the size of the agenda: tests/dashboard counts them."""
    today = as_of.day
    points = as_of.standing(ActionPoint.objects.filter(issue__agenda=agenda))
    counted = _counted(points, agenda, today)
    sums = Counter[str]()
    for row in counted:
        sums.update({name: value for name, value in row.items() if name not in ("issue_id", "status_of")})
    milestones = Milestone.objects.filter(action_point__issue__agenda=agenda).select_related(
        "action_point__issue__agenda"
    )
    return Figures(
        total=_figure(_("action points"), sums["count"], {}),
        statuses=_statuses(counted, {}),
        attention=_attention(sums),
        silence=_silence(sums),
        longest_silent=_longest_silent(points, agenda, today),
        issues=_by_issue(agenda, counted),
        agencies=_by_agency(agenda, points, today),
        passed=list(
            milestones.passed(today)
            .filter(action_point__in=points.open().values("pk"))
            .order_by("-due_latest", "id")[:SHOWN]
        ),
        ahead=list(milestones.undone().filter(due_latest__range=(today, today + AHEAD)).in_order()[:SHOWN]),
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


def _counted(points: ActionPointQuerySet, agenda: Agenda, today: date) -> list[dict[str, Any]]:
    """Counts by issue and status, each with how many of them need attention, and why. One query."""
    is_open, status, reported = Q(still_open=True), points.standing.status, f"{points.standing.reported}__lte"
    counted: Any = (
        points.alias(
            still_open=_flag(_open(agenda, points.standing)),
            is_late=Exists(Milestone.objects.filter(milestone_passed(today), action_point=OuterRef("pk"))),
            is_led=Exists(_Led.objects.filter(actionpoint=OuterRef("pk"))),
            is_assigned=Exists(ActionPoint.focal_points.through.objects.filter(actionpoint=OuterRef("pk"))),
            is_silent=_flag(_silent(agenda, today, points.standing)),
            unmoved=_flag(Q(**{f"{status}__in": [ActionStatus.NOT_REPORTED, ActionStatus.NO_PROGRESS]})),
            is_snoozed=_flag(
                Q(snoozed_until__isnull=False, snoozed_until__gt=date.max if points.standing.is_past else today)
            ),
        )
        .order_by()
        .values("issue_id", status_of=F(status))
        .annotate(
            count=Count("pk"),
            showing=Count("pk", filter=is_open & Q(is_snoozed=False) & _SHOWING),
            silent=Count("pk", filter=is_open & Q(is_silent=True)),
            never=Count("pk", filter=Q(**{status: ActionStatus.NOT_REPORTED})),
            late=Count("pk", filter=is_open & Q(is_late=True)),
            snoozed=Count("pk", filter=is_open & Q(is_snoozed=True)),
            unowned=Count("pk", filter=Q(is_led=False, is_assigned=False)),
            **{
                f"silent_{days}": Count("pk", filter=is_open & Q(**{reported: today - timedelta(days=days)}))
                for days in _SILENCES
            },
        )
    )
    return list(counted)


_SHOWING = Q(is_silent=True) | Q(is_late=True) | Q(unmoved=True)
"""Of the flags above: what `ActionPointQuerySet.showing_no_progress` says of open ones that are not snoozed."""

_SILENCES = {183: _lazy("half a year"), 365: _lazy("a year"), 730: _lazy("two years")}


def _flag(condition: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def _open(agenda: Agenda, standing: StandingColumns) -> Q:
    """Neither completed nor discontinued, and nothing at all where the agenda is not open."""
    return ~Q(**{f"{standing.status}__in": ENDED}) if agenda.state == Agenda.State.OPEN else Q(pk__in=[])


def _silent(agenda: Agenda, today: date, standing: StandingColumns) -> Q:
    before = today - timedelta(days=agenda.silence_days)
    return Q(**{standing.reported: None}) | Q(**{f"{standing.reported}__lt": before})


def _figure(label: str, count: int, query: Mapping[str, Any], status: str = "") -> Figure:
    return Figure(label, count, urlencode(query), status)


def _statuses(counted: Iterable[Mapping[str, Any]], query: Mapping[str, Any]) -> list[Figure]:
    """One figure for each status, in their order, those with none included."""
    counts = Counter[str]()
    for row in counted:
        counts[row["status_of"]] += row["count"]
    return [
        _figure(str(status.label), counts[status], {**query, "status": status.value}, status) for status in ActionStatus
    ]


def _attention(sums: Mapping[str, int]) -> list[Figure]:
    return [
        _figure(_("show no progress"), sums["showing"], {"attention": Attention.NO_PROGRESS.value}),
        _figure(_("silent"), sums["silent"], {"attention": Attention.SILENT.value}),
        _figure(_("nobody owns"), sums["unowned"], {"owner": Owner.NOBODY.value}),
        _figure(_("with a milestone passed undone"), sums["late"], {"attention": Attention.MILESTONE_PASSED.value}),
        _figure(_("snoozed"), sums["snoozed"], {"attention": Attention.SNOOZED.value}),
    ]


def _silence(sums: Mapping[str, int]) -> list[Figure]:
    """For how long nothing was reported: each figure holds those after it, but for the first."""
    return [
        _figure(_("never reported on"), sums["never"], {"status": ActionStatus.NOT_REPORTED.value}),
        *(
            _figure(_("silent for %(time)s or longer") % {"time": time}, sums[f"silent_{days}"], {"silent_for": days})
            for days, time in _SILENCES.items()
        ),
    ]


def _by_issue(agenda: Agenda, counted: Sequence[Mapping[str, Any]]) -> list[Breakdown]:
    """One query."""
    own = defaultdict[int, list[Mapping[str, Any]]](list)
    for row in counted:
        own[row["issue_id"]].append(row)
    found = []
    for issue in agenda.issues.order_by("number"):
        issue.agenda = agenda
        found.append(_breakdown(str(issue), issue.get_absolute_url(), {"issue": issue.number}, own[issue.pk]))
    return _to_scale(found)


def _by_agency(agenda: Agenda, points: ActionPointQuerySet, today: date) -> list[Breakdown]:
    """The agencies that lead something, in order of acronym. An action point with two leads counts for both. Two queries."""
    names = ("lead_agencies__acronym", "lead_agencies__name")
    showing = points.showing_no_progress(today).values("pk")
    counted: Any = (
        points.filter(lead_agencies__isnull=False)
        .alias(is_showing=_flag(Q(pk__in=showing)))
        .order_by()
        .values(*names, status_of=F(points.standing.status))
        .annotate(count=Count("pk"), showing=Count("pk", filter=Q(is_showing=True)))
        .order_by(*names)
    )
    found = []
    for (acronym, name), own in groupby(counted, key=itemgetter(*names)):
        address = reverse("agency", args=[acronym])
        found.append(
            _breakdown(f"{acronym} · {name}" if name != acronym else acronym, address, {"agency": acronym}, list(own))
        )
    return _to_scale(found)


def _to_scale(breakdowns: Sequence[Breakdown]) -> list[Breakdown]:
    largest = max((breakdown.total.count for breakdown in breakdowns), default=0)
    return [replace(breakdown, largest=largest) for breakdown in breakdowns]


def _breakdown(label: str, address: str, query: Mapping[str, Any], counted: Sequence[Mapping[str, Any]]) -> Breakdown:
    showing = {**query, "attention": Attention.NO_PROGRESS.value}
    return Breakdown(
        label=label,
        address=address,
        total=_figure(label, sum(row["count"] for row in counted), query),
        statuses=_statuses(counted, query),
        attention=_figure(_("show no progress"), sum(row["showing"] for row in counted), showing),
    )


def _longest_silent(points: ActionPointQuerySet, agenda: Agenda, today: date) -> list[Row]:
    """Those never reported on first. Four queries, one where none is silent."""
    silent = points.open().filter(_silent(agenda, today, points.standing))
    if not points.standing.is_past:
        silent = silent.exclude(snoozed_until__gt=today)
    return rows(
        silent.order_by(F(points.standing.reported).asc(nulls_first=True), "issue__number", "number")[:SHOWN], today
    )


def _latest(agenda: Agenda, as_of: AsOf) -> list[ProgressUpdate]:
    """Three queries, one where nothing was reported."""
    of_agenda = as_of.in_force().filter(action_point__issue__agenda=agenda).with_context()
    return list(of_agenda.select_related("action_point__issue__agenda").order_by("-recorded_at", "-pk")[:SHOWN])
