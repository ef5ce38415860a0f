"""Sending digests: claimed, written afresh from what shows no progress now, fenced, handed over, recorded: strictly one after the other."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils import timezone

from actions.reminders.email import mail_of, words_of
from actions.reminders.models import Digest, DigestQuerySet, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE, Cause
from actions.reminders.models.entry import Entry
from actions.reminders.periods import Terms
from actions.reminders.selection import due_entries, wanting_digests
from actions.reminders.send_guard import pass_fence
from issues.models import Agenda
from tracker.mail.delivery import Courier, Delivery, Outcome, describe
from tracker.people.models import User
from tracker.people.time_zones import zone_named

CLAIMED_AT_ONCE = 100

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def send_due(
    courier: Courier,
    ledger: DigestQuerySet | None = None,
    *,
    seconds: float = float("inf"),
    clock: Clock = timezone.now,
) -> Counter[str]:
    """Send what is due, until nothing is or the time is up; one claim at least. How many digests are in which state afterwards."""
    states: Counter[str] = Counter()
    due, end = Digest.objects.all() if ledger is None else ledger, time.monotonic() + seconds
    while claimed := due.claim(clock(), CLAIMED_AT_ONCE):
        states.update(_send_claimed(claimed, courier, clock))
        if time.monotonic() >= end:
            break
    return states


def _send_claimed(claimed: list[Digest], courier: Courier, clock: Clock) -> Iterator[str]:
    """Send one claim, and extend its lease while that takes long. The state of each digest afterwards."""
    read_at = renewed_at = clock()
    for digest, entries in read_afresh(claimed, read_at):
        if clock() - renewed_at > LEASE / 5:
            renewed_at = clock()
            Digest.objects.extend_lease(digest.token, renewed_at)
        yield _send(digest, entries, read_at, courier, clock)


def read_afresh(claimed: list[Digest], now: datetime) -> Iterator[tuple[Digest, list[Entry]]]:
    """What each is to say now: nothing where all moves, the person must not be mailed, the agenda is not open any more, or its reminders
    are switched off.
    """
    groups = defaultdict(list)
    for digest in claimed:
        if digest.is_switched_off:
            yield digest, []
        elif terms := _terms_or_none(digest, now):
            groups[digest.agenda_id, terms].append(digest)
    for (_agenda, terms), digests in groups.items():
        recipients = wanting_digests(terms.today).filter(pk__in=[digest.recipient_id for digest in digests])
        told = {
            pk: entries for batch in due_entries(recipients, digests[0].agenda, terms) for pk, entries in batch.items()
        }
        for digest in digests:
            yield digest, told.get(digest.recipient_id, [])


def _terms_or_none(digest: Digest, now: datetime) -> Terms | None:
    """None if its schedule cannot be calculated: the digest then waits until somebody has corrected it."""
    try:
        return terms_of(digest, _today(digest, now))
    except Exception as error:
        log.error("Digest %s waits: its schedule cannot be calculated (%s)", digest.pk, type(error).__name__)
        digest.postpone(describe(error), now, Cause.NOT_BUILT)
        return None


def terms_of(digest: Digest, today: date) -> Terms:
    """By what the digest is made. Needs its agenda and schedule loaded."""
    schedule: ReminderSchedule | None = getattr(digest.agenda, "reminder_schedule", None)
    if digest.asked_about_id or not schedule:
        return Terms(today, only=digest.asked_about_id)
    return schedule.terms(digest.period_start, today)


def _send(digest: Digest, entries: list[Entry], read_at: datetime, courier: Courier, clock: Clock) -> str:
    today = _today(digest, read_at)
    if not entries:
        return _cancelled(digest, today)

    def guard() -> bool:
        return pass_fence(digest, entries, digest.recipient.language, clock(), today=today, since=read_at)

    try:
        mail = mail_of(digest, words_of(digest, entries, digest.recipient.language))
    except Exception as error:  # if one mail cannot be written, the others are sent all the same
        return _recorded(digest, Delivery(Outcome.NOT_BUILT, describe(error)), today, clock)
    return _recorded(digest, courier.deliver(mail, guard), today, clock)


def _recorded(digest: Digest, delivery: Delivery, today: date, clock: Clock) -> str:
    """Where the lease was lost before the fence nothing was sent, and the row is somebody else's: nothing is recorded."""
    if delivery.outcome == Outcome.ACCEPTED:
        digest.record_sent()
        return Digest.State.SENT
    if delivery.outcome == Outcome.UNCERTAIN:
        digest.record_uncertain(delivery.detail)
        return Digest.State.UNCERTAIN
    if delivery.outcome == Outcome.PERMANENT:
        digest.record_failed(Cause.REFUSED, delivery.detail)
        return Digest.State.FAILED
    if delivery.outcome == Outcome.NOT_BUILT:
        log.error("Digest %s was not sent: %s", digest.pk, delivery.detail)
        digest.postpone(delivery.detail, clock(), Cause.NOT_BUILT)
        return Digest.State.PENDING
    if delivery.outcome == Outcome.TEMPORARY:
        digest.postpone(delivery.detail, clock())
        return Digest.State.PENDING
    return _cancelled(digest, today) if digest.is_held(clock()) else Digest.State.CLAIMED


def _cancelled(digest: Digest, today: date) -> str:
    """Nothing in it, or not for this person or from this agenda any more. Five queries at most."""
    digest.record_cancelled(_why_cancelled(digest, today))
    return Digest.State.CANCELLED


def _why_cancelled(digest: Digest, today: date) -> Cause:
    person = User.objects.filter(pk=digest.recipient_id)
    if not person.active().exists():
        return Cause.INACTIVE
    if not Agenda.objects.open().filter(pk=digest.agenda_id).exists():
        return Cause.AGENDA_CLOSED
    if Digest.objects.switched_off().filter(pk=digest.pk).exists():
        return Cause.SWITCHED_OFF
    return Cause.NOTHING_LEFT if wanting_digests(today).filter(pk__in=person).exists() else Cause.UNWANTED


def _today(digest: Digest, now: datetime) -> date:
    return now.astimezone(zone_named(digest.recipient.time_zone)).date()
