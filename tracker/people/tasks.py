"""What Celery runs for people's accounts."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from tracker.locking import repeat_once
from tracker.people.mails import send_password_reset
from tracker.people.models import User


@shared_task(name="people.send_password_resets")
def send_password_resets(pks: list[int]) -> None:
    """Run twice, it sends two mails, whose links both work until a password is chosen."""
    for person in User.objects.active().filter(pk__in=pks):
        send_password_reset(person)


@shared_task(name="people.forget_sessions")
@repeat_once
def forget_sessions() -> None:
    """Those that have expired, which nobody else removes. Every day, by the scheduler."""
    SessionStore.clear_expired()
