"""What waits for one person: what a digest would list for the person today, and on which day the next one comes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions import rules
from actions.reminders.models import DeclinedResponsibility, ReminderSchedule
from actions.reminders.periods import Timing, latest_period, next_period
from actions.reminders.planning import last_days
from actions.states import ActionPointState, OpenMilestone, PartState
from tracker.people.models import DigestCeiling, User
from tracker.people.time_zones import zone_named

TURNS = 60
"""Periods ahead that are searched for the next digest that lists anything: more than a year, if they are weekly."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the digest lists about a part. It is false if it lists nothing."""

    report: bool
    milestones: tuple[OpenMilestone, ...]

    def __bool__(self) -> bool:
        return self.report or bool(self.milestones)


@dataclass(frozen=True, slots=True)
class Digests:
    """What decides what the digests of one person list, and when they come."""

    person: User
    timings: Mapping[int, Timing]
    """Those of the active schedules, by agenda."""
    declined: frozenset[int]
    """Action points about which the person answered "not mine"."""

    def asked(self, state: ActionPointState, part: PartState, now: datetime) -> Asked:
        """Return what the digest would list about the part, if it went out now. No query.

        While no period of the agenda has begun, the answer "no progress" is asked about once an update is due.
        """
        today = now.astimezone(zone_named(self.person.time_zone)).date()
        if self.person.pk not in part.people or state.pk in self.declined:
            return Asked(report=False, milestones=())
        start = self._period_start(state.agenda.pk, now)
        report = rules.is_asked_about(state, part, today, start) if start else rules.is_update_due(state, part, today)
        milestones = (each for each in state.milestones if rules.is_reminded_of(state, part, each, today))
        return Asked(report, tuple(milestones))

    def next_day(self, own: Iterable[tuple[ActionPointState, PartState]], now: datetime) -> date | None:
        """Return the day of the next digest that lists anything, if nothing is reported until then.

        None if none does, or if the person wants none. One query.
        """
        zone, parts, instant = zone_named(self.person.time_zone), list(own), now
        last = last_days([self.person.pk]).get(self.person.pk)
        for _turn in range(TURNS if self.person.wants_digests else 0):
            periods = [each for timing in self.timings.values() if (each := next_period(timing, zone, instant))]
            if not periods:
                return None
            instant = min(period.due_at for period in periods)
            day = instant.astimezone(zone).date()
            if self._is_accepted(day, last) and any(self.asked(*each, instant) for each in parts):
                return day
        return None

    def _period_start(self, agenda: int, now: datetime) -> date | None:
        timing = self.timings.get(agenda)
        period = latest_period(timing, zone_named(self.person.time_zone), now) if timing else None
        return period.start if period else None

    def _is_accepted(self, day: date, last: date | None) -> bool:
        """Return whether the person accepts a digest on that day, after one on the day `last`."""
        paused_until = self.person.digests_paused_until
        if paused_until and paused_until > day:
            return False
        first_free = {
            DigestCeiling.FORTNIGHTLY: last and last + timedelta(days=14),
            DigestCeiling.MONTHLY: last and (last.replace(day=1) + timedelta(days=32)).replace(day=1),
        }.get(DigestCeiling(self.person.digest_ceiling), last and last + timedelta(days=1))
        return first_free is None or first_free <= day


def read_digests(person: User) -> Digests:
    """Return what decides about a person's digests. Two queries."""
    timings = {schedule.agenda_id: schedule.timing for schedule in ReminderSchedule.objects.active()}
    declined = DeclinedResponsibility.objects.unresolved().filter(person=person)
    return Digests(person, timings, frozenset(declined.values_list("action_point", flat=True)))
