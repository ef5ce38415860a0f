"""The pages of a roll-over: what is decided and what is not, one decision, and making, undoing and opening the new agenda."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.access import get_action_point, get_agenda, signed_in
from actions.rollover import carry_out
from actions.rollover.access import get_rollover
from actions.rollover.decisions import (
    ChangedMeanwhileError,
    RolloverError,
    carry_open_forward,
    decide,
    rename,
    start,
    take_back,
)
from actions.rollover.forms import BulkForm, DecisionForm, OpeningForm, RolloverForm
from actions.rollover.models import Decision, Rollover
from actions.rollover.overview import Plan, plan_of
from issues.models import Agenda
from tracker.people.permissions import Right
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What becomes of each action point, and the new agenda as planned. `?show=undecided` leaves out the others."""
    source = get_agenda(signed_in(request), slug, Right.COORDINATE)
    rollover = Rollover.objects.filter(source=source).select_related("made", "made_by").first()
    if rollover is None:
        return render(request, "rollover/start_page.html", {"source": source, "why_not": _why_not(source)})
    rollover.source = source
    plan = plan_of(rollover)
    only_undecided = request.GET.get("show") == "undecided"
    return render(request, "rollover/overview_page.html", _context(rollover, plan) | {"only_undecided": only_undecided})


@preserve_form
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Begins the roll-over with the new agenda's name, or changes the name."""
    person = signed_in(request)
    source = get_agenda(person, slug, Right.COORDINATE)
    stored = Rollover.objects.filter(source=source).first()
    if (stored and stored.is_made) or (not stored and _why_not(source)):
        messages.error(request, _why_not(source))
        return redirect("rollover", slug)
    rollover = stored or Rollover(source=source)
    form = RolloverForm(
        request.POST if request.method == "POST" else None, initial=saved_initial(request), instance=rollover
    )
    if form.is_valid():
        try:
            if stored:
                rename(stored, **form.cleaned_data)
            else:
                start(form.instance, person, timezone.now())
        except RolloverError as error:
            messages.error(request, str(error))
            return redirect("rollover", slug)
        messages.success(request, _("The name is kept."), extra_tags=clear_browser_copy(request))
        return redirect("rollover", slug)
    context = {"form": form, "source": source, "stored": stored}
    return render(request, "rollover/name_form.html", context, status=400 if form.is_bound else 200)


@preserve_form
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Decides on one action point; POST with `do=take-back` makes it undecided. Leads on to the next that is undecided."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    point = get_action_point(person, slug, issue, number, Right.COORDINATE)
    stored = Decision.objects.filter(action_point=point).prefetch_related("targets__issue").first()
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        rollover=rollover,
        action_point=point,
        stored=stored,
        kept=saved_initial(request),
    )
    context = {"form": form, "rollover": rollover, "action_point": point, "stored": stored}
    try:
        if request.POST.get("do") == "take-back":
            take_back(rollover, point, by=person, seen=request.POST.get("seen", ""))
            messages.success(
                request,
                _("%(reference)s is undecided again.") % {"reference": point.reference},
                extra_tags=clear_browser_copy(request),
            )
            return redirect(rollover)
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            decide(rollover, point, form.choice(), by=person, now=timezone.now(), seen=seen)
            messages.success(
                request,
                _("Decided on %(reference)s.") % {"reference": point.reference},
                extra_tags=clear_browser_copy(request),
            )
            return redirect(_next(rollover, request.POST.get("then", "")))
    except ChangedMeanwhileError as error:
        form.send_again_with(seen=str(error.theirs.revision) if error.theirs else "")
        return render(
            request, "rollover/decision_form.html", context | {"conflict": True, "theirs": error.theirs}, status=409
        )
    except RolloverError as error:
        form.is_valid()
        form.add_error(None, str(error))
        return render(request, "rollover/decision_form.html", context, status=409)
    return render(request, "rollover/decision_form.html", context, status=400 if form.is_bound else 200)


@require_POST
def carried_forward(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Carries all forward that are open and undecided."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _overview_again(request, rollover, 400, bulk=form)
    try:
        carried, left = carry_open_forward(rollover, form.cleaned_data["reason"], by=person, now=timezone.now())
    except RolloverError as error:
        form.add_error(None, str(error))
        return _overview_again(request, rollover, 409, bulk=form)
    said = ngettext(
        "%(count)s action point is carried forward.", "%(count)s action points are carried forward.", carried
    )
    messages.success(request, said % {"count": carried})
    if left:
        said = ngettext(
            "%(count)s stays undecided: its issue was dropped.",
            "%(count)s stay undecided: their issues were dropped.",
            left,
        )
        messages.warning(request, said % {"count": left})
    return redirect(rollover)


@require_POST
def agenda(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Makes the agenda that was planned."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    try:
        made = carry_out.make(rollover, by=person, now=timezone.now())
    except RolloverError as error:
        messages.error(request, str(error))
        return redirect(rollover)
    messages.success(request, _("“%(agenda)s” is made, as a draft.") % {"agenda": made.title})
    return redirect(rollover)


@require_POST
def undoing(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Removes the draft that was made; the decisions stay."""
    rollover = get_rollover(signed_in(request), slug)
    try:
        carry_out.undo(rollover)
    except RolloverError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The draft is removed. Every decision is kept."))
    return redirect(rollover)


@require_POST
def opening(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Opens the draft to those who are chosen."""
    rollover = get_rollover(signed_in(request), slug)
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _overview_again(request, rollover, 400, opening=form)
    try:
        opened = carry_out.open_agenda(rollover, today=timezone.localdate(), **form.cleaned_data)
    except RolloverError as error:
        messages.error(request, str(error))
        return redirect(rollover)
    messages.success(request, _("“%(agenda)s” is open.") % {"agenda": opened.title})
    return redirect(opened)


def _context(rollover: Rollover, plan: Plan) -> dict[str, object]:
    return {
        "rollover": rollover,
        "source": rollover.source,
        "plan": plan,
        "bulk": BulkForm(initial={"reason": _("Still open at the end of the period.")}),
        "opening": OpeningForm(
            initial={"close_source": True, "visible_to": rollover.made.visible_to if rollover.made else ""}
        ),
    }


def _overview_again(request: HttpRequest, rollover: Rollover, status: int, **forms: Form) -> HttpResponse:
    context = _context(rollover, plan_of(rollover)) | forms
    return render(request, "rollover/overview_page.html", context, status=status)


def _why_not(source: Agenda) -> str:
    """Why no roll-over can begin or be renamed; empty where it can. One query or two."""
    if source.state == Agenda.State.DRAFT:
        return _("This agenda is a draft. Open it first; a year later it rolls over.")
    if follower := Agenda.objects.filter(follows=source).first():
        return _("“%(agenda)s” follows this agenda already.") % {"agenda": follower.title}
    return ""


def _next(rollover: Rollover, then: str) -> str:
    """The next one that is undecided, where that is asked for and there is one; else the overview."""
    following = rollover.undecided().select_related("issue__agenda").first() if then == "next" else None
    if following is None:
        return rollover.get_absolute_url()
    return f"{rollover.get_absolute_url()}{following.code}/"
