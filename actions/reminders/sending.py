"""Send digests: claim them, select what they list now, then render, guard, deliver and record one after the other."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils import timezone

from actions.reminders.email import digest_mail
from actions.reminders.models import Digest, DigestQuerySet, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE, Cause
from actions.reminders.models.entry import DigestEntry
from actions.reminders.periods import DigestRules
from actions.reminders.recipients import accepting_digests
from actions.reminders.selection import select_entries
from actions.reminders.send_guard import pass_guard
from issues.models import Agenda
from tracker.mail.delivery import Courier, Delivery, Outcome, describe
from tracker.people.models import User
from tracker.people.time_zones import zone_named

CLAIMED_AT_ONCE = 100

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def send_due(
    courier: Courier,
    digests: DigestQuerySet | None = None,
    *,
    seconds: float = float("inf"),
    clock: Clock = timezone.now,
) -> Counter[str]:
    """Send the digests that are due (or only those among `digests`) until none is or the time is up, but at least one claim. Return the
    number of digests in each state afterwards.
    """
    states: Counter[str] = Counter()
    among, end = Digest.objects.all() if digests is None else digests, time.monotonic() + seconds
    while claimed := among.claim(clock(), CLAIMED_AT_ONCE):
        states.update(_send_claimed(claimed, courier, clock))
        if time.monotonic() >= end:
            break
    return states


def _send_claimed(claimed: list[Digest], courier: Courier, clock: Clock) -> Iterator[str]:
    """Send one claim, and extend its lease if that takes long. Yields the state of each digest afterwards."""
    read_at = renewed_at = clock()
    for digest, entries in current_entries(claimed, read_at):
        if clock() - renewed_at > LEASE / 5:
            renewed_at = clock()
            Digest.objects.extend_lease(digest.token, renewed_at)
        yield _send(digest, entries, read_at, courier, clock)


def current_entries(claimed: list[Digest], now: datetime) -> Iterator[tuple[Digest, list[DigestEntry]]]:
    """Select what each digest lists now: nothing if all has been reported on, the person does not accept digests any more, or the agenda
    is closed or its reminders are switched off.
    """
    groups = defaultdict(list)
    for digest in claimed:
        if digest.is_switched_off:
            yield digest, []
        elif rules := _rules_or_none(digest, now):
            groups[digest.agenda_id, rules].append(digest)
    for (_agenda, rules), digests in groups.items():
        recipients = accepting_digests(rules.today).filter(pk__in=[digest.recipient_id for digest in digests])
        entries: dict[int, list[DigestEntry]] = {}
        for batch in select_entries(recipients, digests[0].agenda, rules):
            entries |= batch
        for digest in digests:
            yield digest, entries.get(digest.recipient_id, [])


def _rules_or_none(digest: Digest, now: datetime) -> DigestRules | None:
    """Return None if its schedule cannot be calculated: the digest then waits until the schedule is corrected."""
    try:
        return rules_of(digest, _today(digest, now))
    except Exception as error:
        log.error("Digest %s waits: its schedule cannot be calculated (%s)", digest.pk, type(error).__name__)
        digest.postpone(describe(error), now, Cause.NOT_BUILT)
        return None


def rules_of(digest: Digest, today: date) -> DigestRules:
    """Return the rules for its content. Needs its agenda and schedule loaded."""
    schedule: ReminderSchedule | None = getattr(digest.agenda, "reminder_schedule", None)
    if digest.asked_about_id or not schedule:
        return DigestRules(today, only=digest.asked_about_id)
    return schedule.rules(digest.period_start, today)


def _send(digest: Digest, entries: list[DigestEntry], read_at: datetime, courier: Courier, clock: Clock) -> str:
    today = _today(digest, read_at)
    if not entries:
        return _cancelled(digest, today)

    def guard() -> bool:
        return pass_guard(digest, entries, digest.recipient.language, clock(), today=today, since=read_at)

    try:
        mail = digest_mail(digest, entries)
    except Exception as error:  # if one mail cannot be written, the others are sent all the same
        return _recorded(digest, Delivery(Outcome.NOT_BUILT, describe(error)), today, clock)
    return _recorded(digest, courier.deliver(mail, guard), today, clock)


def _recorded(digest: Digest, delivery: Delivery, today: date, clock: Clock) -> str:
    """Record the outcome, and return the state. If the lease was lost before the guard, the row is another worker's and stays as it is."""
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
    """Record that it is empty, or not for this person or of this agenda any more. Five queries at most."""
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
    return Cause.NOTHING_LEFT if accepting_digests(today).filter(pk__in=person).exists() else Cause.UNWANTED


def _today(digest: Digest, now: datetime) -> date:
    return now.astimezone(zone_named(digest.recipient.time_zone)).date()
