"""The tick: what is due on or before now and has no row gets one, and rows that wait get senders. It keeps no state of its own.

However many schedulers run it, and whenever one was down, each person gets one row a period.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from actions.reminders.due import due_entries, wanting_digests, without_digest
from actions.reminders.models import Digest, Heartbeat, ReminderCount, ReminderSchedule, Round
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import Entry
from actions.reminders.periods import Period, latest_period
from actions.reminders.sending import CLAIMED_AT_ONCE
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.time_zones import zone_named

BATCH = 1000
SENDERS = 8
"""So many senders a tick at most. One that a worker does not begin before the next tick expires."""

Entries = Mapping[int, list[Entry]]
"""What each person is to be told, by id of the person."""


def tick(now: datetime, enqueue: Callable[[], object]) -> None:
    """Plan what is due, settle what dead workers left, and call `enqueue` for each sender that the waiting digests need.

    A sender is told nothing and finds its work in the ledger: a broker that forgets or repeats itself changes nothing.
    """
    plan(now)
    Digest.objects.sweep(now)
    Heartbeat.objects.beat(now)
    waiting = Digest.objects.due(now)[: SENDERS * CLAIMED_AT_ONCE].count()
    for _sender in range(-(-waiting // CLAIMED_AT_ONCE)):
        enqueue()


def plan(now: datetime) -> None:
    """Make the digests that are due. Four queries, and for each agenda and time zone with a new period those of `plan_round`."""
    ReminderSchedule.objects.add_missing(now.date())
    if not (schedules := list(ReminderSchedule.objects.in_force())):
        return
    planned = set(
        Round.objects.filter(period_start__gte=now.date() - timedelta(days=63)).values_list(
            "agenda_id", "period_start", "time_zone"
        )
    )
    for zone in time_zones():
        for schedule in schedules:
            period = latest_period(schedule.timing, zone_named(zone), now)
            if period and (schedule.agenda_id, period.start, zone) not in planned:
                plan_round(schedule, zone, period, now)


def plan_round(schedule: ReminderSchedule, zone: str, period: Period, now: datetime) -> None:
    """Make the digests of one period for the people of one time zone, then say that this is done."""
    agenda = schedule.agenda
    for batch in planned_entries(schedule, zone, period, now):
        add_digests(agenda, period.start, batch, now)
    Round.objects.bulk_create(
        [Round(agenda=agenda, period_start=period.start, time_zone=zone, planned_at=now)], ignore_conflicts=True
    )


def planned_entries(
    schedule: ReminderSchedule, zone: str, period: Period, now: datetime, batch: int = BATCH
) -> Iterator[Entries]:
    """What people of a time zone, who have no digest of the period yet, are to be told: a batch of people at a time."""
    today = now.astimezone(zone_named(zone)).date()
    recipients = wanting_digests(today).filter(without_digest(schedule.agenda, period.start), time_zone=zone)
    return due_entries(recipients, schedule.agenda, schedule.terms(period.start, today), batch)


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
