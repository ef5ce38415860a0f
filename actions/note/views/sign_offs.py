"""Agencies sign off what the note says about them; everybody of the network sees who has."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_action_point, get_agenda, signed_in
from actions.models import ActionPoint
from actions.note.forms.sign_off import SignOffForm
from actions.note.models import SignOff
from actions.note.sign_offs import PointSignOffs, point_sign_offs
from issues.models import Agenda
from tracker.people.permissions import Right, require
from tracker.transactions import atomic_post, lock
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page

ACTION_POINTS = 100
"""Action points on a page of the list."""
MAX_WAITING = 50
"""Action points shown as waiting for the reader; the others follow as these are answered."""


@require_safe
def sign_offs(request: HttpRequest, slug: str) -> HttpResponse:
    """List all action points of the note with their sign-offs; first those that wait for the reader."""
    user, agenda = signed_in(request), get_agenda(request.user, slug)
    points = point_sign_offs(agenda, timezone.localdate())
    waiting = [point for point in points if point.is_open_for(user)]
    errors: list[str] = []
    page = get_page(points, ACTION_POINTS, request.GET, errors)
    context = {
        "agenda": agenda,
        "waiting": waiting[:MAX_WAITING],
        "more_waiting": len(waiting[MAX_WAITING:]),
        "points": [(point, point.is_own(user)) for point in page],
        "page": page,
        "errors": errors,
        "settled": sum(point.is_settled for point in points if point.can_be_signed_off),
        "to_settle": sum(point.can_be_signed_off for point in points),
    }
    return render(request, "note/sign_offs_page.html", context, status=400 if errors else 200)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def sign_off(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Sign off one action point for all agencies of the focal point, or dissent."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    if request.method == "POST":
        lock(Agenda.objects.filter(pk=action_point.issue.agenda_id))
    signing = _sign_offs_of(action_point)
    require(user, Right.SIGN_OFF, signing)
    form = SignOffForm(
        posted(request),
        fingerprint=signing.point.fingerprint,
        initial=saved_initial(request),
    )
    if form.is_valid():
        SignOff.store(
            action_point,
            signing.agencies_of(user),
            person=user,
            fingerprint=signing.point.fingerprint,
            dissent=form.dissent_given,
            now=timezone.now(),
        )
        messages.success(request, _("Your agency's answer is saved."), extra_tags=clear_browser_copy(request))
        return redirect("note_sign_offs", slug)
    context = {
        "agenda": signing.action_point.issue.agenda,
        "signing": signing,
        "form": form,
        "mine": signing.agencies_of(user),
    }
    return render_form(request, "note/sign_off_form.html", **context)


def _sign_offs_of(action_point: ActionPoint) -> PointSignOffs:
    points = point_sign_offs(action_point.issue.agenda, timezone.localdate())
    return next(point for point in points if point.action_point.pk == action_point.pk)
