"""Record events in the audit trail and in the log."""

import logging
from contextvars import ContextVar

from django.http import HttpRequest

from tracker.audit.models import AuditEntry, Event
from tracker.logs import request_id
from tracker.web.rate_limits import client_network

log = logging.getLogger("tracker.audit")

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
"""The request that this thread answers; None in commands and workers."""


def record(event: Event, *, subject: int | None = None, detail: str = "") -> None:
    """Record an event by the person who sent the request that is being answered. `subject` is the id of the person it is about."""
    request = current_request.get()
    person = request.user.pk if request and hasattr(request, "user") else None
    AuditEntry.objects.create(
        event=event,
        person_id=person,
        subject_id=subject,
        detail=detail[:200],
        address=client_network(request)[:50] if request else "",
        request_id=request_id.get() if request else "",
    )
    log.info("%s by %s about %s: %s", event.value, person, subject, detail)
