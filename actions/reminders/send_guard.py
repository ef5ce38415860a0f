"""Check right before the body of a mail is sent whether it may be sent, and record that it is being sent, in one conditional update."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from actions.models import ActionPoint, ProgressUpdate
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE
from actions.reminders.models.entry import DigestEntry
from actions.reminders.recipients import accepting_digests


def pass_guard(
    digest: Digest, entries: list[DigestEntry], language: str, now: datetime, *, today: date, since: datetime
) -> bool:
    """Record the content of the digest and that it is being sent. True if this worker still holds it, the person still accepts digests, the
    agenda's reminders are not switched off, and something in it has had no answer since its entries were read (`since`). Only then may the
    body be sent.
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
        Exists(accepting_digests(today).filter(pk=OuterRef("recipient"))),
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
