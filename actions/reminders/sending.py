"""Send digests: claim them, select what they list now, then render, guard, deliver and record one after the other."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils import timezone

from actions.reminders.content import add_texts
from actions.reminders.email import digest_mail
from actions.reminders.models import Digest, DigestQuerySet, ReminderCount, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE, Cause
from actions.reminders.models.entry import DigestEntry, Kind
from actions.reminders.models.reminder_count import Reminders
from actions.reminders.periods import DigestRules, latest_period
from actions.reminders.reading import Fault, read_points
from actions.reminders.selection import Audience, in_order, read_audience, select
from actions.reminders.send_guard import pass_guard
from actions.states import ActionPointState
from issues.models import Agenda
from tracker.mail.delivery import Courier, Delivery, Outcome, describe
from tracker.people.models import User
from tracker.people.time_zones import zone_named

CLAIMED_AT_ONCE = 100

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Key = tuple[int, int | None, int | None]
"""The ids of the action point, the part and the milestone of an entry."""


class FaultyScheduleError(Exception):
    """The schedule of an agenda of the digest cannot be calculated."""


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


def current_entries(claimed: list[Digest], now: datetime) -> list[tuple[Digest, list[DigestEntry]]]:
    """Return what each claimed digest lists now. One that is empty only because a schedule is faulty is postponed and left out."""
    current = []
    for digest, entries, is_faulty in _current(claimed, now):
        if is_faulty and not entries:
            log.error("Digest %s waits: a schedule cannot be calculated", digest.pk)
            digest.postpone(describe(FaultyScheduleError("a schedule cannot be calculated")), now, Cause.NOT_BUILT)
        else:
            current.append((digest, entries))
    return current


def entries_now(digest: Digest, now: datetime) -> list[DigestEntry]:
    """Return what still applies of the entries of one digest, in any state. Queries as for a claim."""
    return _current([digest], now)[0][1]


def _current(digests: list[Digest], now: datetime) -> list[tuple[Digest, list[DigestEntry], bool]]:
    """Return what of the entries of each digest still applies, with texts, and whether a schedule of it is faulty.

    Nothing applies if all has been answered, the person does not accept digests any more, or the agendas are closed or their reminders
    switched off. Reads at once what all of the digests list: about 20 queries, and two for each date of the recipients.
    """
    states = _states_by_agenda(digests, now.date())
    schedules = {each.agenda_id: each for each in ReminderSchedule.objects.filter(agenda__in=states)}
    reminders = ReminderCount.objects.by_part(part__in=_parts(digests))
    audiences: dict[date, Audience] = {}
    current = []
    for digest in digests:
        today = _today(digest, now)
        if today not in audiences:
            audiences[today] = read_audience([each.recipient_id for each in digests], today)
        entries, is_faulty = _still_listed(digest, states, schedules, reminders, audiences[today], now)
        current.append((digest, entries, is_faulty))
    add_texts((digest.recipient_id, entries) for digest, entries, _is_faulty in current)
    return current


def _states_by_agenda(digests: list[Digest], today: date) -> dict[int, dict[int, ActionPointState]]:
    """Return the action points that the digests list, by the ids of their agendas and their own."""
    faults: set[Fault] = set()
    listed = {entry["action_point"] for digest in digests for entry in digest.snapshot}
    states: dict[int, dict[int, ActionPointState]] = defaultdict(dict)
    for state in read_points(listed, today, faults):
        states[state.agenda.pk][state.pk] = state
    return states


def _parts(digests: list[Digest]) -> set[int]:
    return {entry["part"] for digest in digests for entry in digest.snapshot if entry["part"]}


def _still_listed(
    digest: Digest,
    states: dict[int, dict[int, ActionPointState]],
    schedules: dict[int, ReminderSchedule],
    reminders: dict[int, Reminders],
    audience: Audience,
    now: datetime,
) -> tuple[list[DigestEntry], bool]:
    """Select again from the action points that the digest lists, and return the entries that it had, and whether a schedule is faulty."""
    if digest.recipient_id not in audience.accepting:
        return [], False
    own = Audience([digest.recipient_id], audience.accepting, audience.focal_points, audience.declined)
    keys, entries, is_faulty = {_key(entry) for entry in digest.snapshot}, [], False
    for agenda in sorted(digest.agendas):
        try:
            digest_rules = rules_of(digest, schedules.get(agenda), now)
        except Exception:
            is_faulty = True
            continue
        points = {entry["action_point"] for entry in digest.snapshot if entry["agenda"] == agenda}
        of_agenda = (
            [states[agenda][pk] for pk in sorted(points) if pk in states.get(agenda, {})] if digest_rules else []
        )
        if digest_rules:
            entries += select(of_agenda, digest_rules, own, reminders, set()).get(digest.recipient_id, [])
    return in_order(entry for entry in entries if _key(entry) in keys), is_faulty


def rules_of(digest: Digest, schedule: ReminderSchedule | None, now: datetime) -> DigestRules | None:
    """Return the rules for one agenda of a digest; None if its reminders are switched off. Raises an error if it cannot be calculated."""
    today = _today(digest, now)
    if digest.asked_about_id or not schedule:
        return DigestRules(today)
    if not schedule.enabled:
        return None
    period = latest_period(schedule.timing, zone_named(digest.recipient.time_zone), now, since_ever=True)
    if period is None:
        raise FaultyScheduleError
    return DigestRules(today, period.start, schedule.escalate_after)


def _key(entry: DigestEntry) -> Key:
    is_milestone = entry["kind"] == Kind.MILESTONE
    return entry["action_point"], None if is_milestone else entry["part"], entry["milestone"] if is_milestone else None


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
    """Record that it is empty, or not for this person or of open agendas any more. Five queries at most."""
    digest.record_cancelled(_why_cancelled(digest, today))
    return Digest.State.CANCELLED


def _why_cancelled(digest: Digest, today: date) -> Cause:
    person = User.objects.filter(pk=digest.recipient_id)
    if not person.active().exists():
        return Cause.INACTIVE
    open_agendas = Agenda.objects.open().filter(pk__in=digest.agendas)
    if digest.agendas and not open_agendas.exists():
        return Cause.AGENDA_CLOSED
    running = open_agendas.exclude(reminder_schedule__enabled=False)
    if digest.agendas and not digest.asked_about_id and not running.exists():
        return Cause.SWITCHED_OFF
    return (
        Cause.NOTHING_LEFT if User.objects.accepting_digests(today).filter(pk__in=person).exists() else Cause.UNWANTED
    )


def _today(digest: Digest, now: datetime) -> date:
    return now.astimezone(zone_named(digest.recipient.time_zone)).date()
