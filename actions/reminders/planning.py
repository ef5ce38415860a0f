"""Run the tick: make a row for each digest that is due on or before now and has none, and call senders for the rows that are pending.

However many schedulers run it, and even if none ran for a while, each person gets one row a day.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q

from actions.reminders.alarm import alert_admins_of_failures
from actions.reminders.models import Digest, Heartbeat, PlannedUntil, ReminderCount, ReminderSchedule
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import DigestEntry, Kind
from actions.reminders.periods import DigestRules, Period, latest_period
from actions.reminders.reading import Fault, read_states
from actions.reminders.recipients import without_digest
from actions.reminders.selection import Audience, Entries, in_order, people_of, read_audience, select
from actions.reminders.sending import CLAIMED_AT_ONCE
from tracker.people.models import User
from tracker.people.time_zones import zone_named

log = logging.getLogger(__name__)

BATCH = 500
SENDERS = 8
"""The most senders that one tick calls. A call that no worker has begun before the next tick expires."""

Periods = Mapping[int, Period]
"""The latest period of each agenda that has one in a time zone, by the id of the agenda."""


@dataclass(frozen=True, slots=True)
class Turn:
    """People of one time zone for whom periods of the same agendas have begun."""

    today: date
    """Their date."""
    periods: Periods
    begun: frozenset[int]
    """The ids of these agendas."""
    people: frozenset[int]


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
    """Make the digests that are due. Four queries unless a period has begun for anybody, and then those of `make_digests`.

    A schedule that cannot be calculated is logged and marked as faulty. The others are planned all the same.
    """
    ReminderSchedule.objects.add_missing(now.date())
    if not (schedules := list(ReminderSchedule.objects.active())):
        return
    periods = periods_by_zone(schedules, now)
    waiting = _people_to_plan(periods, now)
    opened = {schedule.agenda_id: schedule.agenda.opened_on for schedule in schedules}
    begun = {person: (zone, _begun(periods[zone], opened, instant, zone, now)) for person, zone, instant in waiting}
    make_digests(schedules, make_turns(periods, begun, now), now)
    if waiting:
        PlannedUntil.objects.record([person for person, _zone, _instant in waiting], now)


def periods_by_zone(
    schedules: Iterable[ReminderSchedule], now: datetime, *, since_ever: bool = False
) -> dict[str, dict[int, Period]]:
    """Return the latest period of each schedule in each time zone of people. One query, and one for each faulty schedule."""
    zones = list(User.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct())
    periods: dict[str, dict[int, Period]] = {zone: {} for zone in zones}
    for schedule in schedules:
        try:
            for zone in zones:
                if period := latest_period(schedule.timing, zone_named(zone), now, since_ever=since_ever):
                    periods[zone][schedule.agenda_id] = period
        except Exception as error:
            for of_zone in periods.values():
                of_zone.pop(schedule.agenda_id, None)
            if schedule.record_faults(True, now):
                log.error("Schedule %s could not be planned: %s", schedule.pk, type(error).__name__)
    return periods


def _people_to_plan(periods: Mapping[str, Periods], now: datetime) -> list[tuple[int, str, datetime | None]]:
    """Return the people for whom a period has begun since they were planned, with time zone and that instant. One query.

    Includes people who get no digests at present, so that one who comes back waits for the next period. The instant is None for people who
    were never planned, and if it is in the future, since the clock was wrong then.
    """
    due = Q(digests_planned=None) | Q(digests_planned__instant__gt=now)
    for zone, of_zone in periods.items():
        if of_zone:
            latest = max(period.due_at for period in of_zone.values())
            due |= Q(time_zone=zone, digests_planned__instant__lt=latest)
    people = User.objects.filter(due).values_list("pk", "time_zone", "digests_planned__instant")
    known = [(pk, zone, instant) for pk, zone, instant in people if zone in periods]
    return [(pk, zone, instant if instant and instant <= now else None) for pk, zone, instant in known]


def _begun(
    periods: Periods, opened: Mapping[int, date | None], instant: datetime | None, zone: str, now: datetime
) -> frozenset[int]:
    """Return the agendas whose period has begun since that instant; without an instant those whose period begins today.

    `opened` has the days on which they were opened or reopened. A period that had begun by then mails nobody: the next one does.
    """
    today = now.astimezone(zone_named(zone)).date()
    return frozenset(
        agenda
        for agenda, period in periods.items()
        if (period.due_at > instant if instant else period.start == today)
        and period.start > (opened[agenda] or date.min)
    )


def make_turns(
    periods: Mapping[str, Periods], begun: Mapping[int, tuple[str, frozenset[int]]], now: datetime
) -> list[Turn]:
    """Group people by time zone and the agendas whose period has begun for them. `begun` has both by person."""
    people = defaultdict(set)
    for person, place in begun.items():
        people[place].add(person)
    return [
        Turn(now.astimezone(zone_named(zone)).date(), periods[zone], agendas, frozenset(members))
        for (zone, agendas), members in people.items()
        if agendas
    ]


def make_digests(schedules: Iterable[ReminderSchedule], turns: list[Turn], now: datetime) -> None:
    """Make one row for each person of the turns who has something to report on, and count the reminders.

    Reads all agendas with a period, each once: ten queries for each, five for each turn, and three for each 500 digests.
    """
    if not turns:
        return
    by_agenda = {schedule.agenda_id: schedule for schedule in schedules}
    for turn, entries in zip(turns, select_turns(by_agenda, turns, now), strict=True):
        _count_reminders(turn, entries)
        people = sorted(entries)
        for start in range(0, len(people), BATCH):
            batch = {person: entries[person] for person in people[start : start + BATCH]}
            _add_digests(turn.today, batch, now)


def select_turns(schedules: Mapping[int, ReminderSchedule], turns: list[Turn], now: datetime) -> list[Entries]:
    """Return what the digests of each turn list: of people who accept digests, have none today, and one of whose agendas has begun.

    `schedules` has the active schedules by agenda. What planning finds wrong in an agenda is recorded at its schedule.
    """
    audiences = [_audience(turn) for turn in turns]
    selected: list[Entries] = [defaultdict(list) for _turn in turns]
    concerned: list[set[int]] = [set() for _turn in turns]
    for agenda, schedule in schedules.items():
        of_agenda = [number for number, turn in enumerate(turns) if agenda in turn.periods]
        if not of_agenda:
            continue
        faults: set[Fault] = set()
        states = read_states(schedule.agenda, now.date(), faults)
        people = people_of(states)
        reminders = ReminderCount.objects.by_part(part__action_point__issue__agenda=agenda)
        for number in of_agenda:
            turn = turns[number]
            digest_rules = DigestRules(turn.today, turn.periods[agenda].start, schedule.escalate_after)
            found = select(states, digest_rules, audiences[number], reminders, faults)
            for person, entries in found.items():
                selected[number][person] += entries
            if agenda in turn.begun:
                concerned[number] |= people | set(found)
        if schedule.pk:
            schedule.record_faults(bool(faults), now)
    return [
        {person: in_order(entries) for person, entries in found.items() if person in whose}
        for found, whose in zip(selected, concerned, strict=True)
    ]


def _audience(turn: Turn) -> Audience:
    """Return those of the turn's people who may get a digest today. Three queries."""
    free = User.objects.accepting_digests(turn.today).filter(without_digest(turn.today)).values_list("pk", flat=True)
    return read_audience(turn.people.intersection(free), turn.today)


