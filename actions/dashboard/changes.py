"""What changed in an agenda since a day: which action points stand elsewhere now, what was added, edited or removed, what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from actions.access import Person
from actions.dashboard.edited import Edits, edits
from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.models.action_point_queries import Basis, end_of
from actions.tallies.reading import recorded_last
from issues.models import Agenda
from tracker.keyset import Column, Order, Page, whole_number

SHOWN = 100
LOOKED_AT = 1000
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
    are_all: bool
    """No more than LOOKED_AT action points were reported on since, so all were looked at; else only those of the newest reports."""
    edits: Edits
    page: Page[ProgressUpdate]
    withdrawn: Sequence[ProgressUpdate]


def changes(
    agenda: Agenda, since: date, reader: Person, *, after: str | None = None, before: str | None = None
) -> Changes:
    """What came after the end of that day (UTC); visitors read no names of who edited what, and nobody what an agenda was before it was
    opened to readers such as they are. Up to 30 queries. Raises PlaceError.
    """
    end = end_of(since)
    opened = agenda.readable_since(reader) or end
    updates: Any = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).with_context()
    updates = updates.select_related("action_point__issue__agenda", "superseded_by")
    withdrawn = updates.filter(withdrawn_at__gte=end).order_by("-withdrawn_at", "-pk")
    touched, _since = recorded_last(agenda, LOOKED_AT + 1, end)
    touched += withdrawn.values_list("action_point_id", flat=True)[: LOOKED_AT + 1]
    are_all = len(touched) <= LOOKED_AT
    points: Any = ActionPoint.objects.filter(pk__in=touched).as_of(since, Basis.RECORDED)
    moved = list(points.exclude(status_then=F("status")).select_related("issue__agenda").in_order()[: SHOWN + 1])
    told = updates.filter(recorded_at__gte=end)
    return Changes(
        [Move(point, ActionStatus(point.status_then)) for point in moved[:SHOWN]],
        are_cut=len(moved) > SHOWN,
        are_all=are_all,
        edits=edits(agenda, max(end, opened), with_people=reader.is_authenticated),
        page=NEWEST_FIRST.page(
            told.filter(action_point__in=touched) if are_all else told, size=PAGE_SIZE, after=after, before=before
        ),
        withdrawn=list(withdrawn[:SHOWN]),
    )
