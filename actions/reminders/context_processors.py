"""What the coordinator's pages show of the reminders."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from actions.reminders.alarm import tell_admins_once
from actions.reminders.health import standstill_since
from actions.reminders.models import Digest
from tracker.mail.configuration import present_faults
from tracker.people.permissions import Right, may


def alarm(request: HttpRequest) -> dict[str, Any]:
    """`reminders_alarm`, for coordinators: `since` when no tick has run, how many digests `failed`, and which mail settings are wrong
    (`mail_faults`). Two queries, only where a page asks for it.
    """

    def coordinates() -> bool:
        return hasattr(request, "user") and may(request.user, Right.COORDINATE)

    return {"reminders_alarm": SimpleLazyObject(lambda: _alarm() if coordinates() else {})}


def _alarm() -> dict[str, Any]:
    if since := standstill_since(timezone.now()):
        tell_admins_once(since)
    return {"since": since, "failed": Digest.objects.failed().count(), "mail_faults": present_faults()}
