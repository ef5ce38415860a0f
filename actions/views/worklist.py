"""Where each person begins, and the focal point's own action points."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import signed_in
from actions.models import ActionPoint
from issues.models import Agenda


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Focal points begin with their action points, coordinators with the dashboard, visitors with what is open to everybody."""
    agenda = Agenda.objects.visible_to(request.user).current()
    if not request.user.is_authenticated:
        return redirect(agenda) if agenda else redirect_to_login(request.path)
    if request.user.is_coordinating:
        return redirect("dashboard", agenda.slug) if agenda else redirect("agenda_list")
    return redirect("my_action_points")


@require_safe
def my_action_points(request: HttpRequest) -> HttpResponse:
    """The person's own open action points, those that show no progress first, the longest silent on top."""
    user, today = signed_in(request), timezone.localdate()
    own = ActionPoint.objects.visible_to(user).own(user).with_context().prefetch_related("milestones")
    points = sorted(own.open().in_order(), key=lambda point: _urgency(point, today))
    drafts = {
        draft.action_point_id: draft for draft in user.drafts.filter(action_point__in=[point.pk for point in points])
    }
    rows = [
        {
            "action_point": point,
            "reasons": [reason.label for reason in point.no_progress_reasons(today)],
            "days_silent": point.days_silent(today),
            "next_milestone": next((ahead for ahead in point.milestones.all() if ahead.is_ahead(today)), None),
            "draft": drafts.get(point.pk),
        }
        for point in points
    ]
    waiting = sum(1 for row in rows if row["reasons"])
    return render(request, "actions/worklist.html", {"rows": rows, "waiting": waiting, "today": today})


def _urgency(point: ActionPoint, today: date) -> tuple[bool, bool, date]:
    """What shows no progress comes first; within that, what was never reported, then the longest silent."""
    return (
        not point.no_progress_reasons(today),
        point.last_reported_latest is not None,
        point.last_reported_latest or today,
    )
