"""Mail the brief of a hand-over outside of the request. If it is sent twice, it says the same."""

from celery import Task, shared_task
from django.utils import timezone

from actions.handover.brief import send_brief
from actions.handover.models import Handover

DELAY = 300
"""Seconds until the next attempt: less than the broker waits before it gives a task to another worker."""
MAX_RETRIES = 24


@shared_task(name="handover.send_brief", bind=True, max_retries=MAX_RETRIES)
def mail_brief(self: "Task[..., None]", pk: int) -> None:
    """Mail the brief to the successor, and try again while the mail server does not take it."""
    handover = Handover.objects.select_related("successor", "predecessor", "created_by").get(pk=pk)
    if not send_brief(handover, timezone.localdate()):
        raise self.retry(countdown=DELAY)
