"""Plan and make changes of leads, persons, pauses or due dates on many action points at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
MAX_NAMED = 6
"""Action points that a message names; it counts more."""

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
    agenda: Agenda, points: QuerySet[ActionPoint], kind: str, target: Target, shown: str | None, by: User, now: datetime
) -> tuple[BulkEdit, str] | None:
    """Make the changes. Return the edit that can undo them, and what it changed in words.

    None if nothing changes, or the changes differ from the previewed ones, whose version is `shown`; without it they were not previewed.
    """
    lock(ActionPoint.objects.filter(pk__in=[point.pk for point in points]))
    if isinstance(target, PartialDate):
        lock(Milestone.objects.filter(action_point__in=[point.pk for point in points]))
    changes = planned(list(points.all()), kind, target)
    if not changes or shown not in (None, version_of_changes(changes)):
        return None
    return apply(agenda, changes, kind, target, by, now), _in_words(changes, Kind(kind), target)


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
    set_due(milestone.pk, due.text, "", by)
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


def set_due(pk: int, due: str, note: str, by: User) -> None:
    """Store a due date with its note. Bulk edits clear the note because it describes the earlier date."""
    milestone: Any = for_update(Milestone.objects.all()).get(pk=pk)
    milestone._history_user = by  # simple_history stores it
    milestone.due, milestone.due_note = PartialDate.parse(due), note
    milestone.save(update_fields=["due", "due_earliest", "due_latest", "due_note"])


def _part(change: Change) -> Responsibility:
    if not isinstance(change.subject, Responsibility):
        raise TypeError(change.subject)
    return change.subject


def _in_words(changes: Sequence[Change], kind: Kind, target: Target) -> str:
    """Return the message that says what was changed, and where."""
    codes = list(dict.fromkeys(change.action_point.code for change in changes))
    total = len(codes)
    words = ngettext("%(total)s action point", "%(total)s action points", total) % {"total": total}
    where = comma_separated(codes) if total <= MAX_NAMED else words
    texts = {
        Kind.ADD_LEAD: _("%(what)s now leads %(where)s."),
        Kind.REMOVE_LEAD: _("%(what)s no longer leads %(where)s."),
        Kind.ADD_FOCAL_POINT: _("%(what)s is now assigned to %(where)s."),
        Kind.REMOVE_FOCAL_POINT: _("%(what)s is no longer assigned to %(where)s."),
        Kind.PAUSE: _("Reminders are paused until %(what)s: %(where)s."),
        Kind.SET_DUE: _("The milestone date is now %(what)s: %(where)s."),
    }
    what = date_format(target.until) if isinstance(target, Pause) else str(target)
    return texts[kind] % {"what": what, "where": where}


def _pause_text(until: date | None, reason: str) -> str:
    return _("until %(day)s: %(reason)s") % {"day": date_format(until), "reason": reason} if until else "–"


def _names(owners: Sequence[Any]) -> str:
    return comma_separated(owners) or "–"
