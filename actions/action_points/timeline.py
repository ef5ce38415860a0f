"""Read the time line of an action point: its updates and those of the action points that it was carried over from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from actions import summaries
from actions.access import Person
from actions.as_of import AsOf
from actions.models import ActionPoint, ProgressUpdate
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.reports import parents_of, report_of
from actions.update_order import HAPPENED
from issues.readable_history import ALWAYS
from tracker.people.permissions import Right, may


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An update with what its reader sees of it and may do."""

    update: ProgressUpdate
    may_correct: bool
    changes_nothing: bool
    """Whether it covers the part of no lead agency."""
    carried_from: ActionPoint | None
    """The earlier action point that it belongs to; None for the action point of the page."""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An action point that another one was carried over from, with the last update that counts for one of its parts."""

    action_point: ActionPoint
    last_update: ProgressUpdate | None


def read_predecessors(action_point: ActionPoint, reader: Person) -> list[list[ActionPoint]]:
    """Return the action points of earlier agendas that it was carried over from and that the reader may see, in steps.

    The first list has those that it was carried over from directly. Three queries for each list, and one.
    """
    steps: list[list[ActionPoint]] = []
    known = {action_point.pk}
    latest = [action_point.pk]
    while latest:
        earlier = ActionPoint.objects.visible_to(reader).filter(carried_to__in=latest).distinct()
        found = [point for point in earlier.in_order().with_context() if point.pk not in known]
        latest = [point.pk for point in found]
        known |= {*latest}
        steps += [found] if found else []
    return steps


def read_last_updates(points: Collection[ActionPoint]) -> list[Predecessor]:
    """Return each of these with its last update that counts for a part. Two queries, none without points."""
    if not points:
        return []
    updates: Any = ProgressUpdate.objects.current().filter(action_point__in=[point.pk for point in points])
    updates = list(updates.newest_first().select_related("agency").prefetch_related("participants"))
    parents = parents_of(updates)
    last: dict[int, ProgressUpdate] = {}
    leads = {point.pk: [agency.pk for agency in point.leads] for point in points}
    for update in updates:
        if summaries.covers_a_part(report_of(update), leads[update.action_point_id], parents):
            last.setdefault(update.action_point_id, update)
    return [Predecessor(point, last.get(point.pk)) for point in points]


def updates_of(
    points: Collection[ActionPoint], as_of: AsOf, since: Mapping[int, datetime], order: str
) -> ProgressUpdateQuerySet:
    """Return the newest version of each update, withdrawn ones included; for a past date the versions that counted then.

    Versions that were replaced while the agenda was hidden from the reader are left out: until `since`, by the agenda's id.
    """
    versions: ProgressUpdateQuerySet = as_of.updates() if as_of.is_past else ProgressUpdate.objects.newest_versions()
    versions = versions.filter(action_point__in=[point.pk for point in points])
    for agenda, instant in since.items():
        if instant > ALWAYS:
            replaced = Q(superseded_by__recorded_at__lte=instant) | Q(withdrawn_at__lte=instant)
            versions = versions.exclude(replaced, action_point__issue__agenda=agenda)
    versions = versions.by_happening() if order == HAPPENED else versions.newest_first()
    return versions.with_context()


def entries_of(
    updates: Sequence[ProgressUpdate],
    points: Sequence[ActionPoint],
    leads: Mapping[int, Collection[int]],
    reader: Person,
) -> list[TimelineEntry]:
    """Return the entries of these updates. The first of the points is that of the page; `leads` has the ids of the leads by point.

    No query if the updates are loaded with their context, and the points with their parts.
    """
    by_id, parents = {point.pk: point for point in points}, parents_of(updates)
    entries = []
    for update in updates:
        update.action_point = point = by_id[update.action_point_id]
        is_own = point is points[0]
        covers = summaries.covers_a_part(report_of(update), leads[point.pk], parents)
        may_correct = is_own and not update.is_withdrawn and may(reader, Right.CORRECT, update)
        entries.append(TimelineEntry(update, may_correct, not covers, None if is_own else point))
    return entries
