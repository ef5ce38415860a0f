"""The tick: what is due on or before now and has no row gets one, and rows that wait get senders. It keeps no state of its own.

However many schedulers run it, and whenever one was down, each person gets one row a period.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery

from actions.reminders.alarm import tell_admins_of_failures
from actions.reminders.models import Digest, Heartbeat, ReminderCount, ReminderSchedule, Round
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import Entry
from actions.reminders.periods import Period, latest_period
from actions.reminders.selection import Fault, due_entries, wanting_digests, without_digest
from actions.reminders.sending import CLAIMED_AT_ONCE
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.time_zones import zone_named

log = logging.getLogger(__name__)

BATCH = 1000
OVERLAP = timedelta(minutes=5)
"""So far before the last tick the history is read again: clocks differ, and a change may be stored a while after its instant."""
SENDERS = 8
"""So many senders a tick at most. One that a worker does not begin before the next tick expires."""

Entries = Mapping[int, list[Entry]]
"""What each person is to be told, by id of the person."""
Planned = Collection[tuple[int, date, str]]
"""Agenda, first day of the period and time zone of each round."""
Movers = Mapping[tuple[str, str], Collection[int]]
"""Ids of people by the time zone that they left and their present one."""


def tick(now: datetime, enqueue: Callable[[], object]) -> None:
    """Plan what is due, settle what dead workers left, call `enqueue` for each sender that the waiting digests need, and tell the admins
    of what failed.

    A sender is told nothing and finds its work in the ledger: a broker that forgets or repeats itself changes nothing.
    """
    plan(now)
    Digest.objects.sweep(now)
    Heartbeat.objects.beat(now)
    waiting = Digest.objects.due(now)[: SENDERS * CLAIMED_AT_ONCE].count()
    for _sender in range(-(-waiting // CLAIMED_AT_ONCE)):
        enqueue()
    tell_admins_of_failures(now)


def plan(now: datetime) -> None:
    """Make the digests that are due. Six queries, and for each agenda and time zone with a new period those of `plan_round`.

    A schedule that cannot be planned is logged, marked as faulty and tried again with the next tick. The others are planned all the same.
    """
    ReminderSchedule.objects.add_missing(now.date())
    if not (schedules := list(ReminderSchedule.objects.in_force())):
        return
    planned = set(
        Round.objects.filter(period_start__gte=now.date() - timedelta(days=63)).values_list(
            "agenda_id", "period_start", "time_zone"
        )
    )
    zones, movers = time_zones(), _movers()
    for schedule in schedules:
        plan_schedule(schedule, zones, movers, planned, now)


def plan_schedule(
    schedule: ReminderSchedule, zones: Iterable[str], movers: Movers, planned: Planned, now: datetime
) -> None:
    """Make its digests for each time zone in which a new period has begun, and remember whether anything had to be left out."""
    faults: set[Fault] = set()
    was_due, errors = False, []
    for zone in zones:
        try:
            was_due |= plan_zone(schedule, zone, movers, planned, now, faults)
        except Exception as error:
            errors.append(f"{type(error).__name__} in {zone}")
    if (errors or was_due) and schedule.record_faults(bool(errors or faults), now) and errors:
        log.error("Schedule %s could not be planned: %s", schedule.pk, ", ".join(errors))


def plan_zone(
    schedule: ReminderSchedule, zone: str, movers: Movers, planned: Planned, now: datetime, faults: set[Fault]
) -> bool:
    """Make the digests of one time zone if a new period has begun there. Whether one has. What is left out is added to `faults`.

    People who came into the zone after its round, before that of the zone they left, get their digests now: no round would find them. Those
    who had their turn before moving wait for the next one, as all do. `planned` are the rounds of before this tick.
    """
    period = latest_period(schedule.timing, zone_named(zone), now)
    if not period:
        return False
    if (schedule.agenda_id, period.start, zone) not in planned:
        plan_round(schedule, zone, period, now, faults)
        return True
    for (before, present), people in movers.items():
        if present == zone and (schedule.agenda_id, period.start, before) not in planned:
            for batch in planned_entries(schedule, zone, period, now, among=people):
                add_digests(schedule.agenda, period.start, batch, now)
    return False


def _movers() -> Movers:
    """Two queries."""
    last_tick = Heartbeat.objects.last()
    return moved_since(last_tick - OVERLAP) if last_tick else {}


def moved_since(instant: datetime) -> dict[tuple[str, str], list[int]]:
    """Who is in another time zone than then, by that one and the present one. One query, which reads the history of people since."""
    history: Any = User.history
    then = history.filter(id=OuterRef("pk"), history_date__lt=instant).order_by("-history_date", "-history_id")
    changed = User.objects.active().filter(pk__in=history.filter(history_date__gte=instant).values("id"))
    moved = changed.annotate(zone_then=Subquery(then.values("time_zone")[:1])).exclude(zone_then=F("time_zone"))
    found = defaultdict(list)
    for before, zone, person in moved.exclude(zone_then=None).values_list("zone_then", "time_zone", "pk"):
        found[before, zone].append(person)
    return found


def plan_round(
    schedule: ReminderSchedule, zone: str, period: Period, now: datetime, faults: set[Fault] | None = None
) -> None:
    """Make the digests of one period for the people of one time zone, then say that this is done."""
    agenda = schedule.agenda
    for batch in planned_entries(schedule, zone, period, now, faults=faults):
        add_digests(agenda, period.start, batch, now)
    Round.objects.bulk_create(
        [Round(agenda=agenda, period_start=period.start, time_zone=zone, planned_at=now)], ignore_conflicts=True
    )


def planned_entries(
    schedule: ReminderSchedule,
    zone: str,
    period: Period,
    now: datetime,
    batch: int = BATCH,
    among: Collection[int] | None = None,
    faults: set[Fault] | None = None,
) -> Iterator[Entries]:
    """What people of a time zone (or some of them) who have no digest of the period yet are to be told: a batch of people at a time."""
    today = now.astimezone(zone_named(zone)).date()
    recipients = wanting_digests(today).filter(without_digest(schedule.agenda, period.start), time_zone=zone)
    if among is not None:
        recipients = recipients.filter(pk__in=among)
    return due_entries(recipients, schedule.agenda, schedule.terms(period.start, today), batch, faults)


def add_digests(agenda: Agenda, period_start: date, entries: Entries, now: datetime) -> None:
    """One row a person, unless somebody else has added it meanwhile; and each action point is counted as reminded of."""
    ReminderCount.objects.add(
        sorted({told["action_point"] for of in entries.values() for told in of}), period_start, now
    )
    Digest.objects.bulk_create(
        [
            Digest(
                recipient_id=person,
                agenda=agenda,
                period_start=period_start,
                created_at=now,
                next_attempt_at=now,
                message_id=new_message_id(),
                snapshot=told,
            )
            for person, told in entries.items()
        ],
        ignore_conflicts=True,
    )


def time_zones(*, everybody: bool = False) -> list[str]:
    """The time zones of the people who may get mail, or of all who are active. One query."""
    people = User.objects.active() if everybody else User.objects.active().filter(wants_digests=True)
    return list(people.order_by("time_zone").values_list("time_zone", flat=True).distinct())
