"""Decide on the action points of the old agenda, one by one or all that are open at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from actions.access import get_action_point, signed_in
from actions.models import ActionPoint
from actions.rollover.access import get_rollover
from actions.rollover.decisions import DecisionChangedError, carry_open_forward, decide, remove_decision
from actions.rollover.forms import CarryForwardForm, DecisionForm
from actions.rollover.models import Decision, Rollover
from actions.rollover.plan import RolloverError
from actions.rollover.views import overview_page
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def decision_form(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Decide on one action point. POST with `do=remove` removes the decision; `then=next` leads to the next undecided one."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    point = get_action_point(person, slug, issue, number)
    decision = Decision.objects.filter(action_point=point).prefetch_related("targets__issue").first()
    form = DecisionForm(
        posted(request),
        rollover=rollover,
        action_point=point,
        decision=decision,
        saved=saved_initial(request),
    )
    context = {"form": form, "rollover": rollover, "action_point": point, "decision": decision}
    status = 400 if form.is_bound else 200
    try:
        if message := _change_decision(request, rollover, point, form):
            messages.success(request, message, extra_tags=clear_browser_copy(request))
            return redirect(_next_undecided(rollover) if request.POST.get("then") == "next" else rollover)
    except DecisionChangedError as error:
        form.send_again_with(version=str(error.stored.version) if error.stored else "")
        context |= {"has_conflict": True, "stored": error.stored}
        status = 409
    except RolloverError as error:
        form.is_valid()
        form.add_error(None, str(error))
        status = 409
    return render(request, "rollover/decision_form.html", context, status=status)


@require_POST
def carry_forward(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Carry all open, undecided action points forward."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    form = CarryForwardForm(request.POST)
    if not form.is_valid():
        return overview_page(request, rollover, status=400, carry_forward=form)
    try:
        carried, skipped = carry_open_forward(rollover, form.cleaned_data["reason"], by=person, now=timezone.now())
    except RolloverError as error:
        form.add_error(None, str(error))
        return overview_page(request, rollover, status=409, carry_forward=form)
    message = ngettext(
        "%(count)s action point will be carried forward.", "%(count)s action points will be carried forward.", carried
    )
    messages.success(request, message % {"count": carried})
    if skipped:
        message = ngettext(
            "%(count)s action point is still undecided, because its issue was removed.",
            "%(count)s action points are still undecided, because their issues were removed.",
            skipped,
        )
        messages.warning(request, message % {"count": skipped})
    return redirect(rollover)


def _change_decision(request: HttpRequest, rollover: Rollover, point: ActionPoint, form: DecisionForm) -> str:
    """Store or remove the decision. Return a message; empty if the form is not sent or not valid."""
    person = signed_in(request)
    if request.POST.get("do") == "remove":
        remove_decision(rollover, point, by=person, version=request.POST.get("version", ""))
        return _("%(reference)s is undecided again.") % {"reference": point.reference}
    if form.is_valid():
        decide(rollover, point, form.choice(), by=person, now=timezone.now(), version=form.version_read)
        return _("Decision on %(reference)s saved.") % {"reference": point.reference}
    return ""


def _next_undecided(rollover: Rollover) -> str:
    """Return the address of the next undecided action point; that of the overview if all are decided."""
    point = rollover.undecided().select_related("issue__agenda").first()
    return f"{rollover.get_absolute_url()}{point.code}/" if point else rollover.get_absolute_url()
