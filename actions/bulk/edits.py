"""Plan, apply and undo changes of owners, leads or due dates on many action points at once."""

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
"""Maximum number of action points in one bulk edit."""

Kind = BulkEdit.Kind
_RELATIONS = {
    Kind.ADD_LEAD: ("lead_agencies", True),
    Kind.REMOVE_LEAD: ("lead_agencies", False),
    Kind.ADD_FOCAL_POINT: ("focal_points", True),
    Kind.REMOVE_FOCAL_POINT: ("focal_points", False),
}
"""The list of owners that each kind changes, and whether the kind adds an owner to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change of one action point, with the displayed values before and after."""

    action_point: ActionPoint
    before: str
    after: str
    record: Sequence[Any]
    """The item to store in `BulkEdit.changes`."""


def planned(points: Sequence[ActionPoint], kind: str, target: Agency | User | PartialDate) -> list[Change]:
    """Return the changes to make, without action points that already have the target. The owners must be prefetched.

    One query for dates, none for owners.
    """
    if isinstance(target, PartialDate):
        return _dates(points, target)
    relation, adds = _RELATIONS[Kind(kind)]
    changes = []
    for point in points:
        owners: list[Any] = list(getattr(point, relation).all())
        if (target in owners) == adds:
            continue
        new_owners = [*owners, target] if adds else [owner for owner in owners if owner != target]
        changes.append(Change(point, _names(owners), _names(new_owners), [point.pk, target.pk]))
    return changes


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
    """Make the changes and return their number; return 0 if they differ from the previewed ones, whose version is `shown`."""
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
    """Make the changes in one transaction, and store a BulkEdit that can undo them."""
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
    """Undo the changes that nobody has changed since. Return the number of undone and of remaining changes.

    Return (0, 0) if the edit was undone before.
    """
    with transaction.atomic():
        is_first = BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=now, undone_by=by)
        if not is_first:
            return 0, 0
        model: Any = Milestone if edit.kind == Kind.SET_DUE else ActionPoint
        lock(model.objects.filter(pk__in=[record[0] for record in edit.changes]))
        undone = sum(_undo_one(edit.kind, record, by) for record in edit.changes)
    return undone, len(edit.changes) - undone


def _undo_one(kind: str, record: Sequence[Any], by: User) -> bool:
    if kind == Kind.SET_DUE:
        pk, before, after, *note = record  # edits from earlier versions of the tracker have no note
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
    undone = Milestone.objects.undone().filter(action_point__in=by_point, repeats_every_months=None)
    return [
        Change(
            by_point[milestone.action_point_id],
            f"{milestone.title}: {milestone.due}" + (f" ({milestone.due_note})" if milestone.due_note else ""),
            f"{milestone.title}: {due}",
            [milestone.pk, milestone.due.text, due.text, milestone.due_note],
        )
        for milestone in undone.order_by("action_point", "due_earliest", "id")
        if milestone.due != due
    ]


def _set_due(pk: int, due: str, note: str, by: User) -> None:
    """Store a due date with its note. Bulk edits clear the note because it describes the earlier date."""
    milestone: Any = for_update(Milestone.objects.all()).get(pk=pk)
    milestone._history_user = by  # simple_history stores it
    milestone.due, milestone.due_note = PartialDate.parse(due), note
    milestone.save(update_fields=["due", "due_earliest", "due_latest", "due_note"])


def _set_owner(point: ActionPoint, relation: str, target: Any, *, adds: bool, by: User) -> None:
    point._history_user = by  # type: ignore[attr-defined] # simple_history stores it
    owners = getattr(point, relation)
    owners.add(target) if adds else owners.remove(target)


def _names(owners: Sequence[Any]) -> str:
    return ", ".join(map(str, owners)) or "–"
