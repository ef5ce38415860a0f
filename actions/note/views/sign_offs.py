"""Agencies sign off what the note says of them; everybody of the network sees who has."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_action_point, get_agenda, signed_in
from actions.kept import clears_kept, keeps_typed, kept_initial
from actions.note.forms.sign_off import SignOffForm
from actions.note.models import SignOff
from actions.note.sign_offs import SigningPart, signing_parts
from issues.models import Agenda
from tracker.locking import atomic_post, lock
from tracker.people.permissions import Right, require


@require_safe
def sign_offs(request: HttpRequest, slug: str) -> HttpResponse:
    """All parts with who has signed them off; first those that wait for the person who reads."""
    user, agenda = signed_in(request), get_agenda(request.user, slug)
    parts = signing_parts(agenda, timezone.localdate())
    context = {
        "agenda": agenda,
        "waiting": [part for part in parts if part.is_open_for(user)],
        "parts": [(part, part.is_own(user)) for part in parts],
        "settled": sum(part.is_settled for part in parts if part.is_asked),
        "to_settle": sum(part.is_asked for part in parts),
    }
    return render(request, "note/sign_offs_page.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
@atomic_post
def sign_off(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """A focal point signs a part off for all agencies that the person speaks for, or dissents."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    if request.method == "POST":
        lock(Agenda.objects.filter(pk=action_point.issue.agenda_id))
    part = _part(action_point.issue.agenda, action_point.pk)
    require(user, Right.SIGN_OFF, part)
    form = SignOffForm(
        request.POST if request.method == "POST" else None,
        fingerprint=part.point.fingerprint,
        initial=kept_initial(request),
    )
    if form.is_valid():
        SignOff.store(
            action_point,
            part.agencies_of(user),
            person=user,
            fingerprint=part.point.fingerprint,
            dissent=form.said,
            now=timezone.now(),
        )
        messages.success(request, _("Your agency's answer was kept."), extra_tags=clears_kept(request))
        return redirect("note_sign_offs", slug)
    context = {"agenda": part.action_point.issue.agenda, "part": part, "form": form, "mine": part.agencies_of(user)}
    status = 200 if not form.is_bound else 409 if form.is_conflict else 400
    return render(request, "note/sign_off_form.html", context, status=status)


def _part(agenda: Agenda, pk: int) -> SigningPart:
    return next(part for part in signing_parts(agenda, timezone.localdate()) if part.action_point.pk == pk)
