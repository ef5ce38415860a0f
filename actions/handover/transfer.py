"""Handing a person's work over: what would move, and moving it in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.handover.models import Handover
from actions.models import ActionPoint, ActionPointQuerySet
from actions.models.status import ENDED
from actions.reminders.links import VALID
from actions.reminders.models import DeclinedResponsibility, Digest
from issues.models import Agenda
from tracker.locking import lock
from tracker.people.models import User


class HandoverError(Exception):
    """It cannot be done as things stand; the words are for the person. Nothing was moved."""


class MovedMeanwhileError(Exception):
    """What would move is not what the person has seen. Nothing was moved."""


class MadeBeforeError(Exception):
    """The same form was sent before. Nothing was left to move; `made` is what it made."""

    def __init__(self, made: Handover) -> None:
        super().__init__(f"hand-over {made.pk}")
        self.made = made


@dataclass(frozen=True, slots=True)
class Moving:
    """What a hand-over would move, and what it would not."""

    assigned: list[ActionPoint]
    """Assigned to the predecessor by name."""
    led: list[ActionPoint]
    """The predecessor's through the agency alone, which goes on leading them, whoever is assigned."""
    drafts: int
    """Updates that the predecessor has begun and not published. They stay with the predecessor."""

    @property
    def points(self) -> list[ActionPoint]:
        return [*self.assigned, *self.led]

    @property
    def mark(self) -> str:
        """Says which action points these are, so that a form can say what was seen."""
        return "+".join("-".join(str(point.pk) for point in points) for points in (self.assigned, self.led))


def moving(predecessor: User) -> Moving:
    """What is still to be done: neither completed nor discontinued, of agendas that are not closed. Five queries at most."""
    own = list(_to_do().own(predecessor).in_order().with_context())
    assigned = [point for point in own if predecessor in point.focal_points.all()]
    led = [point for point in own if predecessor not in point.focal_points.all()]
    return Moving(assigned, led, predecessor.drafts.count())


@transaction.atomic
def hand_over(
    predecessor: User,
    successor: User,
    *,
    reason: str,
    by: User,
    now: datetime,
    seen: str,
    chosen: Collection[int],
    deactivate: bool = False,
) -> Handover:
    """Assign the successor in the predecessor's place to what is `chosen` (ids), and keep a record of it. The rest stays as it is.

    `seen` is the mark of what the person has seen. Raises MadeBeforeError, MovedMeanwhileError or HandoverError. Answer links in
    digests that the predecessor has got die for all of it: for a person who stays with a leading agency, `may` alone would let them live.
    """
    people = {person.pk: person for person in lock(User.objects.filter(pk__in=[predecessor.pk, successor.pk]))}
    predecessor, successor = people[predecessor.pk], people[successor.pk]
    if not successor.is_active:
        raise HandoverError(_("%(name)s was deactivated meanwhile. Choose another person.") % {"name": successor})
    if made := Handover.objects.made_before(predecessor, successor, by, reason, chosen):
        raise MadeBeforeError(made)
    ids = [point.pk for point in moving(predecessor).points]
    lock(ActionPoint.objects.filter(pk__in=ids).only("pk"))
    found = moving(predecessor)
    if found.mark != seen:
        raise MovedMeanwhileError
    points = [point for point in found.points if point.pk in chosen]
    if not points and not deactivate:
        raise HandoverError(_("There is nothing to hand over."))
    for point in points:
        point.focal_points.remove(predecessor)
        point.focal_points.add(successor)
    _end_links(predecessor, {point.pk for point in found.points}, reason, by, now)
    if deactivate and predecessor.is_active:
        predecessor.is_active = False
        predecessor.save(update_fields=["is_active"])
    made = Handover.objects.create(
        predecessor=predecessor, successor=successor, reason=reason, deactivated=deactivate, made_by=by, made_at=now
    )
    made.action_points.set(points)
    return made


def _to_do() -> ActionPointQuerySet:
    return ActionPoint.objects.exclude(status__in=ENDED).exclude(issue__agenda__state=Agenda.State.CLOSED)


def _end_links(predecessor: User, points: set[int], reason: str, by: User, now: datetime) -> None:
    """For all that moves, and for all that the predecessor's digests of late tell of: see `read_answer_link`."""
    late = Digest.objects.filter(recipient=predecessor, created_at__gte=now - VALID).values_list("snapshot", flat=True)
    told = {entry["action_point"] for snapshot in late for entry in snapshot}
    known = ActionPoint.objects.filter(pk__in=points | told).values_list("pk", flat=True)
    DeclinedResponsibility.objects.decline_on_behalf_of(predecessor, known, reason=reason, by=by, now=now)
