"""Reminding of one action point out of turn, because a coordinator asks."""

from datetime import date, datetime

from actions.models import ActionPoint
from actions.reminders.models import Digest
from actions.reminders.models.digest import new_message_id
from actions.reminders.models.entry import Entry
from actions.reminders.periods import Terms
from actions.reminders.selection import due_entries, wanting_digests
from tracker.people.models import User


def to_remind(action_point: ActionPoint, today: date) -> list[tuple[User, list[Entry]]]:
    """Who would be told of it now; nobody where it moves, is snoozed or has ended, or nobody who gets digests answers for it."""
    found: dict[int, list[Entry]] = {}
    for batch in due_entries(wanting_digests(today), action_point.issue.agenda, Terms(today, only=action_point.pk)):
        found |= {pk: told for pk, told in batch.items() if not told[0]["unanswered"]}
    people = User.objects.filter(pk__in=found).select_related("agency").order_by("name", "email")
    return [(person, found[person.pk]) for person in people]


def ask(action_point: ActionPoint, by: User, message: str, now: datetime, today: date) -> list[User]:
    """Make the digests, which go out with the next tick. The people who get one: each gets one a day of the same action point."""
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
        for person, entries in to_remind(action_point, today)
    ]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    made = set(
        Digest.objects.filter(message_id__in=[row.message_id for row in rows]).values_list("recipient_id", flat=True)
    )
    return [row.recipient for row in rows if row.recipient_id in made]
