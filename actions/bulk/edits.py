"""Plan, apply and undo changes of leads, persons, pauses or due dates on many action points at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import responsibilities
from actions.bulk.models import BulkEdit
from actions.models import ActionPoint, Milestone, Responsibility
from actions.models.status import ENDED
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.enumerations import comma_separated
from tracker.people.models import Agency, User
from tracker.transactions import for_update, lock
from tracker.web.optimistic_lock import version_of_content

LIMIT = 200
"""Maximum number of action points in one bulk edit."""

Kind = BulkEdit.Kind


class Pause(NamedTuple):
    """Until when and why to pause the reminders of an agency's parts; without an agency those of all parts."""

    until: date
    reason: str
    agency: Agency | None

    def __str__(self) -> str:
        return _pause_text(self.until, self.reason)


Target = Agency | User | Pause | PartialDate


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change of one action point, with the displayed values before and after."""

    action_point: ActionPoint
    before: str
    after: str
    subject: Responsibility | Milestone | None = None
    """The part or milestone that it changes; None if it adds a lead agency."""


def planned(points: Sequence[ActionPoint], kind: str, target: Any) -> list[Change]:
    """Return the changes to make, without what is like that already. The parts must be prefetched.

    One query for dates, none for the others.
    """
    if isinstance(target, PartialDate):
        return _dates(points, target)
    return [change for point in points for change in _PLANNERS[Kind(kind)](point, target)]


@transaction.atomic
def apply_as_shown(
    agenda: Agenda, points: QuerySet[ActionPoint], kind: str, target: Target, shown: str, by: User, now: datetime
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
    return version_of_content(
        [[each.action_point.pk, each.subject and each.subject.pk, each.before, each.after] for each in changes]
    )


@transaction.atomic
def apply(agenda: Agenda, changes: Sequence[Change], kind: str, target: Target, by: User, now: datetime) -> BulkEdit:
    """Make the changes, and store a BulkEdit that can undo them."""
    today = timezone.localdate(now)
    return BulkEdit.objects.create(
        agenda=agenda,
        by=by,
        made_at=now,
        kind=kind,
        what=str(target)[:200],
        changes=[_APPLIERS[Kind(kind)](change, target, by, today) for change in changes],
    )


@transaction.atomic
def undo(edit: BulkEdit, by: User, now: datetime) -> tuple[int, int]:
    """Undo the changes that nobody has changed since. Return the number of undone and of remaining changes.

    Return (0, 0) if the edit was undone before.
    """
    is_first = BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=now, undone_by=by)
    if not is_first:
        return 0, 0
    pks, today = [record[0] for record in edit.changes], timezone.localdate(now)
    if edit.kind == Kind.SET_DUE:
        lock(Milestone.objects.filter(pk__in=pks))
        undone = sum(_undo_date(record, by) for record in edit.changes)
        return undone, len(edit.changes) - undone
    parts = Responsibility.objects.filter(pk__in=pks)
    lock(ActionPoint.objects.filter(pk__in=list(parts.values_list("action_point", flat=True))))
    by_pk = parts.select_related("action_point", "agency").prefetch_related("persons").in_bulk()
    undo_one = _UNDOERS[Kind(edit.kind)]
    undone = sum(record[0] in by_pk and undo_one(by_pk[record[0]], record, today) for record in edit.changes)
    return undone, len(edit.changes) - undone


def _plan_add_lead(point: ActionPoint, agency: Agency) -> list[Change]:
    leads = point.leads
    return [] if agency in leads else [Change(point, _names(leads), _names([*leads, agency]))]


def _plan_end_lead(point: ActionPoint, agency: Agency) -> list[Change]:
    others = [lead for lead in point.leads if lead != agency]
    return [Change(point, _names(point.leads), _names(others), part) for part in point.parts if part.agency == agency]


def _plan_assign(point: ActionPoint, person: User) -> list[Change]:
    part = responsibilities.part_to_assign(point, person)
    if part is None:
        return [Change(point, "–", f"{person.agency}: {person}")] if person.agency else []
    persons = list(part.persons.all())
    return [] if person in persons else [_persons_change(part, point, persons, [*persons, person])]


def _plan_release(point: ActionPoint, person: User) -> list[Change]:
    return [
        _persons_change(part, point, persons, [each for each in persons if each != person])
        for part in point.parts
        if person in (persons := list(part.persons.all()))
    ]


def _plan_pause(point: ActionPoint, pause: Pause) -> list[Change]:
    return [
        Change(
            point,
            f"{part.agency}: {_pause_text(part.paused_until, part.pause_reason)}",
            f"{part.agency}: {pause}",
            part,
        )
        for part in point.parts
        if pause.agency in (None, part.agency) and part.status not in ENDED
        if (part.paused_until, part.pause_reason) != (pause.until, pause.reason)
    ]


def _persons_change(part: Responsibility, point: ActionPoint, before: Sequence[User], after: Sequence[User]) -> Change:
    return Change(point, f"{part.agency}: {_names(before)}", f"{part.agency}: {_names(after)}", part)


def _dates(points: Sequence[ActionPoint], due: PartialDate) -> list[Change]:
    by_point = {point.pk: point for point in points}
    undone = Milestone.objects.undone().filter(action_point__in=by_point, repeats_every_months=None)
    return [
        Change(
            by_point[milestone.action_point_id],
            f"{milestone.title}: {milestone.due}" + (f" ({milestone.due_note})" if milestone.due_note else ""),
            f"{milestone.title}: {due}",
            milestone,
        )
        for milestone in undone.order_by("action_point", "due_earliest", "id")
        if milestone.due != due
    ]


_PLANNERS: dict[Kind, Callable[[ActionPoint, Any], list[Change]]] = {
    Kind.ADD_LEAD: _plan_add_lead,
    Kind.REMOVE_LEAD: _plan_end_lead,
    Kind.ADD_FOCAL_POINT: _plan_assign,
    Kind.REMOVE_FOCAL_POINT: _plan_release,
    Kind.PAUSE: _plan_pause,
}


def _add_lead(change: Change, agency: Agency, by: User, today: date) -> list[Any]:
    return [responsibilities.add_lead(change.action_point, agency, since=PartialDate.day(today)).pk]


def _end_lead(change: Change, agency: Agency, by: User, today: date) -> list[Any]:
    responsibilities.end_lead(change.action_point, agency, until=today)
    return [_part(change).pk]


def _assign(change: Change, person: User, by: User, today: date) -> list[Any]:
    part = responsibilities.assign(change.action_point, person, today=today)
    return [part and part.pk, person.pk, change.subject is None]


def _release(change: Change, person: User, by: User, today: date) -> list[Any]:
    part = _part(change)
    responsibilities.name_persons(part, [each for each in part.persons.all() if each != person])
    return [part.pk, person.pk]


def _pause(change: Change, pause: Pause, by: User, today: date) -> list[Any]:
    part = _part(change)
    before = [part.paused_until and part.paused_until.isoformat(), part.pause_reason]
    responsibilities.pause(part, pause.until, pause.reason)
    return [part.pk, *before, pause.until.isoformat(), pause.reason]


def _change_date(change: Change, due: PartialDate, by: User, today: date) -> list[Any]:
    milestone: Any = change.subject
    record = [milestone.pk, milestone.due.text, due.text, milestone.due_note]
    _set_due(milestone.pk, due.text, "", by)
    return record


_APPLIERS: dict[Kind, Callable[[Change, Any, User, date], list[Any]]] = {
    Kind.ADD_LEAD: _add_lead,
    Kind.REMOVE_LEAD: _end_lead,
    Kind.ADD_FOCAL_POINT: _assign,
    Kind.REMOVE_FOCAL_POINT: _release,
    Kind.PAUSE: _pause,
    Kind.SET_DUE: _change_date,
}
"""Functions that make a change and return its item of `BulkEdit.changes`."""


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
    _set_due(pk, before, note, by)
    return True


def _set_due(pk: int, due: str, note: str, by: User) -> None:
    """Store a due date with its note. Bulk edits clear the note because it describes the earlier date."""
    milestone: Any = for_update(Milestone.objects.all()).get(pk=pk)
    milestone._history_user = by  # simple_history stores it
    milestone.due, milestone.due_note = PartialDate.parse(due), note
    milestone.save(update_fields=["due", "due_earliest", "due_latest", "due_note"])


def _part(change: Change) -> Responsibility:
    if not isinstance(change.subject, Responsibility):
        raise TypeError(change.subject)
    return change.subject


def _pause_text(until: date | None, reason: str) -> str:
    return _("until %(day)s: %(reason)s") % {"day": date_format(until), "reason": reason} if until else "–"


def _names(owners: Sequence[Any]) -> str:
    return comma_separated(owners) or "–"
