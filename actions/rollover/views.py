"""Show the plan of the next agenda, name it, create its draft, or remove that."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.access import get_agenda, signed_in
from actions.rollover import carry_out
from actions.rollover.access import get_rollover
from actions.rollover.forms import CarryForwardForm, RolloverForm
from actions.rollover.milestones import undecided_milestones
from actions.rollover.models import Rollover
from actions.rollover.overview import overview_of
from actions.rollover.plan import RolloverError, reason_not_to_start, rename, start
from tracker.people.permissions import Right
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page

PAGE_SIZE = 50
"""Action points of each agenda on a page of the overview."""


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the decisions and the new agenda as planned. `?show=undecided` leaves out decided action points."""
    source = get_agenda(signed_in(request), slug, Right.COORDINATE)
    rollover = Rollover.objects.filter(source=source).select_related("next_agenda", "carried_out_by").first()
    if rollover is None:
        context = {"source": source, "reason_not_to_start": reason_not_to_start(source)}
        return render(request, "rollover/start_page.html", context)
    rollover.source = source
    return overview_page(request, rollover)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def name_form(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Start a plan by naming the new agenda, or change the name."""
    person = signed_in(request)
    source = get_agenda(person, slug, Right.COORDINATE)
    stored = Rollover.objects.filter(source=source).first()
    if (stored and stored.is_carried_out) or (not stored and reason_not_to_start(source)):
        messages.error(request, reason_not_to_start(source))
        return redirect("rollover", slug)
    form = RolloverForm(
        posted(request),
        initial=saved_initial(request),
        instance=stored or Rollover(source=source),
    )
    if form.is_valid():
        try:
            if stored:
                rename(stored, **form.cleaned_data)
            else:
                start(form.instance, person, timezone.now())
        except RolloverError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Name saved."), extra_tags=clear_browser_copy(request))
        return redirect("rollover", slug)
    context = {"form": form, "source": source, "stored": stored}
    return render_form(request, "rollover/name_form.html", **context)


@require_POST
def create_agenda(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Create the planned agenda as a draft."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    try:
        agenda = carry_out.create_agenda(rollover, by=person, now=timezone.now())
    except RolloverError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(agenda)s” was created as a draft.") % {"agenda": agenda.title})
    return redirect(rollover)


@require_POST
def remove_draft(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Remove the draft that was created. The decisions are kept."""
    rollover = get_rollover(signed_in(request), slug)
    try:
        carry_out.remove_draft(rollover)
    except RolloverError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Draft removed. All decisions are kept."))
    return redirect(rollover)


def overview_page(request: HttpRequest, rollover: Rollover, *, status: int = 200, **forms: Form) -> HttpResponse:
    """Render the overview of a plan whose source is loaded. `forms` replaces the empty `carry_forward` form."""
    plan, errors = overview_of(rollover), list[str]()
    only_undecided = request.GET.get("show") == "undecided"
    context = {
        "rollover": rollover,
        "source": rollover.source,
        "overview": plan,
        "undecided_milestones": len(undecided_milestones(rollover, timezone.localdate())),
        "page": get_page(plan.rows(only_undecided=only_undecided), PAGE_SIZE, request.GET, errors),
        "planned_page": get_page(plan.planned_rows, PAGE_SIZE, request.GET, errors, parameter="planned"),
        "errors": errors,
        "only_undecided": only_undecided,
        "carry_forward": CarryForwardForm(initial={"reason": _("Still open at the end of the period.")}),
    }
    status = 400 if errors and status == 200 else status
    return render(request, "rollover/overview_page.html", context | forms, status=status)
