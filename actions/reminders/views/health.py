"""What machines ask that watch the tracker."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.reminders.alarm import tell_admins_once
from actions.reminders.health import Health, health
from tracker.mail.configuration import present_faults


@login_not_required
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """200 while a tick ran within the last minutes, else 503; the first who asks then makes the tracker tell the admins. Names nobody.

    Failed digests and wrong mail settings are reported with 200: to start anything again would not help.
    """
    found = health(timezone.now())
    if found.last_tick and not found.is_alive:
        tell_admins_once(found.last_tick)
    told = {
        "status": _status(found),
        "last_tick": found.last_tick,
        "digests_waiting": found.waiting,
        "digests_undecided": found.undecided,
    }
    return JsonResponse(told, status=200 if found.is_alive else 503, headers={"Cache-Control": "no-store"})


def _status(found: Health) -> str:
    if not found.is_alive:
        return "reminders stand still" if found.last_tick else "no tick yet"
    if faults := present_faults():
        return f"mail cannot be sent: {'; '.join(faults)}"
    return "digests failed" if found.failed else "ok"
