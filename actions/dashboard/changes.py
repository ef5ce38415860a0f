"""What changed in an agenda since a day: which action points stand elsewhere now, and what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.models.action_point_queries import Basis, end_of
from issues.models import Agenda
from tracker.keyset import Column, Order, Page, whole_number

SHOWN = 100
PAGE_SIZE = 25
NEWEST_FIRST = Order([Column("pk", whole_number, descending=True)])


@dataclass(frozen=True, slots=True)
class Move:
    """An action point that stood elsewhere at the end of the day."""

    action_point: ActionPoint
    before: ActionStatus


@dataclass(frozen=True, slots=True)
class Changes:
    moves: Sequence[Move]
    are_cut: bool
    """There are more moves than SHOWN."""
    page: Page[ProgressUpdate]
    withdrawn: Sequence[ProgressUpdate]


def changes(agenda: Agenda, since: date, *, after: str | None = None, before: str | None = None) -> Changes:
    """What came after the end of that day (UTC). Up to ten queries. Raises PlaceError."""
    end = end_of(since)
    touched = ProgressUpdate.objects.filter(Q(recorded_at__gte=end) | Q(withdrawn_at__gte=end)).values("action_point")
    points: Any = ActionPoint.objects.filter(issue__agenda=agenda, pk__in=touched).as_of(since, Basis.RECORDED)
    moved = list(points.exclude(status_then=F("status")).select_related("issue__agenda").in_order()[: SHOWN + 1])
    updates: Any = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).with_context()
    updates = updates.select_related("action_point__issue__agenda")
    return Changes(
        [Move(point, ActionStatus(point.status_then)) for point in moved[:SHOWN]],
        are_cut=len(moved) > SHOWN,
        page=NEWEST_FIRST.page(updates.filter(recorded_at__gte=end), PAGE_SIZE, after=after, before=before),
        withdrawn=list(updates.filter(withdrawn_at__gte=end).order_by("-withdrawn_at", "-pk")[:SHOWN]),
    )