def _count_reminders(turn: Turn, entries: Entries) -> None:
    """Count a reminder for each part that a digest asks about, in the present period of its agenda. Two queries for each agenda."""
    parts: dict[int, set[int]] = defaultdict(set)
    for own in entries.values():
        for entry in own:
            if entry["kind"] == Kind.REPORT and entry["part"]:
                parts[entry["agenda"]].add(entry["part"])
    for agenda, of_agenda in sorted(parts.items()):
        ReminderCount.objects.add(sorted(of_agenda), turn.periods[agenda].start, turn.today)


def _add_digests(today: date, entries: Mapping[int, list[DigestEntry]], now: datetime) -> None:
    """Add one row a person, unless another scheduler has added it."""
    Digest.objects.bulk_create(
        [
            Digest(
                recipient_id=person,
                day=today,
                created_at=now,
                next_attempt_at=now,
                message_id=new_message_id(),
                snapshot=own,
            )
            for person, own in entries.items()
        ],
        ignore_conflicts=True,
    )


def last_days(people: Collection[int]) -> dict[int, date]:
    """Return the day of the last digest of each of these people who had one. One query."""
    digests = Digest.objects.filter(recipient__in=people, asked_about=None).order_by()
    return dict(digests.values_list("recipient").annotate(last=Max("day")).values_list("recipient", "last"))
