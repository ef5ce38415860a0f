"""Check right before the body of a mail is sent whether it may be sent, and record that it is being sent, in one conditional update."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.reminders.models import Digest
from actions.reminders.models.digest_queryset import LEASE
from actions.reminders.models.entry import DigestEntry, Kind
from tracker.people.models import User


def pass_guard(
    digest: Digest, entries: list[DigestEntry], language: str, now: datetime, *, today: date, since: datetime
) -> bool:
    """Record the content of the digest and that it is being sent. True if this worker still holds it, the person still accepts digests, and
    something in it still waits: its agenda is open with its reminders on, its part goes on and is not paused, and nobody has reported on
    the part since the entries were read (`since`). Only then may the body be sent.
    """
    parts, points = _waiting_parts(entries, today, since), _waiting_without_lead(entries, since)
    if not digest.asked_about_id:
        parts = parts.exclude(action_point__issue__agenda__reminder_schedule__enabled=False)
        points = points.exclude(issue__agenda__reminder_schedule__enabled=False)
    held = Digest.objects.filter(
        Exists(parts) | Exists(points),
        Exists(User.objects.accepting_digests(today).filter(pk=OuterRef("recipient"))),
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


def _waiting_parts(entries: list[DigestEntry], today: date, since: datetime) -> Any:
    """Return the parts whose milestones are listed, and those to report on without an update since. An update of another agency is none."""
    reminded = {entry["part"] for entry in entries if entry["part"] and entry["kind"] == Kind.MILESTONE}
    asked = {entry["part"] for entry in entries if entry["part"]} - reminded
    logged = ProgressUpdate.objects.filter(action_point=OuterRef("action_point"), recorded_at__gte=since)
    yesterday = since.date() - timedelta(days=1)  # today where the author is
    unanswered = Q(last_reported_day=None) | Q(last_reported_day__lt=yesterday) | ~Exists(logged)
    parts = Responsibility.objects.current().filter(Q(pk__in=reminded) | (Q(pk__in=asked) & unanswered))
    return parts.going_on().exclude(paused_until__gt=today)


def _waiting_without_lead(entries: list[DigestEntry], since: datetime) -> Any:
    listed = {entry["action_point"] for entry in entries if not entry["part"]}
    logged = ProgressUpdate.objects.filter(action_point=OuterRef("pk"), recorded_at__gte=since)
    return ActionPoint.objects.open().filter(~Exists(logged), pk__in=listed)
