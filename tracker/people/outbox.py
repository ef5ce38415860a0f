"""Queue mails with a link to choose a password, and send them outside of requests.

A request stores the mail and asks a worker to send it. What no worker has sent, a periodic task sends; what the mail server refuses
temporarily is tried again. A mail may go out twice if a worker is killed: its links work until one of them is used.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tracker.mail.delivery import Courier, Delivery, Outcome
from tracker.people.mails import account_mail
from tracker.people.models import AccountMail, User

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""After this time a mail that a worker has taken is tried again: the worker is gone."""
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=3)
CLAIMED_AT_ONCE = 100

Kind, State = AccountMail.Kind, AccountMail.State
_NOT_SENT = {Outcome.TEMPORARY, Outcome.NOT_BUILT, Outcome.NOT_ALLOWED}
"""Worth another attempt. If the answer to a whole mail is lost, the mail counts as sent: it can be asked for again."""


def queue_mail(person: User, kind: AccountMail.Kind, *, by: User | None, now: datetime) -> AccountMail:
    """Store that the person gets this mail. It takes the place of an earlier one of that kind."""
    values = {"by": by, "state": State.QUEUED, "asked_at": now, "due_at": now, "attempts": 0, "detail": ""}
    return AccountMail.objects.update_or_create(person=person, kind=kind, defaults=values)[0]


def due(now: datetime) -> QuerySet[AccountMail]:
    """Return the mails to send now, the oldest first."""
    return AccountMail.objects.filter(due_at__lte=now).order_by("due_at", "pk")


def send_due(courier: Courier, now: datetime, recipients: Collection[int] | None = None) -> int:
    """Send the mails that are due, or only those to the people with these ids, and return how many were tried.

    Mails that another worker has taken are left out.
    """
    count = 0
    mails = due(now) if recipients is None else due(now).filter(person__in=recipients)
    for mail in mails.select_related("person", "by")[:CLAIMED_AT_ONCE]:
        if not _claim(mail, now):
            continue
        if _is_needed(mail):
            count += 1
            _settle(mail, courier.deliver(account_mail(mail), lambda: True), now)
        else:
            mail.delete()
    return count


def _claim(mail: AccountMail, now: datetime) -> bool:
    """Take the mail until the lease ends. False if another worker has taken it, or it was asked for again, meanwhile."""
    unclaimed = AccountMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
    mail.due_at = now + LEASE
    return bool(unclaimed.update(due_at=mail.due_at))


def _is_needed(mail: AccountMail) -> bool:
    """Return whether the person can use the link. Somebody who has a password needs no invitation."""
    return mail.person.is_active and not (mail.kind == Kind.INVITATION and mail.person.has_usable_password())


def _settle(mail: AccountMail, delivery: Delivery, now: datetime) -> None:
    """Store what became of the attempt, unless the mail was asked for again meanwhile."""
    attempts = mail.attempts + 1
    state, due_at = State.SENT, None
    if delivery.outcome == Outcome.PERMANENT or (delivery.outcome in _NOT_SENT and now - mail.asked_at > GIVE_UP_AFTER):
        state = State.REFUSED
    elif delivery.outcome in _NOT_SENT:
        state, due_at = State.TEMPORARY, now + min(FIRST_DELAY * 2 ** min(mail.attempts, 10), LONGEST_DELAY)
    log.info("The %s to person %s: %s", mail.kind, mail.person_id, state)  # the courier has warned of a refusal
    claimed = AccountMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
    claimed.update(state=state, due_at=due_at, attempts=attempts, detail=delivery.detail[:500])
