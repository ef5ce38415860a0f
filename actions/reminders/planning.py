"""The tick: what is due on or before now and has no row gets one, and rows that wait get a task. It keeps no state of its own.

However many schedulers run it, and whenever one was down, each person gets one row a period.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from actions.reminders.due import due_entries, wanting_digests, without_digest
from actions.reminders.models import Digest, Heartbeat, ReminderSchedule, Round
from actions.reminders.models.digest import Entry, new_message_id
from actions.reminders.periods import Period, latest_period, zone_named
from issues.models import Agenda
from tracker.people.models import User

BATCH = 1000

Entries = Mapping[int, list[Entry]]
"""What each person is to be told, by id of the person."""


def tick(now: datetime, enqueue: Callable[[int], object]) -> None:
    """Plan what is due, settle what dead workers left, and hand each digest that waits to `enqueue`, once its row says so."""
    plan(now)
    Digest.objects.sweep(now)
    Heartbeat.objects.beat(now)
    for pk in _mark_enqueued(now):
        enqueue(pk)


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
                plan_round(schedule.agenda, zone, period, now)


def plan_round(agenda: Agenda, zone: str, period: Period, now: datetime) -> None:
    """Make the digests of one period for the people of one time zone, then say that this is done."""
    for batch in planned_entries(agenda, zone, period, now):
        add_digests(agenda, period.start, batch, now)
    Round.objects.bulk_create(
        [Round(agenda=agenda, period_start=period.start, time_zone=zone, planned_at=now)], ignore_conflicts=True
    )


def planned_entries(agenda: Agenda, zone: str, period: Period, now: datetime) -> Iterator[Entries]:
    """What people of a time zone, who have no digest of the period yet, are to be told: a batch of people at a time."""
    today = now.astimezone(zone_named(zone)).date()
    recipients = wanting_digests(today).filter(without_digest(agenda, period.start), time_zone=zone)
    return due_entries(recipients, agenda, today, BATCH)


def add_digests(agenda: Agenda, period_start: date, entries: Entries, now: datetime) -> None:
    """One row a person, unless somebody else has added it meanwhile. One query."""
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


def time_zones() -> list[str]:
    """The time zones of the people who may get mail. One query."""
    people = User.objects.active().filter(wants_digests=True)
    return list(people.order_by("time_zone").values_list("time_zone", flat=True).distinct())


def _mark_enqueued(now: datetime) -> list[int]:
    """The digests that are to be enqueued now: those that never were, and those that a forgetful broker may have lost."""
    with transaction.atomic():
        found = Digest.objects.waiting_to_be_enqueued(now) | Digest.objects.lost_in_the_queue(now)
        marked = list(found.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:BATCH])
        Digest.objects.filter(pk__in=marked).update(enqueued_at=now)
    return marked
