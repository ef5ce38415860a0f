"""The alarm about reminders on the coordinator's pages."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from actions.reminders.health import stopped_since
from actions.reminders.models import Digest
from tracker.mail.configuration import present_faults
from tracker.people.permissions import Right, may


def alarm(request: HttpRequest) -> dict[str, Any]:
    """Add `reminders_alarm`, for coordinators: `since` if no tick has run lately, the number of `failed` digests, and the `mail_faults` in
    the settings. Two queries, only if a page uses it.
    """

    def coordinates() -> bool:
        return hasattr(request, "user") and may(request.user, Right.COORDINATE)

    return {"reminders_alarm": SimpleLazyObject(lambda: _alarm() if coordinates() else {})}


def _alarm() -> dict[str, Any]:
    now = timezone.now()
    failed = Digest.objects.failed(now.date()).count()
    return {"since": stopped_since(now), "failed": failed, "mail_faults": present_faults()}
