"""What would go out next by a schedule: who gets which mail when, and who gets none. Reads only."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.reminders.email import Words, words_to_read
from actions.reminders.faults import Faults, faults_in_words
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.entry import Entry
from actions.reminders.periods import Period, next_period
from actions.reminders.planning import Entries, planned_entries, time_zones
from actions.reminders.selection import Fault, due_entries, wanting_digests, without_digest
from tracker.people.models import User
from tracker.people.time_zones import zone_named

log = logging.getLogger(__name__)

LIMIT = 50


@dataclass(frozen=True, slots=True)
class Planned:
    """A mail as it would go out, if nothing changed until then."""

    person: User
    due_at: datetime
    """In the person's own time zone."""
    entries: list[Entry]
    words: Words


@dataclass(frozen=True, slots=True)
class Preview:
    mails: list[Planned]
    without: list[tuple[User, str]]
    """People who would be told something and get no mail, and why."""
    is_cut: bool
    """More than LIMIT people; the rest is left out."""
    faults: Faults


def preview(schedule: ReminderSchedule, now: datetime) -> Preview:
    """The next turn of each time zone. The schedule need not be stored. For each zone about ten queries.

    Never fails: a schedule that cannot be planned has neither mails nor people, and its `faults` say so.
    """
    found: set[Fault] = set()
    try:
        mails = list(islice(_mails(schedule, now, found), LIMIT + 1))
        without = list(islice(_without(schedule, now), LIMIT + 1))
    except Exception as error:
        log.error("Schedule %s could not be previewed (%s)", schedule.pk, type(error).__name__)
        return Preview([], [], is_cut=False, faults=Faults(is_stopped=True))
    return Preview(
        sorted(mails[:LIMIT], key=lambda mail: mail.due_at),
        without[:LIMIT],
        is_cut=max(len(mails), len(without)) > LIMIT,
        faults=faults_in_words(found),
    )


def _mails(schedule: ReminderSchedule, now: datetime, faults: set[Fault]) -> Iterator[Planned]:
    for zone, period, _day in _turns(schedule, now):
        batches = planned_entries(schedule, zone, period, period.due_at, batch=LIMIT + 1, faults=faults)
        for person, entries in _with_people(batches):
            digest = Digest(recipient=person, agenda=schedule.agenda)
            due_at = period.due_at.astimezone(zone_named(zone))
            yield Planned(person, due_at, entries, words_to_read(digest, entries))


def _without(schedule: ReminderSchedule, now: datetime) -> Iterator[tuple[User, str]]:
    for zone, period, day in _turns(schedule, now):
        here = User.objects.active().filter(time_zone=zone)
        wanting = wanting_digests(day)
        for person, _entries in _due(schedule, here.exclude(pk__in=wanting.values("pk")), period, day):
            yield person, _unwanted(person)
        near = wanting.filter(time_zone=zone).exclude(without_digest(schedule.agenda, period.start))
        for person, _entries in _due(schedule, near, period, day):
            yield person, _("has had a digest lately, and wants no more than that")


def _unwanted(person: User) -> str:
    if person.wants_digests and person.digests_paused_until:
        return _("pauses until %(day)s") % {"day": date_format(person.digests_paused_until)}
    return _("wants no digests")


def _turns(schedule: ReminderSchedule, now: datetime) -> Iterator[tuple[str, Period, date]]:
    for zone in time_zones(everybody=True):
        if period := next_period(schedule.timing, zone_named(zone), now):
            yield zone, period, period.due_at.astimezone(zone_named(zone)).date()


def _due(
    schedule: ReminderSchedule, recipients: QuerySet[User], period: Period, day: date
) -> Iterator[tuple[User, list[Entry]]]:
    return _with_people(due_entries(recipients, schedule.agenda, schedule.terms(period.start, day), batch=LIMIT + 1))


def _with_people(batches: Iterable[Entries]) -> Iterator[tuple[User, list[Entry]]]:
    for batch in batches:
        people: dict[Any, User] = User.objects.select_related("agency").in_bulk(list(batch))
        yield from ((people[pk], entries) for pk, entries in batch.items())
