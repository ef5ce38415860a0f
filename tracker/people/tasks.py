"""Run the background work for people's accounts."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tracker.mail.delivery import Courier
from tracker.people.models import AccountMail, User
from tracker.people.outbox import queue_mail, send_due
from tracker.transactions import repeat_once


@shared_task(name="people.send_password_resets")
def send_password_resets(pks: list[int]) -> None:
    """Send these people links to choose a new password. If it runs twice, both links work until one is used."""
    for person in User.objects.active().filter(pk__in=pks):
        queue_mail(person, AccountMail.Kind.PASSWORD_RESET, by=None, now=timezone.now())
    with Courier() as courier:
        send_due(courier, timezone.now(), pks)


@shared_task(name="people.send_account_mails")
def send_account_mails() -> None:
    """Send the invitations and password resets that are due. The scheduler runs it every minute, for those that were left."""
    with Courier() as courier:
        send_due(courier, timezone.now())


@shared_task(name="people.delete_expired_sessions")
@repeat_once
def delete_expired_sessions() -> None:
    """Delete sessions that have expired. The scheduler runs it every day."""
    SessionStore.clear_expired()
