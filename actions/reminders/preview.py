"""Preview what a schedule would send next: who gets which mail when, and who gets none. Reads only."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import rules
from actions.reminders.content import add_texts
from actions.reminders.email import DigestText, render_without_links
from actions.reminders.faults import Faults, describe_faults
from actions.reminders.models import Digest, ReminderCount, ReminderSchedule
from actions.reminders.models.entry import DigestEntry
from actions.reminders.periods import DigestRules, Period, next_period
from actions.reminders.reading import Fault, read_states
from actions.reminders.recipients import without_digest
from actions.reminders.selection import in_order, read_audience, select
from actions.states import ActionPointState
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


@dataclass(frozen=True, slots=True)
class _NextTurn:
    """The next period of the schedule in one time zone."""

    zone: str
    period: Period
    rules: DigestRules

    @property
    def today(self) -> date:
        """Return the date of the people there when it begins."""
        return self.rules.today


_Selected = tuple[_NextTurn, list[DigestEntry]]
"""What the digest of one person lists, and when."""


def preview(schedule: ReminderSchedule, now: datetime) -> Preview:
    """Preview the next turn in each time zone. The schedule need not be stored. About twenty queries, and five for each time zone.

    Never fails: a schedule that cannot be planned has neither mails nor people, and its `faults` say so.
    """
    faults: set[Fault] = set()
    try:
        turns = _turns(schedule, now)
        states = read_states(schedule.agenda, now.date(), faults) if turns else []
        mails, is_cut = _mails(schedule, turns, states, faults)
        without = list(_without(turns, states))
    except Exception as error:
        log.error("Schedule %s could not be previewed (%s)", schedule.pk, type(error).__name__)
        return Preview([], [], is_cut=False, faults=Faults(is_stopped=True))
    return Preview(
        mails,
        without[:LIMIT],
        is_cut=is_cut or len(without) > LIMIT,
        faults=describe_faults(faults) if turns else Faults(is_stopped=True),
    )


def _turns(schedule: ReminderSchedule, now: datetime) -> list[_NextTurn]:
    """Return the next turns, the first one first. One query."""
    turns = []
    for zone in User.objects.active().order_by("time_zone").values_list("time_zone", flat=True).distinct():
        if period := next_period(schedule.timing, zone_named(zone), now):
            today = period.due_at.astimezone(zone_named(zone)).date()
            turns.append(_NextTurn(zone, period, DigestRules(today, period.start, schedule.escalate_after)))
    return sorted(turns, key=lambda turn: turn.period.due_at)


def _mails(
    schedule: ReminderSchedule, turns: list[_NextTurn], states: list[ActionPointState], faults: set[Fault]
) -> tuple[list[PreviewedMail], bool]:
    """Return as many mails as a page shows, with the section of this agenda alone, and whether there are more."""
    selected: dict[int, _Selected] = {}
    reminders = ReminderCount.objects.by_part(part__action_point__issue__agenda=schedule.agenda_id)
    for turn in turns:
        free = User.objects.accepting_digests(turn.today).filter(without_digest(turn.today), time_zone=turn.zone)
        audience = read_audience(set(free.values_list("pk", flat=True)), turn.today)
        found = select(states, turn.rules, audience, reminders, faults)
        selected |= {person: (turn, in_order(entries)) for person, entries in sorted(found.items())}
        if len(selected) > LIMIT:
            break
    shown = _first(selected)
    add_texts((person, entries) for person, (_turn, entries) in shown.items())
    people = User.objects.select_related("agency").in_bulk(list(shown))
    mails = [_mail(people[pk], turn, entries) for pk, (turn, entries) in shown.items() if pk in people]
    return mails, len(selected) > len(shown)


def _first(selected: dict[int, _Selected]) -> dict[int, _Selected]:
    """Return as many as a page shows."""
    shown: dict[int, _Selected] = {}
    for person, (turn, entries) in selected.items():
        if len(shown) == LIMIT or sum(len(each) for _turn, each in shown.values()) >= MAX_ENTRIES:
            break
        shown[person] = turn, entries
    return shown


def _mail(person: User, turn: _NextTurn, entries: list[DigestEntry]) -> PreviewedMail:
    due_at = turn.period.due_at.astimezone(zone_named(turn.zone))
    return PreviewedMail(person, due_at, entries, _content(Digest(recipient=person), entries))


def _content(digest: Digest, entries: list[DigestEntry]) -> DigestText:
    try:
        return render_without_links(digest, entries)
    except Exception as error:  # one faulty mail must not hide the others
        log.error("The digest to person %s could not be previewed (%s)", digest.recipient_id, type(error).__name__)
        return DigestText("", _("This mail cannot be written: an admin finds the reason in the log."), "")


def _without(turns: list[_NextTurn], states: list[ActionPointState]) -> Iterator[tuple[User, str]]:
    """Iterate over the people whose parts wait and who get no mail, with the reason. Two queries for each time zone."""
    for turn in turns:
        waiting = {person for state in states for person in _asked(state, turn.rules)}
        here = User.objects.active().filter(time_zone=turn.zone, pk__in=waiting)
        accepting = User.objects.accepting_digests(turn.today)
        for person in here.exclude(pk__in=accepting.values("pk")):
            yield person, _unwanted(person)
        for person in accepting.filter(pk__in=here).exclude(without_digest(turn.today)):
            yield person, _("had a digest recently, and has asked for fewer")


def _asked(state: ActionPointState, digest_rules: DigestRules) -> set[int]:
    """Return the people whose parts of the action point a digest asks about."""
    return {
        person
        for part in state.parts
        if rules.is_asked_about(state, part, digest_rules.today, digest_rules.period_start)
        for person in part.people
    }


def _unwanted(person: User) -> str:
    if person.wants_digests and person.digests_paused_until:
        return _("has paused digests until %(day)s") % {"day": date_format(person.digests_paused_until)}
    return _("has turned digests off")
