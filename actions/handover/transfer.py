"""Hand a person's open work over to a successor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from actions.handover.models import Handover
from actions.models import ActionPoint
from actions.models.status import ENDED
from actions.reminders.links import VALID
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.responsibilities import name_persons
from issues.models import Agenda
from tracker.people.models import User
from tracker.transactions import lock


class HandoverError(Exception):
    """Refuse a hand-over, with a message for the coordinator. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """List the action points that a person can hand over."""

    person: User
    assigned: list[ActionPoint]
    """Those that the person is named for."""
    led: list[ActionPoint]
    """Those that only the person's agency is responsible for. The agency still leads them after the hand-over."""
    drafts: int
    """How many progress updates the person has started and not published. They stay with the person."""

    @property
    def points(self) -> list[ActionPoint]:
        return [*self.assigned, *self.led]

    @property
    def version(self) -> str:
        """Return the ids as text, for a form that has to notice that they have changed."""
        return "+".join("-".join(str(point.pk) for point in points) for points in (self.assigned, self.led))


def open_work(person: User) -> OpenWork:
    """Return the person's action points that are neither completed nor discontinued, in agendas that are not closed.

    Five queries at most.
    """
    points = ActionPoint.objects.exclude(status__in=ENDED).exclude(issue__agenda__state=Agenda.State.CLOSED)
    own = list(points.own(person).in_order().with_context())
    assigned = [point for point in own if any(part.is_assigned_to(person) for part in point.parts)]
    led = [point for point in own if point not in assigned]
    return OpenWork(person, assigned, led, person.drafts.count())


def lock_open_work(predecessor: User, successor: User) -> OpenWork:
    """Lock both people and the predecessor's action points until the transaction ends, and read all of them again."""
    for person in lock(User.objects.filter(pk__in=[predecessor.pk, successor.pk]).only("is_active")):
        (predecessor if person == predecessor else successor).is_active = person.is_active
    lock(ActionPoint.objects.filter(pk__in=[point.pk for point in open_work(predecessor).points]).only("pk"))
    return open_work(predecessor)


def hand_over(
    work: OpenWork,
    successor: User,
    *,
    chosen: Collection[int],
    reason: str,
    by: User,
    now: datetime,
    submission: UUID | None = None,
    deactivate: bool = False,
) -> Handover:
    """Name the successor for the action points whose ids are `chosen`, in place of the person whose work it is, and record it.

    Call it in the transaction in which `lock_open_work` returned `work`. Raises HandoverError if the successor is not active any more.
    The answer links in the predecessor's mails stop working, even if the predecessor's agency still leads the action point.
    """
    predecessor = work.person
    if not successor.is_active:
        raise HandoverError(_("%(name)s was deactivated in the meantime. Choose another person.") % {"name": successor})
    points = [point for point in work.points if point.pk in chosen]
    for point in points:
        _name_successor(point, predecessor, successor)
    _end_answer_links(work, reason, by, now)
    if deactivate and predecessor.is_active:
        predecessor.is_active = False
        predecessor.save(update_fields=["is_active"])
    handover = Handover.objects.create(
        predecessor=predecessor,
        successor=successor,
        reason=reason,
        deactivated=deactivate,
        submission=submission,
        created_by=by,
        created_at=now,
    )
    handover.action_points.set(points)
    return handover


def _name_successor(point: ActionPoint, predecessor: User, successor: User) -> None:
    """Name the successor for the parts that the predecessor is named for; if there are none, for those that are the predecessor's own."""
    own = [part for part in point.parts if part.is_own(predecessor)]
    assigned = [part for part in own if part.is_assigned_to(predecessor)]
    for part in assigned or own:
        others = [person for person in part.persons.all() if person != predecessor]
        name_persons(part, [*others, successor])


def _end_answer_links(work: OpenWork, reason: str, by: User, now: datetime) -> None:
    """End the links for all open work and for everything in digests whose links are still valid: see `read_answer_link`."""
    digests = Digest.objects.filter(recipient=work.person, created_at__gte=now - VALID)
    in_digests = {
        entry["action_point"] for snapshot in digests.values_list("snapshot", flat=True) for entry in snapshot
    }
    existing = ActionPoint.objects.filter(pk__in=in_digests | {point.pk for point in work.points})
    DeclinedResponsibility.objects.decline_on_behalf_of(
        work.person, existing.values_list("pk", flat=True), reason=reason, by=by, now=now
    )
