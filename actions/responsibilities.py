"""Add and end the responsibilities of agencies, name the persons who do the work there, and pause reminders.

Each function locks the action point, and stores the change, its history and the derived status in one transaction.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from actions.models import ActionPoint, Responsibility
from actions.progress import apply_status, lock_action_point
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User


def default_since(agenda: Agenda, today: date) -> PartialDate:
    """Return since when an agency leads that is added without a date: from the agreement in a draft, otherwise from today."""
    is_draft = agenda.state == Agenda.State.DRAFT
    return agenda.agreed_on if is_draft and agenda.agreed_on else PartialDate.day(today)


@transaction.atomic
def add_lead(action_point: ActionPoint, agency: Agency, *, since: PartialDate) -> Responsibility:
    """Make an agency lead an action point, and return its part. If it leads already, nothing changes."""
    lock_action_point(action_point)
    part, created = action_point.responsibilities.get_or_create(agency=agency, until=None, defaults={"since": since})
    if created:
        apply_status(action_point)
        part.refresh_from_db()
    return part


@transaction.atomic
def end_lead(action_point: ActionPoint, agency: Agency, *, until: date) -> bool:
    """End the responsibility of an agency. Return whether it had one."""
    lock_action_point(action_point)
    part = action_point.responsibilities.current().filter(agency=agency).first()
    if part is None:
        return False
    part.until = until
    part.save(update_fields=["until"])
    apply_status(action_point)
    return True


@transaction.atomic
def reinstate(part: Responsibility) -> bool:
    """Take back the end of a responsibility, with its persons. Return False if it has not ended, or the agency leads again."""
    lock_action_point(part.action_point)
    part.refresh_from_db(fields=["until"])
    if part.until is None or part.action_point.responsibilities.current().filter(agency=part.agency).exists():
        return False
    part.until = None
    part.save(update_fields=["until"])
    apply_status(part.action_point)
    return True


@transaction.atomic
def change_since(part: Responsibility, since: PartialDate) -> None:
    """Store since when the agency leads. Nothing is stored if it is the same already."""
    lock_action_point(part.action_point)
    if part.since != since:
        part.since = since
        part.save(update_fields=["since", "since_earliest"])
    part.action_point.forget_parts()


def part_for(action_point: ActionPoint, person: User) -> Responsibility | None:
    """Return the part that a person works on: assigned, or led by the person's agency or the one above or below it; otherwise None."""
    agency = person.agency
    acceptable = [
        lambda part: part.is_assigned_to(person),
        lambda part: agency is not None and part.agency_id == agency.pk,
        lambda part: agency is not None and part.agency_id == agency.parent_id,
        lambda part: person.speaks_for(part.agency),
    ]
    return next((part for accepts in acceptable for part in action_point.parts if accepts(part)), None)


def part_to_assign(action_point: ActionPoint, person: User) -> Responsibility | None:
    """Return the part that `assign` would name the person for; None if the person's agency would first have to lead, or there is none."""
    part = part_for(action_point, person)
    return part if part or person.agency else next(iter(action_point.parts), None)


@transaction.atomic
def assign(action_point: ActionPoint, person: User, *, today: date) -> Responsibility | None:
    """Name a person for the part that the person works on, and return the part.

    If there is none, the person's agency leads from today. A person without an agency is named for the first part; without a lead
    nothing changes and the result is None.
    """
    lock_action_point(action_point)
    action_point.forget_parts()
    part = part_to_assign(action_point, person)
    if part is None and person.agency:
        part = add_lead(action_point, person.agency, since=PartialDate.day(today))
    if part and not part.is_assigned_to(person):
        name_persons(part, [*part.persons.all(), person])
    return part


@transaction.atomic
def name_persons(part: Responsibility, persons: Iterable[User]) -> None:
    """Name these persons, and no others, for a part. Nothing is stored if they are named already."""
    lock_action_point(part.action_point)
    chosen = set(persons)
    if set(part.persons.all()) != chosen:
        part.persons.set(chosen)
    part.action_point.forget_parts()


@transaction.atomic
def release(action_point: ActionPoint, person: User) -> bool:
    """Remove a person's name from all parts of an action point. Return whether the person was named for any."""
    lock_action_point(action_point)
    parts = list(action_point.responsibilities.current().filter(persons=person))
    for part in parts:
        part.persons.remove(person)
    action_point.forget_parts()
    return bool(parts)


@transaction.atomic
def pause(part: Responsibility, until: date | None, reason: str) -> None:
    """Pause the reminders of a part until that day, and store the reason, which its page shows.

    None with an empty reason removes a pause as if it had never been.
    """
    lock_action_point(part.action_point)
    stored = Responsibility.objects.values_list("paused_until", "pause_reason").get(pk=part.pk)
    part.paused_until, part.pause_reason = until, reason
    if stored != (until, reason):
        part.save(update_fields=["paused_until", "pause_reason"])


def resume(part: Responsibility, *, today: date) -> None:
    """End the pause of a part today. The day is kept: the next update is due a full interval later."""
    if part.is_paused(today):
        pause(part, today, part.pause_reason)
