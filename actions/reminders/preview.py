"""Preview what a schedule would send next: who gets which mail when, and who gets none. Reads only."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.reminders.email import DigestText, render_without_links
from actions.reminders.entries import Fault
from actions.reminders.faults import Faults, describe_faults
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.entry import DigestEntry
from actions.reminders.periods import Period, next_period
from actions.reminders.planning import planned_entries, time_zones
from actions.reminders.recipients import accepting_digests, without_digest
from actions.reminders.selection import Entries, select_entries
from tracker.people.models import User
from tracker.people.time_zones import zone_named

log = logging.getLogger(__name__)

LIMIT = 50
"""People shown at most."""
MAX_ENTRIES = 150
"""Entries of mails after which no further mail is shown."""


@dataclass(frozen=True, slots=True)
class PreviewedMail:
    """A mail as it would be sent if nothing changed until then."""

    person: User
    due_at: datetime
    """In the person's own time zone."""
    entries: list[DigestEntry]
    content: DigestText


@dataclass(frozen=True, slots=True)
class Preview:
    mails: list[PreviewedMail]
    without: list[tuple[User, str]]
    """People who have something to report on and get no mail, and why."""
    is_cut: bool
    """There are more people than are shown."""
    faults: Faults


def preview(schedule: ReminderSchedule, now: datetime) -> Preview:
    """Preview the next turn in each time zone. The schedule need not be stored. About ten queries for each zone.

    Never fails: a schedule that cannot be planned has neither mails nor people, and its `faults` say so.
    """
    faults: set[Fault] = set()
    try:
        mails, is_cut = _first_mails(_mails(schedule, now, faults))
        without = list(islice(_without(schedule, now), LIMIT + 1))
    except Exception as error:
        log.error("Schedule %s could not be previewed (%s)", schedule.pk, type(error).__name__)
        return Preview([], [], is_cut=False, faults=Faults(is_stopped=True))
    return Preview(
        sorted(mails, key=lambda mail: mail.due_at),
        without[:LIMIT],
        is_cut=is_cut or len(without) > LIMIT,
        faults=describe_faults(faults),
    )


def _first_mails(mails: Iterable[PreviewedMail]) -> tuple[list[PreviewedMail], bool]:
    """Return as many mails as a page shows, and whether there are more."""
    shown: list[PreviewedMail] = []
    for mail in mails:
        if len(shown) == LIMIT or sum(len(each.entries) for each in shown) >= MAX_ENTRIES:
            return shown, True
        shown.append(mail)
    return shown, False


def _mails(schedule: ReminderSchedule, now: datetime, faults: set[Fault]) -> Iterator[PreviewedMail]:
    for zone, period, _day in _turns(schedule, now):
        batches = planned_entries(schedule, zone, period, period.due_at, batch=LIMIT + 1, faults=faults)
        for person, entries in _with_people(batches):
            digest = Digest(recipient=person, agenda=schedule.agenda)
            due_at = period.due_at.astimezone(zone_named(zone))
            yield PreviewedMail(person, due_at, entries, _content(digest, entries))


def _content(digest: Digest, entries: list[DigestEntry]) -> DigestText:
    try:
        return render_without_links(digest, entries)
    except Exception as error:  # one faulty mail must not hide the others
        log.error("The digest to person %s could not be previewed (%s)", digest.recipient_id, type(error).__name__)
        return DigestText("", _("This mail cannot be written: an admin finds the reason in the log."), "")


def _without(schedule: ReminderSchedule, now: datetime) -> Iterator[tuple[User, str]]:
    for zone, period, day in _turns(schedule, now):
        here = User.objects.active().filter(time_zone=zone)
        wanting = accepting_digests(day)
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
) -> Iterator[tuple[User, list[DigestEntry]]]:
    return _with_people(select_entries(recipients, schedule.agenda, schedule.rules(period.start, day), batch=LIMIT + 1))


def _with_people(batches: Iterable[Entries]) -> Iterator[tuple[User, list[DigestEntry]]]:
    for batch in batches:
        people: dict[Any, User] = User.objects.select_related("agency").in_bulk(list(batch))
        yield from ((people[pk], entries) for pk, entries in batch.items())
