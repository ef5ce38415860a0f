"""Run the background work for people's accounts."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from tracker.people.mails import send_password_reset
from tracker.people.models import User
from tracker.transactions import repeat_once


@shared_task(name="people.send_password_resets")
def send_password_resets(pks: list[int]) -> None:
    """Send these people links to choose a new password. If it runs twice, both links work until one is used."""
    for person in User.objects.active().filter(pk__in=pks):
        send_password_reset(person)


@shared_task(name="people.delete_expired_sessions")
@repeat_once
def delete_expired_sessions() -> None:
    """Delete sessions that have expired. The scheduler runs it every day."""
    SessionStore.clear_expired()
