"""What the coordinator's pages show of the reminders."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from actions.reminders.alarm import tell_admins_once
from actions.reminders.health import standstill_since
from tracker.people.permissions import Right, may


def alarm(request: HttpRequest) -> dict[str, Any]:
    """`reminders_standstill`: since when no tick has run, for coordinators. One query, only where a page asks for it."""
    return {
        "reminders_standstill": SimpleLazyObject(lambda: _standstill() if may(request.user, Right.COORDINATE) else None)
    }


def _standstill() -> datetime | None:
    if since := standstill_since(timezone.now()):
        tell_admins_once(since)
    return since
