"""Send reminders about one action point by hand, when a coordinator decides to."""

from datetime import date, datetime

from actions.models import ActionPoint
from actions.reminders.models import Digest
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import DigestEntry
from actions.reminders.periods import DigestRules
from actions.reminders.recipients import accepting_digests
from actions.reminders.selection import select_entries
from tracker.people.models import User


def people_to_remind(action_point: ActionPoint, today: date) -> list[tuple[User, list[DigestEntry]]]:
    """Return the people who would get a reminder now, with its entries. Nobody if it was reported on lately, is paused or has ended, or
    nobody who accepts digests is responsible for it.
    """
    entries: dict[int, list[DigestEntry]] = {}
    rules = DigestRules(today, only=action_point.pk)
    for batch in select_entries(accepting_digests(today), action_point.issue.agenda, rules):
        entries |= {pk: own for pk, own in batch.items() if not own[0]["unanswered"]}
    people = User.objects.filter(pk__in=entries).select_related("agency").order_by("name", "email")
    return [(person, entries[person.pk]) for person in people]


def remind_now(action_point: ActionPoint, by: User, message: str, now: datetime, today: date) -> list[User]:
    """Make the digests, which are sent with the next tick, and return who gets one: each person at most one a day about an action point."""
    rows = [
        Digest(
            recipient=person,
            agenda=action_point.issue.agenda,
            period_start=today,
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
