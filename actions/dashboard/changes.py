"""What changed in an agenda since a day: statuses, what was added, edited or removed, and what was recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page

from actions.access import Person
from actions.as_of import AsOf
from actions.dashboard.recent_edits import Edits, edits
from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.models.action_point_queries import Basis, end_of
from actions.reader import read_action_points
from issues.models import Agenda
from issues.readable_history import readable_since
from tracker.web.pagination import get_page

SHOWN = 100
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An action point that had another status at the end of the day."""

    action_point: ActionPoint
    before: ActionStatus


@dataclass(frozen=True, slots=True)
class Changes:
    statuses: Sequence[StatusChange]
    are_cut: bool
    """There are more of these than SHOWN."""
    edits: Edits
    page: Page[int]
    updates: Sequence[ProgressUpdate]
    """Those of the page, recorded since."""
    withdrawn: Sequence[ProgressUpdate]


def changes(agenda: Agenda, since: date, reader: Person, asked: Mapping[str, str], errors: list[str]) -> Changes:
    """What came after the end of that day (UTC); visitors read no names of who edited what, and nobody what an agenda was before it was
    opened to readers such as they are. Up to 30 queries. The query asks for a page of what was recorded.
    """
    end = end_of(since)
    since_readable = readable_since([agenda.pk], reader)[agenda.pk]
    of_agenda = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda)
    readable = of_agenda.exclude(superseded_by__recorded_at__lte=since_readable)
    recorded = list(readable.filter(recorded_at__gte=end).values_list("pk", "action_point_id"))
    page = get_page(sorted((pk for pk, _point in recorded), reverse=True), PAGE_SIZE, asked, errors)
    updates: Any = of_agenda.with_context().select_related("action_point__issue__agenda", "superseded_by")
    withdrawn = list(updates.filter(withdrawn_at__gte=end).order_by("-withdrawn_at", "-pk"))
    touched = {point for _pk, point in recorded} | {update.action_point_id for update in withdrawn}
    statuses = _status_changes(agenda, touched, since)
    return Changes(
        statuses=statuses[:SHOWN],
        are_cut=len(statuses) > SHOWN,
        edits=edits(agenda, max(end, since_readable), reader),
        page=page,
        updates=list(updates.filter(pk__in=list(page)).order_by("-pk")),
        withdrawn=withdrawn[:SHOWN],
    )


def _status_changes(agenda: Agenda, touched: set[int], since: date) -> list[StatusChange]:
    """Of the touched action points, those that have another status today than the tracker knew at the end of the day."""
    then = read_action_points(touched, AsOf(since, is_past=True, basis=Basis.RECORDED), [agenda])
    before = {state.pk: ActionStatus(state.status) for state in then}
    points = ActionPoint.objects.filter(pk__in=touched).select_related("issue__agenda").in_order()
    return [
        StatusChange(point, before[point.pk]) for point in points if point.status != before.get(point.pk, point.status)
    ]
