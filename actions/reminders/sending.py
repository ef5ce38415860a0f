"""Sending one digest: claimed, written afresh from what shows no progress now, fenced, handed over, recorded."""

import uuid
from datetime import date, datetime

from django.utils import timezone

from actions.reminders.composing import mail_of, words_of
from actions.reminders.due import due_entries, wanting_digests
from actions.reminders.models import Digest
from actions.reminders.models.digest import Cause, Entry
from actions.reminders.periods import zone_named
from issues.models import Agenda
from tracker.mail import Courier, Delivery, Outcome
from tracker.people.models import User


def send(pk: int, now: datetime, courier: Courier) -> str | None:
    """One attempt at a digest. The state that it is in afterwards; None where it was not due, or somebody else has it."""
    if not (token := Digest.objects.claim(pk, now)):
        return None
    digest = Digest.objects.select_related("recipient__agency", "agenda").get(pk=pk)
    person, today = digest.recipient, now.astimezone(zone_named(digest.recipient.time_zone)).date()
    if cause := _reason_not_to(person, today):
        digest.record_cancelled(token, cause)
        return digest.State.CANCELLED
    entries = entries_of(person, digest.agenda, today)
    if not entries:
        digest.record_cancelled(token, Cause.NOTHING_LEFT)
        return digest.State.CANCELLED
    language = person.language
    mail = mail_of(digest, words_of(digest, entries, language))
    causes: list[Cause] = []

    def leave() -> bool:
        """Asked right before the mail's body: whether the person still may be mailed, and this worker still holds the digest."""
        if cause := _reason_not_to(User.objects.get(pk=person.pk), today):
            causes.append(cause)
            return False
        return digest.fence(token, entries, language, timezone.now())

    delivery = courier.deliver(mail, leave)
    if delivery.outcome == Outcome.FENCED_OFF and causes:
        digest.record_cancelled(token, causes[0])
    else:
        _record(digest, token, delivery)
    return Digest.objects.values_list("state", flat=True).get(pk=pk)


def entries_of(person: User, agenda: Agenda, today: date) -> list[Entry]:
    """What one person is to be told of an agenda on that day; empty where all moves, or the agenda is not open any more."""
    for batch in due_entries(User.objects.filter(pk=person.pk), agenda, today):
        return batch.get(person.pk, [])
    return []


def _reason_not_to(person: User, today: date) -> Cause | None:
    if not person.is_active:
        return Cause.INACTIVE
    return None if wanting_digests(today).filter(pk=person.pk).exists() else Cause.UNWANTED


def _record(digest: Digest, token: uuid.UUID, delivery: Delivery) -> None:
    """Where the lease was lost before the fence nothing was sent, and the row is somebody else's: nothing is recorded."""
    record = {
        Outcome.ACCEPTED: lambda: digest.record_sent(token),
        Outcome.UNCERTAIN: lambda: digest.record_uncertain(token, delivery.detail),
        Outcome.PERMANENT: lambda: digest.record_failed(token, Cause.REFUSED, delivery.detail),
        Outcome.TEMPORARY: lambda: digest.postpone(token, delivery.detail, timezone.now()),
        Outcome.FENCED_OFF: lambda: None,
    }
    record[delivery.outcome]()
