"""What Celery runs. Tasks are told nothing and may be lost or run twice: all that is to be done stands in the ledger."""

from threading import Lock

from celery import shared_task
from django.utils import timezone

from actions.reminders import planning, sending
from actions.reminders.models import Digest
from tracker.locking import repeat_once
from tracker.mail.delivery import Courier

TURN = 30
"""Seconds that a sender works before it lets others have their turn."""
EXPIRES = 55
_sending = Lock()
"""Held by the one sender of this process. Threads that write mails wait for each other: two send fewer than one. And a process that is
killed leaves one digest uncertain at most.
"""


@shared_task(name="reminders.tick")
@repeat_once
def tick() -> None:
    """Every minute, by the scheduler."""
    planning.tick(timezone.now(), _enqueue_sender)


@shared_task(name="reminders.send_due")
def send_due() -> None:
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
