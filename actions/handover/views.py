"""List, create and show hand-overs. The page of a hand-over is the brief for the successor."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import signed_in
from actions.handover.brief import brief_of, points_of
from actions.handover.forms import HandoverForm, PeopleForm
from actions.handover.models import Handover
from actions.handover.tasks import mail_brief
from actions.handover.transfer import HandoverError, OpenWork, hand_over, lock_open_work, open_work
from tracker.people.models import User
from tracker.people.permissions import Right, may, require
from tracker.queueing import enqueue
from tracker.web.form_recovery import clear_browser_copy
from tracker.web.pagination import get_page

MAX_LISTED = 100
PAGE_SIZE = 25
"""Action points of the brief on a page."""


@require_safe
def handover_list(request: HttpRequest) -> HttpResponse:
    """List who handed over what to whom, newest first."""
    require(request.user, Right.COORDINATE)
    handovers = Handover.objects.with_people().prefetch_related("action_points__issue__agenda")[:MAX_LISTED]
    return render(request, "handover/handover_list.html", {"handovers": handovers})


@require_safe
def handover_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a hand-over with its brief, to the successor and to coordinators. `?page=` is the page of the brief."""
    person = signed_in(request)
    handover = get_object_or_404(Handover.objects.visible_to(person).with_people(), pk=pk)
    errors: list[str] = []
    page = get_page(points_of(handover, person), PAGE_SIZE, request.GET, errors)
    context = {
        "handover": handover,
        "brief": brief_of(handover, list(page), timezone.localdate()),
        "page": page,
        "errors": errors,
    }
    return render(request, "handover/handover_page.html", context, status=400 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def create_handover(request: HttpRequest) -> HttpResponseBase:
    """Choose two people, then show the open work of `?predecessor=` that goes to `&successor=`. POST hands it over."""
    person = signed_in(request)
    require(person, Right.COORDINATE)
    if "deactivate" in request.POST:
        require(person, Right.ADMINISTER)
    people = PeopleForm(request.GET if {"predecessor", "successor"} & request.GET.keys() else None)
    if not people.is_valid():
        status = 400 if people.is_bound or request.method == "POST" else 200
        return render(request, "handover/people_form.html", {"form": people}, status=status)
    predecessor, successor = people.cleaned_data["predecessor"], people.cleaned_data["successor"]
    if request.method == "POST":
        return _hand_over(request, predecessor, successor)
    if request.GET.urlencode() != people.query():  # names were typed: later they may be those of others, too
        return redirect(f"{request.path}?{people.query()}")
    work = open_work(predecessor)
    return _form_page(request, HandoverForm(work=work, may_deactivate=_may_deactivate(request, work)), work, successor)


def _hand_over(request: HttpRequest, predecessor: User, successor: User) -> HttpResponseBase:
    """Hand over what was chosen, and mail the brief once it is stored. A form that was sent before leads to what it created."""
    browser_copy = clear_browser_copy(request, request.get_full_path())
    with transaction.atomic():
        work = lock_open_work(predecessor, successor)
        form = HandoverForm(request.POST, work=work, may_deactivate=_may_deactivate(request, work))
        is_valid = form.is_valid()
        if existing := Handover.objects.with_submission(form.cleaned_data.get("submission")):
            messages.info(
                request,
                _("This has already been handed over. To hand over anything else, start again."),
                extra_tags=browser_copy,
            )
            return redirect(existing)
        if form.work_has_changed or not is_valid:
            return _form_page(request, form, work, successor, status=409 if form.work_has_changed else 400)
        try:
            handover = hand_over(
                work,
                successor,
                chosen=form.chosen,
                reason=form.cleaned_data["reason"],
                by=signed_in(request),
                now=timezone.now(),
                submission=form.cleaned_data["submission"],
                deactivate=form.cleaned_data.get("deactivate", False),
            )
        except HandoverError as error:
            form.add_error(None, str(error))
            return _form_page(request, form, work, successor, status=409)
    if enqueue(mail_brief, handover.pk):
        message = _("Handed over. %(name)s gets the brief by mail.")
        messages.success(request, message % {"name": successor}, extra_tags=browser_copy)
    else:
        message = _("Handed over, but the mail was not sent. Send %(name)s the address of this page.")
        messages.warning(request, message % {"name": successor}, extra_tags=browser_copy)
    return redirect(handover)


def _form_page(
    request: HttpRequest, form: HandoverForm, work: OpenWork, successor: User, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "work": work, "predecessor": work.person, "successor": successor}
    return render(request, "handover/handover_form.html", context, status=status)


def _may_deactivate(request: HttpRequest, work: OpenWork) -> bool:
    return may(request.user, Right.ADMINISTER) and work.person.is_active and work.person != request.user
