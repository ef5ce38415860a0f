"""What Celery runs. Tasks take ids, make one call, and may be run twice: the ledger sees to it that a digest goes out once."""

from celery import shared_task
from django.utils import timezone

from actions.reminders import planning, sending
from tracker.mail import Courier


@shared_task(name="reminders.tick")
def tick() -> None:
    """Every minute, by the scheduler."""
    planning.tick(timezone.now(), send_digest.delay)


@shared_task(name="reminders.send_digest")
def send_digest(pk: int) -> None:
    with Courier() as courier:
        sending.send(pk, timezone.now(), courier)
