"""Changing owners, leads or due dates of many action points at once: what would change, doing it, and undoing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from actions.bulk.models import BulkEdit
from actions.models import ActionPoint, Milestone
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User
from tracker.transactions import for_update, lock
from tracker.web.optimistic_lock import version_of_content

LIMIT = 200
"""Action points that are changed at once, at most."""

Kind = BulkEdit.Kind
_RELATIONS = {
    Kind.ADD_LEAD: ("lead_agencies", True),
    Kind.REMOVE_LEAD: ("lead_agencies", False),
    Kind.ADD_FOCAL_POINT: ("focal_points", True),
    Kind.REMOVE_FOCAL_POINT: ("focal_points", False),
}
"""Which list of owners a change is about, and whether it adds to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one action point has now and would have afterwards, in words."""

    action_point: ActionPoint
    before: str
    after: str
    record: Sequence[Any]
    """As `BulkEdit.changes` keeps it."""


def planned(points: Sequence[ActionPoint], kind: str, target: Agency | User | PartialDate) -> list[Change]:
    """What would change; nothing of what is so already. The action points come with their owners. One query for dates, else none."""
    if isinstance(target, PartialDate):
        return _dates(points, target)
    relation, adds = _RELATIONS[Kind(kind)]
    found = []
    for point in points:
        owners: list[Any] = list(getattr(point, relation).all())
        if (target in owners) == adds:
            continue
        left = [*owners, target] if adds else [owner for owner in owners if owner != target]
        found.append(Change(point, _words(owners), _words(left), [point.pk, target.pk]))
    return found


@transaction.atomic
def apply_as_shown(
    agenda: Agenda,
    points: QuerySet[ActionPoint],
    kind: str,
    target: Agency | User | PartialDate,
    shown: str,
    by: User,
    now: datetime,
) -> int:
    """Make the changes if they still are those that were shown (their version), and return their number; 0 if they are not."""
    lock(ActionPoint.objects.filter(pk__in=[point.pk for point in points]))
    if isinstance(target, PartialDate):
        lock(Milestone.objects.filter(action_point__in=[point.pk for point in points]))
    changes = planned(list(points.all()), kind, target)
    if not changes or version_of_changes(changes) != shown:
        return 0
    apply(agenda, changes, kind, target, by, now)
    return len(changes)


def version_of_changes(changes: Sequence[Change]) -> str:
    """Identify these changes, so that only those that were previewed are made."""
    return version_of_content([[*change.record, change.before, change.after] for change in changes])


def apply(
    agenda: Agenda, changes: Sequence[Change], kind: str, target: Agency | User | PartialDate, by: User, now: datetime
) -> BulkEdit:
    """Make the changes and keep what undoes them, all or nothing."""
    with transaction.atomic():
        for change in changes:
            if isinstance(target, PartialDate):
                _set_due(change.record[0], change.record[2], "", by)
            else:
                relation, adds = _RELATIONS[Kind(kind)]
                _set_owner(change.action_point, relation, target, adds=adds, by=by)
        return BulkEdit.objects.create(
            agenda=agenda,
            by=by,
            made_at=now,
            kind=kind,
            what=str(target)[:200],
            changes=[list(change.record) for change in changes],
        )


def undo(edit: BulkEdit, by: User, now: datetime) -> tuple[int, int]:
    """Take back what still is as the edit left it. How much was taken back, and how much somebody has changed since; (0, 0) where it was
    undone before.
    """
    with transaction.atomic():
        mine = BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=now, undone_by=by)
        if not mine:
            return 0, 0
        changed: Any = Milestone if edit.kind == Kind.SET_DUE else ActionPoint
        lock(changed.objects.filter(pk__in=[record[0] for record in edit.changes]))
        undone = sum(_undo_one(edit.kind, record, by) for record in edit.changes)
    return undone, len(edit.changes) - undone


def _undo_one(kind: str, record: Sequence[Any], by: User) -> bool:
    if kind == Kind.SET_DUE:
        pk, before, after, *note = record  # edits of old have no note
        milestone = Milestone.objects.filter(pk=pk).first()
        if not milestone or milestone.due.text != after:
            return False
        _set_due(pk, before, note[0] if note else milestone.due_note, by)
        return True
    relation, added = _RELATIONS[Kind(kind)]
    point_pk, target_pk = record
    point = ActionPoint.objects.filter(pk=point_pk).first()
    if not point or getattr(point, relation).filter(pk=target_pk).exists() != added:
        return False
    target: Any = getattr(point, relation).model.objects.get(pk=target_pk)
    _set_owner(point, relation, target, adds=not added, by=by)
    return True


def _dates(points: Sequence[ActionPoint], due: PartialDate) -> list[Change]:
    by_point = {point.pk: point for point in points}
    open_ones = Milestone.objects.undone().filter(action_point__in=by_point, repeats_every_months=None)
    return [
        Change(
            by_point[milestone.action_point_id],
            f"{milestone.title}: {milestone.due}" + (f" ({milestone.due_note})" if milestone.due_note else ""),
            f"{milestone.title}: {due}",
            [milestone.pk, milestone.due.text, due.text, milestone.due_note],
        )
        for milestone in open_ones.order_by("action_point", "due_earliest", "id")
        if milestone.due != due
    ]


def _set_due(pk: int, due: str, note: str, by: User) -> None:
    """`note` is what is said of that date: of another it says nothing."""
    milestone: Any = for_update(Milestone.objects.all()).get(pk=pk)
    milestone._history_user = by  # goes into the history
    milestone.due, milestone.due_note = PartialDate.parse(due), note
    milestone.save(update_fields=["due", "due_earliest", "due_latest", "due_note"])


def _set_owner(point: ActionPoint, relation: str, target: Any, *, adds: bool, by: User) -> None:
    point._history_user = by  # type: ignore[attr-defined] # goes into the history
    owners = getattr(point, relation)
    owners.add(target) if adds else owners.remove(target)


def _words(owners: Sequence[Any]) -> str:
    return ", ".join(map(str, owners)) or "–"
