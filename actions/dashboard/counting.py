"""How many action points stand where: today from the tallies, on a day that has gone by from what had been reported."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q

from actions.as_of import AsOf
from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus, Milestone
from actions.models.action_point_queries import StandingColumns, milestone_passed
from actions.models.status import ENDED
from actions.tallies import reading
from actions.tallies.reading import Lead, Led, Part, Whole
from issues.models import Agenda, Issue

SILENCES = (183, 365, 730)
"""Days."""

COUNTED_THEN = 10_000
"""Of more action points nothing is counted or sorted by how each stood on a day that has gone by: at a million it takes minutes."""

_Led = ActionPoint.lead_agencies.through


def count(agenda: Agenda, as_of: AsOf) -> Whole:
    """One query."""
    return _whole_then(agenda, as_of) if as_of.is_past else reading.whole(agenda, as_of.day, SILENCES)


def count_by_agency(agenda: Agenda, as_of: AsOf) -> dict[tuple[str, str], Part]:
    """By acronym and name, in order of acronym. An action point with two leads counts for both. One query."""
    if not as_of.is_past:
        return reading.of_agencies(agenda, as_of.day)
    points = points_of(agenda, as_of).filter(lead_agencies__isnull=False)
    return _parts(points, agenda, as_of.day, F("lead_agencies__acronym"), F("lead_agencies__name"))


def count_by_issue(agenda: Agenda, issues: Sequence[Issue], as_of: AsOf) -> dict[int, Part]:
    """By the number of the issue. One query."""
    if not as_of.is_past:
        return reading.of_issues(agenda, issues, as_of.day)
    points = points_of(agenda, as_of).filter(issue__in=issues)
    found = _parts(points, agenda, as_of.day, F("issue__number"))
    return defaultdict(Part, {number: part for (number,), part in found.items()})


def count_led(agenda: Agenda, issues: Sequence[Issue], as_of: AsOf) -> dict[tuple[Lead, int], Led]:
    """By agency and number of the issue. One query."""
    if not as_of.is_past:
        return reading.of_cells(agenda, issues)
    points = points_of(agenda, as_of).filter(issue__in=issues, lead_agencies__isnull=False)
    counted = (
        points.order_by()
        .values_list("lead_agencies__acronym", "lead_agencies__name", "issue__number")
        .annotate(count=Count("pk"), last=Max(points.standing.reported))
    )
    return {(Lead(acronym, name), number): Led(count, last) for acronym, name, number, count, last in counted}


def too_many_then(agenda: Agenda, as_of: AsOf) -> bool:
    """Whether it is a day that has gone by, of an agenda of more than COUNTED_THEN. One query, none today."""
    return as_of.is_past and reading.totals().get(agenda.pk, 0) > COUNTED_THEN


def points_of(agenda: Agenda, as_of: AsOf) -> ActionPointQuerySet:
    return as_of.standing(ActionPoint.objects.filter(issue__agenda=agenda))


def is_silent(agenda: Agenda, today: date, standing: StandingColumns) -> Q:
    before = today - timedelta(days=agenda.silence_days)
    return Q(**{standing.reported: None}) | Q(**{f"{standing.reported}__lt": before})


def _whole_then(agenda: Agenda, as_of: AsOf) -> Whole:
    points, today = points_of(agenda, as_of), as_of.day
    reported = f"{points.standing.reported}__lte"
    counted: Any = (
        _flagged(points, agenda, today)
        .alias(
            is_led=Exists(_Led.objects.filter(actionpoint=OuterRef("pk"))),
            is_assigned=Exists(ActionPoint.focal_points.through.objects.filter(actionpoint=OuterRef("pk"))),
        )
        .order_by()
        .values(status_of=F(points.standing.status))
        .annotate(
            count=Count("pk"),
            showing=Count("pk", filter=_SHOWING),
            silent=Count("pk", filter=Q(still_open=True, silent_then=True)),
            late=Count("pk", filter=Q(still_open=True, late_then=True)),
            unowned=Count("pk", filter=Q(is_led=False, is_assigned=False)),
            **{
                f"silent_{days}": Count("pk", filter=Q(still_open=True, **{reported: today - timedelta(days=days)}))
                for days in SILENCES
            },
        )
    )
    found = Whole(silent_for=dict.fromkeys(SILENCES, 0))
    for row in counted:
        found.statuses[row["status_of"]] = row["count"]
        found.showing += row["showing"]
        found.silent += row["silent"]
        found.late += row["late"]
        found.unowned += row["unowned"]
        found.silent_for = {days: so_far + row[f"silent_{days}"] for days, so_far in found.silent_for.items()}
    return found


def _parts(points: ActionPointQuerySet, agenda: Agenda, today: date, *by: F) -> dict[Any, Part]:
    names = [f"by_{index}" for index in range(len(by))]
    counted: Any = (
        _flagged(points, agenda, today)
        .order_by()
        .values(**dict(zip(names, by, strict=True)), status_of=F(points.standing.status))
        .annotate(count=Count("pk"), showing=Count("pk", filter=_SHOWING))
        .order_by(*names)
    )
    found = defaultdict[Any, Part](Part)
    for row in counted:
        part = found[tuple(row[name] for name in names)]
        part.statuses[row["status_of"]] = row["count"]
        part.showing += row["showing"]
    return found


def _flagged(points: ActionPointQuerySet, agenda: Agenda, today: date) -> ActionPointQuerySet:
    """With what `_SHOWING` asks. A snooze of today holds nothing back then."""
    status = f"{points.standing.status}__in"
    still_open = ~Q(**{status: ENDED}) if agenda.state == Agenda.State.OPEN else Q(pk__in=[])
    return points.alias(
        still_open=_flag(still_open),
        late_then=Exists(Milestone.objects.filter(milestone_passed(today), action_point=OuterRef("pk"))),
        silent_then=_flag(is_silent(agenda, today, points.standing)),
        unmoved=_flag(Q(**{status: [ActionStatus.NOT_REPORTED, ActionStatus.NO_PROGRESS]})),
    )


_SHOWING = Q(still_open=True) & (Q(silent_then=True) | Q(late_then=True) | Q(unmoved=True))
"""Of the flags above: what `ActionPointQuerySet.showing_no_progress` says."""


def _flag(condition: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(condition, output_field=BooleanField())
