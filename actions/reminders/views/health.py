"""The pages for monitoring systems."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.reminders.health import Health, health
from tracker.mail.configuration import present_faults
from tracker.postgresql.waiting import answer_within

DATABASE_SECONDS = 1.5
"""How long the page waits for the database, so that it answers within two seconds."""


@login_not_required
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database answers and a tick ran within the last minutes, otherwise 503. Names nobody.

    Late and failed digests and wrong mail settings are reported with 200: a restart would not help.
    """
    now = timezone.now()
    try:
        with answer_within(DATABASE_SECONDS):
            measured = health(now)
    except (DatabaseError, InterfaceError):
        return _json({"status": "the database does not answer"}, 503)
    return _json(_content(measured, now), 200 if measured.is_alive else 503)


@login_not_required
@require_safe
def alive_page(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this web process answers at all. Needs no database."""
    return _json({"status": "ok"}, 200)


def _content(measured: Health, now: datetime) -> dict[str, Any]:
    oldest = measured.oldest_unsent
    return {
        "status": _status(measured),
        "last_tick": measured.last_tick,
        "digests_waiting": measured.unsent,
        "oldest_waiting_since": oldest,
        "oldest_waiting_seconds": max(0, int((now - oldest).total_seconds())) if oldest else 0,
        "digests_undecided": measured.undecided,
        "digests_failed": measured.failed,
    }


def _status(measured: Health) -> str:
    if not measured.is_alive:
        return "reminders have stopped" if measured.last_tick else "no tick yet"
    if faults := present_faults():
        return f"mail cannot be sent: {'; '.join(faults)}"
    if measured.failed:
        return "digests failed"
    return "digests are late" if measured.is_late else "ok"


def _json(content: dict[str, Any], status: int) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
