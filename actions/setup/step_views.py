"""Name a new agenda, and steps 2 to 5 of its set-up: agencies, people, leads, opening."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.agendas.editing import agenda_to_edit
from actions.models import ActionPoint, ProgressUpdate
from actions.responsibilities import add_lead, default_since, end_lead
from actions.setup.checklist import agencies_of, steps, without_focal_point, without_lead
from actions.setup.forms import LeadsForm, NewAgendaForm, OpeningForm, QueuedInvitationForm
from actions.setup.models import PastedText, QueuedInvitation
from actions.setup.naming import Directory
from actions.setup.opening import OpeningError, open_agenda
from issues.models import Agenda
from tracker.enumerations import comma_separated
from tracker.people.forms import NewAgencyForm
from tracker.people.models import Agency, User
from tracker.people.permissions import Right, require
from tracker.transactions import atomic_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page

PAGE_SIZE = 50
"""Action points on a page of step 4."""


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def new_agenda(request: HttpRequest) -> HttpResponseBase:
    """Name a new agenda, which begins as a draft. `begin=empty` leads to its page, otherwise to pasting."""
    require(person := signed_in(request), Right.COORDINATE)
    latest = Agenda.objects.current()
    year = int(latest.slug) + 1 if latest and latest.slug.isdecimal() and len(latest.slug) == 4 else ""
    form = NewAgendaForm(posted(request), initial={"slug": year, "language": person.language} | saved_initial(request))
    agenda = form.save() if form.is_valid() else form.stored_before()
    if agenda:
        messages.success(
            request, _("“%(name)s” is saved.") % {"name": agenda.title}, extra_tags=clear_browser_copy(request)
        )
        return redirect(agenda) if request.POST.get("begin") == "empty" else redirect("paste_agenda", agenda.slug)
    return render_form(request, "setup/new_agenda.html", form, latest=latest)


def _of_draft(
    view: Callable[[HttpRequest, Agenda], HttpResponseBase],
) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Pass the draft with this slug to the view. An agenda that is open already leads to its page."""

    @wraps(view)
    def of_slug(request: HttpRequest, slug: str) -> HttpResponseBase:
        agenda = agenda_to_edit(request, slug)
        if agenda.state == Agenda.State.DRAFT:
            return view(request, agenda)
        messages.info(request, _("This agenda was already opened."))
        return redirect(agenda)

    return of_slug


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
@_of_draft
def agencies(request: HttpRequest, agenda: Agenda) -> HttpResponseBase:
    """Step 2: show the agencies of the agenda, and add others to the directory."""
    initial = {"acronym": request.GET.get("acronym", "")[:20]} | saved_initial(request)
    form = NewAgencyForm(posted(request), initial=initial)
    if form.is_valid():
        agency = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": agency}, extra_tags=clear_browser_copy(request))
        return redirect("setup_agencies", agenda.slug)
    stored = PastedText.objects.filter(agenda=agenda).first()
    kept = [
        key.removeprefix("agency:").upper()
        for key, answer in (stored.answers if stored else {}).items()
        if answer == "keep"
    ]
    known = {acronym.upper() for acronym in Agency.objects.values_list("acronym", flat=True)}
    context = {"agencies": agencies_of(agenda), "kept_as_text": [acronym for acronym in kept if acronym not in known]}
    return _step(request, agenda, 2, "setup/agencies_page.html", form, **context)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
@_of_draft
def people(request: HttpRequest, agenda: Agenda) -> HttpResponseBase:
    """Step 3: queue invitations of focal points, which are sent on opening. `remove` takes one off the list."""
    if request.method == "POST" and (pk := request.POST.get("remove", "")):
        QueuedInvitation.objects.filter(agenda=agenda, pk=int(pk) if pk.isdecimal() and len(pk) < 10 else 0).delete()
        return redirect("setup_people", agenda.slug)
    lonely = without_focal_point(agenda)
    person = signed_in(request)
    first = lonely.filter(acronym=request.GET.get("agency", "")[:20]).first() or lonely.first()
    initial = {"agency": first.pk if first else None, "language": person.language} | saved_initial(request)
    form = QueuedInvitationForm(
        posted(request), initial=initial, instance=QueuedInvitation(agenda=agenda, queued_by=person)
    )
    if form.is_valid():
        queued = form.save()
        message = _("The invitation to %(person)s is queued. It is sent when you open the agenda.")
        messages.success(request, message % {"person": queued.name}, extra_tags=clear_browser_copy(request))
        return redirect("setup_people", agenda.slug)
    named = list(agencies_of(agenda))
    active = User.objects.active().focal_points().filter(agency__in=named)
    context = {
        "lonely": lonely,
        "queued": QueuedInvitation.objects.filter(agenda=agenda).select_related("agency"),
        "active": active.select_related("agency").order_by("agency__acronym", "name"),
    }
    return _step(request, agenda, 3, "setup/people_page.html", form, **context)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
