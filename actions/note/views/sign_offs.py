"""Agencies sign off what the note says about them; everybody of the network sees who has."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_action_point, get_agenda, signed_in
from actions.note.display import ReviewBox, review_address
from actions.note.forms.sign_off import SignOffForm
from actions.note.models import SignOff
from actions.note.sign_offs import PointSignOffs, point_sign_offs
from actions.note.views.reading import note_page, read_note
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.permissions import Right, require
from tracker.transactions import atomic_post, lock
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted
from tracker.web.pagination import get_page

ACTION_POINTS = 100
"""Action points on a page of the list."""
MAX_WAITING = 50
"""Action points shown as waiting for the reader; the others follow as these are answered."""


@require_safe
def sign_offs(request: HttpRequest, slug: str) -> HttpResponse:
    """List all action points of the note with their sign-offs; first those that wait for the reader."""
    user, agenda = signed_in(request), get_agenda(request.user, slug)
    points = point_sign_offs(read_note(request, agenda))
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
    """Show the note with the form of one action point open, or store the answer for all agencies of the focal point."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    if request.method == "POST":
        lock(Agenda.objects.filter(pk=action_point.issue.agenda_id))
    builder = read_note(request, action_point.issue.agenda)
    points = point_sign_offs(builder)
    signing = next(point for point in points if point.action_point.pk == action_point.pk)
    require(user, Right.SIGN_OFF, signing)
    form = SignOffForm(posted(request), fingerprint=signing.point.fingerprint, initial=saved_initial(request))
    if form.is_valid():
        return _store(request, user, signing, form, points)
    status = 200 if not form.is_bound else 409 if form.is_conflict else 400
    box = ReviewBox(signing, form, signing.agencies_of(user))
    return note_page(request, builder, {"at": signing.point.anchor}, sign_offs=points, review=box, status=status)


def _store(
    request: HttpRequest, user: User, signing: PointSignOffs, form: SignOffForm, points: Sequence[PointSignOffs]
) -> HttpResponse:
    """Store the answer, and open the next action point that waits for the person, from the beginning after the last one."""
    SignOff.store(
        signing.action_point,
        signing.agencies_of(user),
        person=user,
        fingerprint=signing.point.fingerprint,
        dissent=form.dissent_given,
        now=timezone.now(),
    )
    messages.success(request, _("Your agency's answer is saved."), extra_tags=clear_browser_copy(request))
    place = points.index(signing)
    others = [*points[place + 1 :], *points[:place]]
    if following := next((point for point in others if point.is_open_for(user)), None):
        return redirect(review_address(following))
    anchor = signing.point.anchor
    return redirect(f"{reverse('note', args=[signing.action_point.issue.agenda.slug])}?at={anchor}#{anchor}")
