"""Send reminders about one action point by hand, when a coordinator decides to."""

from datetime import date, datetime

from actions.models import ActionPoint, AttentionReason
from actions.reminders.models import Digest
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import DigestEntry, Kind
from actions.reminders.periods import DigestRules
from actions.reminders.reading import read_points
from actions.reminders.recipients import accepting_digests
from actions.reminders.selection import in_order, people_of, read_audience, select
from tracker.people.models import User


def people_to_remind(action_point: ActionPoint, today: date) -> list[tuple[User, list[DigestEntry]]]:
    """Return the people who would get a reminder now, with its entries. Nobody if nothing is due or overdue, its parts are paused or have
    ended, or nobody who accepts digests is responsible for it.
    """
    states = read_points([action_point.pk], today, set())
    recipients = people_of(states) & set(accepting_digests(today).values_list("pk", flat=True))
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


def remind_now(action_point: ActionPoint, by: User, message: str, now: datetime, today: date) -> list[User]:
    """Make the digests, which are sent with the next tick, and return who gets one: each person at most one a day about an action point."""
    rows = [
        Digest(
            recipient=person,
            day=today,
            asked_about=action_point,
            asked_by=by,
            message=message,
            created_at=now,
            next_attempt_at=now,
            message_id=new_message_id(),
            snapshot=entries,
        )
        for person, entries in people_to_remind(action_point, today)
    ]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    stored = Digest.objects.filter(message_id__in=[row.message_id for row in rows])
    reminded = set(stored.values_list("recipient_id", flat=True))
    return [row.recipient for row in rows if row.recipient_id in reminded]