@_of_draft
def leads(request: HttpRequest, agenda: Agenda) -> HttpResponseBase:
    """Step 4: name the lead agencies of each action point, a page at a time. Agencies that its text names are offered."""
    errors: list[str] = []
    points = ActionPoint.objects.filter(issue__agenda=agenda).with_context().in_order()
    page = get_page(points, PAGE_SIZE, request.GET, errors)
    shown = list(page)
    directory = Directory(list(Agency.objects.all()))
    by_acronym = {agency.acronym.casefold(): agency for agency in directory.agencies}
    form = LeadsForm(posted(request), points=shown, agencies=by_acronym)
    if form.is_valid():
        count = _store_leads(agenda, form)
        words = ngettext("%(count)s action point changed.", "%(count)s action points changed.", count)
        messages.success(request, words % {"count": count}, extra_tags=clear_browser_copy(request))
        following = f"?page={page.next_page_number()}" if page.has_next() else ""
        return redirect(f"{request.path}{following}") if following else redirect("setup_opening", agenda.slug)
    offered = _offered(shown, directory)
    rows = [(point, form[f"lead-{point.pk}"], offered[point.pk]) for point in shown]
    context = {"rows": rows, "page": page, "errors": errors}
    return _step(request, agenda, 4, "setup/leads_page.html", form, **context)


def _store_leads(agenda: Agenda, form: LeadsForm) -> int:
    today = timezone.localdate()
    changes = form.changes()
    for point, added, removed in changes:
        for agency in added:
            add_lead(point, agency, since=default_since(agenda, today))
        for agency in removed:
            end_lead(point, agency, until=today)
    return len(changes)


def _offered(points: list[ActionPoint], directory: Directory) -> dict[int, list[Agency]]:
    """Return the agencies that each action point and its updates name, and that do not lead it. One query."""
    by_id = {agency.pk: agency for agency in directory.agencies}
    named = {point.pk: directory.named_in(f"{point.title}\n{point.description}") for point in points}
    updates = ProgressUpdate.objects.filter(action_point__in=points).current().order_by("number")
    for point, agency, narrative in updates.values_list("action_point", "agency", "narrative"):
        named[point] += [by_id[agency]] if agency in by_id else []
        named[point] += directory.named_in(narrative)
    return {
        point.pk: [agency for agency in dict.fromkeys(named[point.pk]) if agency not in point.leads] for point in points
    }


@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
@_of_draft
def opening(request: HttpRequest, agenda: Agenda) -> HttpResponseBase:
    """Step 5: show what opening does, and open. Visible to everybody only after a confirmation."""
    person = signed_in(request)
    form = OpeningForm(posted(request), agenda=agenda)
    if form.is_valid():
        chosen = {"close_source": False} | form.cleaned_data
        chosen.pop("confirm_everybody", None)
        try:
            opened = open_agenda(agenda, by=person, today=timezone.localdate(), **chosen)
        except OpeningError as error:
            form.add_error(None, str(error))
        else:
            return _opened(request, opened)
    points = ActionPoint.objects.filter(issue__agenda=agenda)
    context = {
        "points": points.count(),
        "updates": ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).current().count(),
        "without_lead": without_lead(agenda).count(),
        "lonely": without_focal_point(agenda),
        "queued": QueuedInvitation.objects.filter(agenda=agenda).select_related("agency"),
        "has_text": PastedText.objects.filter(agenda=agenda, added_at=None).exclude(text="").exists(),
    }
    return _step(request, agenda, 5, "setup/opening_page.html", form, **context)


def _opened(request: HttpRequest, opened: Any) -> HttpResponseBase:
    messages.success(request, _("“%(agenda)s” is open.") % {"agenda": opened.agenda.title})
    if count := len(opened.invited):
        words = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
        messages.success(request, words % {"count": count})
    if opened.skipped:
        words = _("These people were in the directory already; no mail was sent: %(addresses)s.")
        messages.warning(request, words % {"addresses": comma_separated(opened.skipped)})
    return redirect(opened.agenda)


def _step(request: HttpRequest, agenda: Agenda, number: int, template: str, form: Any, **context: Any) -> HttpResponse:
    return render_form(request, template, form, agenda=agenda, steps=steps(agenda, number), **context)
