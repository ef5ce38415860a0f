"""Open a draft: people see it, queued invitations are sent, and reminders start."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.reminders.models import ReminderSchedule
from actions.setup.models import QueuedInvitation
from issues.models import Agenda
from tracker.people.invitations import invite
from tracker.people.models import Role, User
from tracker.transactions import lock


class OpeningError(Exception):
    """Refuse to open, with a message for the coordinator. Nothing was stored."""


@dataclass(slots=True)
class Opened:
    agenda: Agenda
    invited: list[User] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """Addresses that somebody else added to the directory meanwhile."""


@transaction.atomic
def open_agenda(agenda: Agenda, *, by: User, today: date, visible_to: str, close_source: bool = False) -> Opened:
    """Open the draft to the network or to everybody, and queue its invitations. Its digests start tomorrow at the earliest.

    Raises OpeningError if it was opened meanwhile or has no action points.
    """
    both = {each.pk: each for each in lock(Agenda.objects.filter(pk__in=[agenda.pk, agenda.follows_id]))}
    locked, source = both.get(agenda.pk), both.get(agenda.follows_id)
    if locked is None or locked.state != Agenda.State.DRAFT:
        raise OpeningError(_("This agenda was already opened."))
    if not ActionPoint.objects.filter(issue__agenda=locked).exists():
        raise OpeningError(_("This agenda has no action points yet. Add them first."))
    locked.state, locked.visible_to = Agenda.State.OPEN, visible_to
    locked.save(update_fields=["state", "visible_to"])
    for schedule in ReminderSchedule.objects.filter(agenda=locked, starts_on__lte=today):
        schedule.starts_on = today + timedelta(days=1)
        schedule.save(update_fields=["starts_on"])
    if close_source and source and source.is_open:
        source.state = Agenda.State.CLOSED
        source.save(update_fields=["state"])
    opened = Opened(locked)
    for queued in QueuedInvitation.objects.filter(agenda=locked).select_related("agency"):
        _invite(queued, opened, by)
    QueuedInvitation.objects.filter(agenda=locked).delete()
    return opened


def _invite(queued: QueuedInvitation, opened: Opened, by: User) -> None:
    if User.objects.filter(email__iexact=queued.email).exists():
        opened.skipped.append(queued.email)
        return
    person = User.objects.create_user(
        queued.email, None, name=queued.name, role=Role.FOCAL_POINT, agency=queued.agency, language=queued.language
    )
    invite(person, by=by)
    opened.invited.append(person)
