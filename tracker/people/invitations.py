"""Invite people: the mail is queued, and a worker sends it."""

from django.db import transaction
from django.utils import timezone

from tracker.people.models import AccountMail, User
from tracker.people.outbox import queue_mail
from tracker.people.tasks import send_account_mails
from tracker.queueing import enqueue


def invite(person: User, *, by: User) -> None:
    """Queue an invitation with the link to choose a password. If the broker is away, it goes out once it is back."""
    queue_mail(person, AccountMail.Kind.INVITATION, by=by, now=timezone.now())
    transaction.on_commit(lambda: enqueue(send_account_mails))
