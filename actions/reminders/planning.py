"""The tick: what is due on or before now and has no row gets one, and rows that wait get a task. It keeps no state of its own.

However many schedulers run it, and whenever one was down, each person gets one row a period.
"""

from datetime import datetime, timedelta

from actions.reminders.models import ReminderSchedule, Round
from actions.reminders.periods import Period, latest_period, zone_named
from issues.models import Agenda
from tracker.people.models import User

BATCH = 1000


def plan(now: datetime) -> None:
    """Make the digests that are due. Two queries, and for each agenda and time zone with a new period those of `plan_round`."""
    ReminderSchedule.objects.add_missing(now.date())
    if not (schedules := list(ReminderSchedule.objects.in_force())):
        return
    zones = time_zones()
    planned = set(
        Round.objects.filter(period_start__gte=now.date() - timedelta(days=63)).values_list(
            "agenda_id", "period_start", "time_zone"
        )
    )
    for schedule in schedules:
        for zone in zones:
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


def time_zones() -> list[str]:
    """The time zones of the people who may get mail. One query."""
    people = User.objects.active().filter(wants_digests=True)
    return list(people.order_by("time_zone").values_list("time_zone", flat=True).distinct())
