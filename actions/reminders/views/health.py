"""The page for monitoring systems."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.reminders.alarm import alert_admins_once
from actions.reminders.health import Health, health
from tracker.mail.configuration import present_faults


@login_not_required
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """Answer 200 if a tick ran within the last minutes, otherwise 503. The first request that notices this alerts the admins. Names nobody.

    Failed digests and wrong mail settings are reported with 200: a restart would not help.
    """
    measured = health(timezone.now())
    if measured.last_tick and not measured.is_alive:
        alert_admins_once(measured.last_tick)
    content = {
        "status": _status(measured),
        "last_tick": measured.last_tick,
        "digests_waiting": measured.waiting,
        "digests_undecided": measured.undecided,
    }
    return JsonResponse(content, status=200 if measured.is_alive else 503, headers={"Cache-Control": "no-store"})


def _status(measured: Health) -> str:
    if not measured.is_alive:
        return "reminders have stopped" if measured.last_tick else "no tick yet"
    if faults := present_faults():
        return f"mail cannot be sent: {'; '.join(faults)}"
    return "digests failed" if measured.failed else "ok"
