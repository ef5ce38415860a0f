"""Changes in an agenda since a date: statuses, edits, and recorded or withdrawn updates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page

from actions.access import Person
from actions.as_of import AsOf
from actions.dashboard.recent_edits import RecentEdits, edits
from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.models.action_point_queryset import Basis, end_of
from actions.reader import read_action_points
from actions.update_order import HAPPENED, read_order
from issues.models import Agenda
from issues.readable_history import readable_since
from tracker.web.pagination import get_page

SHOWN = 100
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An action point whose status was another one at the end of the date."""

    action_point: ActionPoint
    before: ActionStatus


@dataclass(frozen=True, slots=True)
class Changes:
    statuses: Sequence[StatusChange]
    are_cut: bool
    """Whether there are more of these than SHOWN."""
    edits: RecentEdits
    order: str
    """The order of the recorded updates."""
    page: Page[int]
    updates: Sequence[ProgressUpdate]
    """Those of the page, recorded since the date."""
    withdrawn: Sequence[ProgressUpdate]


def changes(agenda: Agenda, since: date, reader: Person, asked: Mapping[str, str], errors: list[str]) -> Changes:
    """Return what happened after that day (edits: after its end in UTC), with the page of updates that the query `asked` names.

    Visitors get no names of editors, and nobody gets what was replaced while the agenda was hidden from them. Up to 40 queries.
    """
    end = end_of(since)
    since_readable = readable_since([agenda.pk], reader)[agenda.pk]
    readable = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).not_replaced_by(since_readable)
    order = read_order(asked, errors)
    recorded = readable.filter(recorded_day__gt=since)
    recorded = recorded.by_happening() if order == HAPPENED else recorded.order_by("-pk")
    recorded = list(recorded.values_list("pk", "action_point_id"))
    page = get_page([pk for pk, _point in recorded], PAGE_SIZE, asked, errors)
    updates: Any = readable.with_context().select_related("action_point__issue__agenda", "superseded_by")
    withdrawn = list(updates.filter(withdrawn_day__gt=since).order_by("-withdrawn_at", "-pk"))
    touched = {point for _pk, point in recorded} | {update.action_point_id for update in withdrawn}
    shown = updates.in_bulk(list(page))
    statuses = _status_changes(agenda, touched, since)
    return Changes(
        statuses=statuses[:SHOWN],
        are_cut=len(statuses) > SHOWN,
        edits=edits(agenda, max(end, since_readable), reader),
        page=page,
        order=order,
        updates=[shown[pk] for pk in page if pk in shown],
        withdrawn=withdrawn[:SHOWN],
    )


def _status_changes(agenda: Agenda, touched: set[int], since: date) -> list[StatusChange]:
    """Return the touched action points whose status today differs from the one known at the end of the day."""
    states = read_action_points(touched, AsOf(since, is_past=True, basis=Basis.RECORDED), [agenda])
    before = {state.pk: ActionStatus(state.status) for state in states}
    points = ActionPoint.objects.filter(pk__in=touched).select_related("issue__agenda").in_order()
    return [
        StatusChange(point, before[point.pk]) for point in points if point.status != before.get(point.pk, point.status)
    ]
