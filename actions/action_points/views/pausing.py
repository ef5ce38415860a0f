"""Pause the reminders of a part of an action point, and resume them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions import responsibilities
from actions.access import get_action_point, signed_in
from actions.action_points.forms import PartPauseForm
from actions.models import ActionPoint, Responsibility
from tracker.people.models import User
from tracker.people.permissions import Right
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Pause the reminders of a part until a day, with a reason. POST with `do=resume` ends the pause of the part `part`."""
    user, today = signed_in(request), timezone.localdate()
    action_point = get_action_point(user, slug, issue, number, Right.LOG_PROGRESS)
    parts = _parts_to_pause(action_point, user)
    if not parts and request.method != "POST":
        messages.info(request, _("No agency leads this action point, so nobody gets reminders about it."))
        return redirect(action_point)
    if request.POST.get("do") == "resume":
        return _resume(request, action_point, parts)
    initial = _initial(request, action_point, user, parts) | saved_initial(request)
    form = PartPauseForm(posted(request), initial=initial, parts=parts, today=today)
    if form.is_valid():
        part, until = form.cleaned_data["part"], form.cleaned_data["until"]
        responsibilities.pause(part, until, form.cleaned_data["reason"])
        message = _("Reminders to %(agency)s are paused until %(day)s.")
        messages.success(
            request,
            message % {"agency": part.agency, "day": date_format(until)},
            extra_tags=clear_browser_copy(request),
        )
        return redirect(action_point)
    paused = [part for part in parts if part.is_paused(today)]
    return render_form(request, "action_points/pause_form.html", form, action_point=action_point, paused=paused)


def _resume(request: HttpRequest, action_point: ActionPoint, parts: list[Responsibility]) -> HttpResponse:
    """End the pause of the part that the button names; without a name, of all parts that the person may pause."""
    wanted = request.POST.get("part")
    for part in parts:
        if wanted in (None, str(part.pk)):
            responsibilities.resume(part, today=timezone.localdate())
    messages.success(request, _("Reminders are sent again."), extra_tags=clear_browser_copy(request))
    return redirect(action_point)


def _parts_to_pause(action_point: ActionPoint, user: User) -> list[Responsibility]:
    """Return the parts whose reminders the person may pause: one's own, and all of them for coordinators."""
    return [part for part in action_point.parts if user.is_coordinating or part.is_own(user)]


def _initial(
    request: HttpRequest, action_point: ActionPoint, user: User, parts: list[Responsibility]
) -> dict[str, object]:
    """Return the part that the address names, otherwise one's own, with its present pause."""
    wanted = [part for part in parts if str(part.pk) == request.GET.get("part")]
    part = next(
        (part for part in [*wanted, responsibilities.part_for(action_point, user), *parts] if part in parts), None
    )
    if part is None:
        return {}
    pause = {"until": part.paused_until, "reason": part.pause_reason} if part.is_paused(timezone.localdate()) else {}
    return {"part": part.pk, **pause}
