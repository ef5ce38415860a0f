"""Celery tasks. They take no arguments and may be lost or run twice: all that is to be done is in the table of digests."""

from threading import Lock

from celery import shared_task
from django.utils import timezone

from actions.reminders import planning, sending
from actions.reminders.models import Digest
from tracker.mail.delivery import Courier
from tracker.transactions import repeat_once

TURN = 30
"""The seconds that a sender works before it lets other tasks run."""
EXPIRES = 55
_sending = Lock()
"""Held by the one sender of this process, so that a process that is killed leaves at most one digest uncertain."""


@shared_task(name="reminders.tick")
@repeat_once
def tick() -> None:
    """Run every minute by the scheduler."""
    planning.tick(timezone.now(), _enqueue_sender)


@shared_task(name="reminders.send_due")
def send_due() -> None:
    """Send what is due, and call another sender if time was too short for all of it."""
    if not _sending.acquire(blocking=False):
        return
    try:
        with Courier() as courier:
            sending.send_due(courier, seconds=TURN)
    finally:
        _sending.release()
    if Digest.objects.due(timezone.now()).exists():
        _enqueue_sender()


def _enqueue_sender() -> None:
    send_due.apply_async(expires=EXPIRES)
