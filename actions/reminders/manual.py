"""Send reminders by hand, when a coordinator decides to: one mail a person, about one action point or several."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint, AttentionReason
from actions.reminders.models import Digest
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import DigestEntry, Kind
from actions.reminders.periods import DigestRules
from actions.reminders.reading import read_points
from actions.reminders.selection import in_order, people_of, read_audience, select
from tracker.enumerations import comma_separated
from tracker.people.models import User


def people_to_remind(action_points: Collection[int], today: date) -> list[tuple[User, list[DigestEntry]]]:
    """Return the people who would get a reminder now about action points of one agenda, each with its entries.

    Nobody if nothing is due or overdue, the parts are paused or have ended, or nobody who accepts digests is responsible.
    """
    states = read_points(action_points, today, set())
    accepting = User.objects.accepting_digests(today).filter(pk__in=people_of(states))
    recipients = set(accepting.values_list("pk", flat=True))
    found = select(states, DigestRules(today), read_audience(recipients, today), {}, set())
    entries = {
        person: own
        for person, listed in found.items()
        if (own := in_order(entry for entry in listed if _is_asked_for(entry)))
    }
    people = User.objects.filter(pk__in=entries).select_related("agency").order_by("name", "email")
    return [(person, entries[person.pk]) for person in people]


def _is_asked_for(entry: DigestEntry) -> bool:
    """Return whether a coordinator may ask about it: a part that waits for an update, or a milestone that is overdue."""
    return entry["kind"] == Kind.REPORT or AttentionReason.MILESTONE_OVERDUE in entry["reasons"]


def remind_now(action_points: Collection[int], by: User, message: str, now: datetime, today: date) -> list[User]:
    """Make the digests, which are sent with the next tick, and return who gets one: each person is asked at most once a day about an action
    point.
    """
    asked = _asked_today(action_points, today)
    rows = [
        Digest(
            recipient=person,
            day=today,
            asked_about_id=new[0]["action_point"],
            asked_by=by,
            message=message,
            created_at=now,
            next_attempt_at=now,
            message_id=new_message_id(),
            snapshot=new,
        )
        for person, entries in people_to_remind(action_points, today)
        if (new := [entry for entry in entries if (person.pk, entry["action_point"]) not in asked])
    ]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    stored = Digest.objects.filter(message_id__in=[row.message_id for row in rows])
    reminded = set(stored.values_list("recipient_id", flat=True))
    return [row.recipient for row in rows if row.recipient_id in reminded]


def _asked_today(action_points: Collection[int], today: date) -> set[tuple[int, int]]:
    """Return pairs of person and action point that a coordinator asked about today. One query."""
    agendas = ActionPoint.objects.filter(pk__in=action_points).values("issue__agenda")
    sent = Digest.objects.filter(day=today, asked_about__issue__agenda__in=agendas)
    return {
        (person, entry["action_point"])
        for person, snapshot in sent.values_list("recipient_id", "snapshot")
        for entry in snapshot
    }


def reminded_words(reminded: Collection[User]) -> str:
    """Return the message after reminders were made. They cannot be undone."""
    text = ngettext(
        "A reminder goes to %(names)s within a minute or two.",
        "Reminders go to %(names)s within a minute or two.",
        len(reminded),
    )
    return text % {"names": comma_separated(reminded)}


def nobody_reminded() -> str:
    return _("Nobody was reminded: everybody who can be was already reminded today.")
