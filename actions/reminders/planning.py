"""Run the tick: make a row for each digest that is due on or before now and has none, and call senders for the rows that are pending.

It keeps no state of its own: however many schedulers run it, and even if none ran for a while, each person gets one row a period.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery

from actions.reminders.alarm import alert_admins_of_failures
from actions.reminders.entries import Fault
from actions.reminders.models import Digest, Heartbeat, PlannedRound, ReminderCount, ReminderSchedule
from actions.reminders.models.digest import new_message_id
from actions.reminders.periods import Period, latest_period
from actions.reminders.recipients import accepting_digests, without_digest
from actions.reminders.selection import Entries, select_entries
from actions.reminders.sending import CLAIMED_AT_ONCE
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.time_zones import zone_named

log = logging.getLogger(__name__)

BATCH = 1000
OVERLAP = timedelta(minutes=5)
"""How far before the last tick the history is read again: clocks differ, and a change may be stored a while after its time."""
SENDERS = 8
"""The most senders that one tick calls. A call that no worker has begun before the next tick expires."""

Planned = Collection[tuple[int, date, str]]
"""Agenda, first day of the period and time zone of each round."""
Movers = Mapping[tuple[str, str], Collection[int]]
"""Ids of people by the time zone that they left and their present one."""


def tick(now: datetime, enqueue: Callable[[], object]) -> None:
    """Plan what is due, clean up after dead workers, call `enqueue` for each sender that the pending digests need, and alert the admins
    to failures.

    A sender takes no arguments and finds its work in the table of digests, so a broker that loses or repeats a call changes nothing.
    """
    plan(now)
    Digest.objects.sweep(now)
    Heartbeat.objects.beat(now)
    waiting = Digest.objects.due(now)[: SENDERS * CLAIMED_AT_ONCE].count()
    for _sender in range(-(-waiting // CLAIMED_AT_ONCE)):
        enqueue()
    alert_admins_of_failures(now)


def plan(now: datetime) -> None:
    """Make the digests that are due. Six queries, and those of `plan_round` for each agenda and time zone with a new period.

    A schedule that cannot be planned is logged, marked as faulty and tried again with the next tick. The others are planned all the same.
    """
    ReminderSchedule.objects.add_missing(now.date())
    if not (schedules := list(ReminderSchedule.objects.active())):
        return
    planned = set(
        PlannedRound.objects.filter(period_start__gte=now.date() - timedelta(days=63)).values_list(
            "agenda_id", "period_start", "time_zone"
        )
    )
    zones, movers = time_zones(), _movers()
    for schedule in schedules:
        plan_schedule(schedule, zones, movers, planned, now)


def plan_schedule(
    schedule: ReminderSchedule, zones: Iterable[str], movers: Movers, planned: Planned, now: datetime
) -> None:
    """Make its digests for each time zone in which a new period has begun, and record whether anything had to be left out."""
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
    """Make the digests of one time zone if a new period has begun there, and return whether one has. Add to `faults` what is left out.

    People who moved into the zone after its round, but before the round of the zone they left, get their digests now, since no round would
    find them. People who moved later wait for the next round. `planned` has the rounds of earlier ticks.
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
    last_tick = Heartbeat.objects.latest_tick()
    return moved_since(last_tick - OVERLAP) if last_tick else {}


def moved_since(instant: datetime) -> dict[tuple[str, str], list[int]]:
    """Return who has changed time zones since then, by the former and the present zone. One query, which reads the history of people."""
    history: Any = User.history
    former = history.filter(id=OuterRef("pk"), history_date__lt=instant).order_by("-history_date", "-history_id")
    changed = User.objects.active().filter(pk__in=history.filter(history_date__gte=instant).values("id"))
    moved = changed.annotate(former_zone=Subquery(former.values("time_zone")[:1])).exclude(former_zone=F("time_zone"))
    movers = defaultdict(list)
    for before, zone, person in moved.exclude(former_zone=None).values_list("former_zone", "time_zone", "pk"):
        movers[before, zone].append(person)
    return movers


def plan_round(
    schedule: ReminderSchedule, zone: str, period: Period, now: datetime, faults: set[Fault] | None = None
) -> None:
    """Make the digests of one period for the people of one time zone, and record the round."""
    agenda = schedule.agenda
    for batch in planned_entries(schedule, zone, period, now, faults=faults):
        add_digests(agenda, period.start, batch, now)
    PlannedRound.objects.bulk_create(
        [PlannedRound(agenda=agenda, period_start=period.start, time_zone=zone, planned_at=now)], ignore_conflicts=True
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
    """Iterate over the entries for people of a time zone (or some of them) without a digest of the period, a batch of people at a time."""
    today = now.astimezone(zone_named(zone)).date()
    recipients = accepting_digests(today).filter(without_digest(schedule.agenda, period.start), time_zone=zone)
    if among is not None:
        recipients = recipients.filter(pk__in=among)
    return select_entries(recipients, schedule.agenda, schedule.rules(period.start, today), batch, faults)


def add_digests(agenda: Agenda, period_start: date, entries: Entries, now: datetime) -> None:
    """Add one row a person, unless another scheduler has added it, and count a reminder for each action point."""
    listed = {entry["action_point"] for own in entries.values() for entry in own}
    ReminderCount.objects.add(sorted(listed), period_start, now)
    Digest.objects.bulk_create(
        [
            Digest(
                recipient_id=person,
                agenda=agenda,
                period_start=period_start,
                created_at=now,
                next_attempt_at=now,
                message_id=new_message_id(),
                snapshot=own,
            )
            for person, own in entries.items()
        ],
        ignore_conflicts=True,
    )


def time_zones(*, everybody: bool = False) -> list[str]:
    """Return the time zones of the people who accept digests, or of everybody who is active. One query."""
    people = User.objects.active() if everybody else User.objects.active().filter(wants_digests=True)
    return list(people.order_by("time_zone").values_list("time_zone", flat=True).distinct())
