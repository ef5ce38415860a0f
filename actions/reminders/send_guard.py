"""The fence: the one conditional update right before a mail's body goes out. What it asks is asked of the database at that moment."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from actions.models import ActionPoint, ProgressUpdate
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE
from actions.reminders.models.entry import Entry
from actions.reminders.selection import wanting_digests


def pass_fence(
    digest: Digest, entries: list[Entry], language: str, now: datetime, *, today: date, since: datetime
) -> bool:
    """Write down what the digest says and that it is being sent. True where this worker still holds it, the person still may be mailed on
    that day, the agenda's reminders are not switched off, and something in it has waited for an answer ever `since` it was written: then,
    and only then, the body may go out.
    """
    answered = ProgressUpdate.objects.filter(action_point=OuterRef("pk"), recorded_at__gte=since)
    waiting = (
        ActionPoint.objects.open()
        .filter(pk__in=[entry["action_point"] for entry in entries])
        .exclude(snoozed_until__gt=today)
        .filter(~Exists(answered))
    )
    off = ReminderSchedule.objects.filter(agenda=OuterRef("agenda"), enabled=False)
    held = Digest.objects.filter(
        Q(asked_about__isnull=False) | ~Exists(off),
        Exists(waiting),
        Exists(wanting_digests(today).filter(pk=OuterRef("recipient"))),
        pk=digest.pk,
        token=digest.token,
        state=Digest.State.CLAIMED,
        lease_until__gt=now,
    )
    return bool(
        held.update(
            state=Digest.State.SENDING,
            sent_at=now,
            lease_until=now + LEASE,
            snapshot=entries,
            address=digest.recipient.email,
            language=language,
        )
    )
