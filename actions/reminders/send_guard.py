"""Check right before the body of a mail is sent whether it may be sent, and record that it is being sent, in one conditional update."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.reminders.models import Digest
from actions.reminders.models.digest_queryset import LEASE
from actions.reminders.models.entry import DigestEntry
from actions.reminders.recipients import accepting_digests


def pass_guard(
    digest: Digest, entries: list[DigestEntry], language: str, now: datetime, *, today: date, since: datetime
) -> bool:
    """Record the content of the digest and that it is being sent. True if this worker still holds it, the person still accepts digests, and
    something in it still waits: its agenda is open with its reminders on, its part is not paused, and nobody has logged progress since the
    entries were read (`since`). Only then may the body be sent.
    """
    parts = Responsibility.objects.current().filter(pk__in={entry["part"] for entry in entries if entry["part"]})
    running = parts.exclude(paused_until__gt=today).filter(action_point=OuterRef("pk"))
    listed = {entry["action_point"] for entry in entries}
    without_lead = {entry["action_point"] for entry in entries if not entry["part"]}
    answered = ProgressUpdate.objects.filter(action_point=OuterRef("pk"), recorded_at__gte=since)
    waiting = ActionPoint.objects.open().filter(
        Exists(running) | Q(pk__in=without_lead), ~Exists(answered), pk__in=listed
    )
    if not digest.asked_about_id:
        waiting = waiting.exclude(issue__agenda__reminder_schedule__enabled=False)
    held = Digest.objects.filter(
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
