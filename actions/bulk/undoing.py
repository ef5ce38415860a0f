"""Undo a bulk edit, as far as nobody has changed the same since."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions import responsibilities
from actions.bulk.edits import set_due
from actions.bulk.models import BulkEdit
from actions.models import ActionPoint, Milestone, Responsibility
from tracker.people.models import User
from tracker.transactions import lock

UNDO_WITHIN = timedelta(days=1)
"""How long a bulk edit can be undone."""

Kind = BulkEdit.Kind


def may_undo(edit: BulkEdit, person: User, now: datetime) -> bool:
    """Return whether the person made the edit so recently that the person may undo it."""
    return edit.undone_at is None and edit.by_id == person.pk and now - edit.made_at <= UNDO_WITHIN


@transaction.atomic
def undo(edit: BulkEdit, by: User, now: datetime) -> tuple[int, int]:
    """Undo the changes that nobody has changed since. Return the number of undone and of remaining changes.

    If all remain the edit is not marked as undone. Return (0, 0) if it was undone before.
    """
    if not BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=now, undone_by=by):
        return 0, 0
    undone = _undo_changes(edit, by, now)
    if not undone:
        BulkEdit.objects.filter(pk=edit.pk).update(undone_at=None, undone_by=None)
    return undone, len(edit.changes) - undone


def _undo_changes(edit: BulkEdit, by: User, now: datetime) -> int:
    """Undo what can be undone, and return the number of changes."""
    pks, today = [record[0] for record in edit.changes], timezone.localdate(now)
    if edit.kind == Kind.SET_DUE:
        lock(Milestone.objects.filter(pk__in=pks))
        return sum(_undo_date(record, by) for record in edit.changes)
    parts = Responsibility.objects.filter(pk__in=pks)
    lock(ActionPoint.objects.filter(pk__in=list(parts.values_list("action_point", flat=True))))
    by_pk = parts.select_related("action_point", "agency").prefetch_related("persons").in_bulk()
    undo_one = _UNDOERS[Kind(edit.kind)]
    return sum(record[0] in by_pk and undo_one(by_pk[record[0]], record, today) for record in edit.changes)


def _undo_add_lead(part: Responsibility, record: Sequence[Any], today: date) -> bool:
    return part.until is None and responsibilities.end_lead(part.action_point, part.agency, until=today)


def _undo_end_lead(part: Responsibility, record: Sequence[Any], today: date) -> bool:
    return responsibilities.reinstate(part)


def _undo_assign(part: Responsibility, record: Sequence[Any], today: date) -> bool:
    """Remove the name; if the agency leads only because of it, and nobody else was named, end that too."""
    _pk, person, is_new_lead = record
    persons = list(part.persons.all())
    if part.until or person not in [each.pk for each in persons]:
        return False
    others = [each for each in persons if each.pk != person]
    responsibilities.name_persons(part, others)
    if is_new_lead and not others:
        responsibilities.end_lead(part.action_point, part.agency, until=today)
    return True


def _undo_release(part: Responsibility, record: Sequence[Any], today: date) -> bool:
    _pk, person = record
    persons = list(part.persons.all())
    if part.until or person in [each.pk for each in persons]:
        return False
    responsibilities.name_persons(part, [*persons, User.objects.get(pk=person)])
    return True


def _undo_pause(part: Responsibility, record: Sequence[Any], today: date) -> bool:
    _pk, before, reason_before, after, reason = record
    if part.until or (part.paused_until and part.paused_until.isoformat(), part.pause_reason) != (after, reason):
        return False
    responsibilities.pause(part, date.fromisoformat(before) if before else None, reason_before)
    return True


_UNDOERS: dict[Kind, Callable[[Responsibility, Sequence[Any], date], bool]] = {
    Kind.ADD_LEAD: _undo_add_lead,
    Kind.REMOVE_LEAD: _undo_end_lead,
    Kind.ADD_FOCAL_POINT: _undo_assign,
    Kind.REMOVE_FOCAL_POINT: _undo_release,
    Kind.PAUSE: _undo_pause,
}
"""Functions that undo a change of a part, unless somebody has changed it since, and return whether they did."""


def _undo_date(record: Sequence[Any], by: User) -> bool:
    pk, before, after, note = record
    milestone = Milestone.objects.filter(pk=pk).first()
    if not milestone or milestone.due.text != after:
        return False
    set_due(pk, before, note, by)
    return True
