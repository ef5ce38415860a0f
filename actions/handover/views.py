"""Hand-overs: the record of them, making one, and the brief for who takes over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import signed_in
from actions.handover.brief import brief_of, send_brief
from actions.handover.forms import BetweenForm, HandoverForm
from actions.handover.models import Handover
from actions.handover.transfer import HandoverError, MadeBeforeError, MovedMeanwhileError, Moving, hand_over, moving
from tracker.people.permissions import Right, may, require

SHOWN = 100


@require_safe
def handover_list(request: HttpRequest) -> HttpResponse:
    """Who handed over what to whom, the newest first."""
    require(request.user, Right.COORDINATE)
    found = Handover.objects.with_people().prefetch_related("action_points__issue__agenda")[:SHOWN]
    return render(request, "handover/handover_list.html", {"handovers": found})


@require_safe
def handover_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of one, and the brief: for the successor and for coordinators."""
    person = signed_in(request)
    found = get_object_or_404(Handover.objects.visible_to(person).with_people(), pk=pk)
    items = brief_of(found, person, timezone.localdate())
    return render(request, "handover/handover_page.html", {"handover": found, "items": items})


@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest) -> HttpResponseBase:
    """`?predecessor=&successor=` shows what would move between them; POST moves it, in one step."""
    person = signed_in(request)
    require(person, Right.COORDINATE)
    if "deactivate" in request.POST:
        require(person, Right.ADMINISTER)
    between = BetweenForm(request.GET if {"predecessor", "successor"} & request.GET.keys() else None)
    if not between.is_valid():
        faulty = between.is_bound or request.method == "POST"
        return render(request, "handover/between_form.html", {"form": between}, status=400 if faulty else 200)
    predecessor, successor = between.cleaned_data["predecessor"], between.cleaned_data["successor"]
    may_deactivate = may(person, Right.ADMINISTER) and predecessor.is_active and predecessor != person
    data = request.POST if request.method == "POST" else None

    def page(form: HandoverForm, found: Moving, status: int) -> HttpResponse:
        context = {"form": form, "moving": found, "predecessor": predecessor, "successor": successor}
        return render(request, "handover/handover_form.html", context, status=status)

    found = moving(predecessor)
    form = HandoverForm(data, moving=found, predecessor=predecessor, may_deactivate=may_deactivate)
    if data and (before := Handover.objects.made_before(predecessor, successor, person, *form.sent)):
        return redirect(before)
    if form.has_moved or not form.is_valid():
        return page(form, found, 409 if form.has_moved else 400 if form.is_bound else 200)
    try:
        made = hand_over(
            predecessor,
            successor,
            reason=form.cleaned_data["reason"],
            by=person,
            now=timezone.now(),
            seen=form.cleaned_data["seen"],
            chosen=form.chosen,
            deactivate=form.cleaned_data.get("deactivate", False),
        )
    except MadeBeforeError as error:
        return redirect(error.made)
    except HandoverError as error:
        form.add_error(None, str(error))
        return page(form, found, 409)
    except MovedMeanwhileError:
        found = moving(predecessor)
        return page(
            HandoverForm(data, moving=found, predecessor=predecessor, may_deactivate=may_deactivate), found, 409
        )
    arrived = f"keep-clear:{request.get_full_path()}"
    if send_brief(made, timezone.localdate()):
        messages.success(
            request, _("Handed over. %(name)s gets the brief by mail.") % {"name": successor}, extra_tags=arrived
        )
    else:
        messages.warning(
            request,
            _("Handed over. The mail did not go out: send %(name)s the address of this page.") % {"name": successor},
            extra_tags=arrived,
        )
    return redirect(made)
