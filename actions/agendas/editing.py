"""Edit an agenda, and add issues and action points to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import get_agenda, signed_in
from actions.agendas.forms import AgendaForm, IssueForm, NewActionPointForm
from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import ActionPoint
from issues.models import Agenda, Issue
from tracker.people.permissions import Right
from tracker.transactions import atomic_post, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, pop_saved_form, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.optimistic_lock import VersionedModelForm


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def edit_agenda(request: HttpRequest, slug: str) -> HttpResponseBase:
    agenda = agenda_to_edit(request, slug)
    form = AgendaForm(posted(request), initial=saved_initial(request), instance=agenda)
    return _form_page(request, form, agenda, _("Edit the agenda"))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def add_issue(request: HttpRequest, slug: str) -> HttpResponseBase:
    agenda = agenda_to_edit(request, slug)
    form = IssueForm(posted(request), initial=saved_initial(request), instance=Issue(agenda=agenda))
    return _form_page(request, form, agenda, _("Add an issue"))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def edit_issue(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    agenda = agenda_to_edit(request, slug)
    issue = get_object_or_404(agenda.issues, number=number)
    form = IssueForm(posted(request), initial=saved_initial(request), instance=issue)
    return _form_page(request, form, agenda, _("Edit the issue"))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def add_action_point(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    agenda = agenda_to_edit(request, slug)
    issue = get_object_or_404(agenda.issues, number=number)
    issue.agenda = agenda
    initial = NewActionPointForm.initial_from(pop_saved_form(request))
    form = NewActionPointForm(
        posted(request), initial=initial, instance=ActionPoint(issue=issue), today=timezone.localdate()
    )
    return _form_page(request, form, agenda, _("Add an action point"), under=issue)


def agenda_to_edit(request: HttpRequest, slug: str) -> Agenda:
    """Return the agenda, locked by a POST, so that coordinators who add to it at the same time get different numbers."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE, to_change=True)
    return locked_by_post(request, Agenda.objects.filter(pk=agenda.pk)).get()


def _stored_before(form: VersionedModelForm) -> Any:
    return form.stored_before() if form.is_bound and isinstance(form, UniqueInParentForm) else None


def _form_page(
    request: HttpRequest, form: VersionedModelForm, agenda: Agenda, heading: str, under: Issue | None = None
) -> HttpResponse:
    """Store a valid form and redirect to the page of what was stored; otherwise show the form again."""
    stored: Any = form.save() if form.is_valid() else _stored_before(form)
    if stored:
        messages.success(request, _("“%(name)s” is saved.") % {"name": stored}, extra_tags=clear_browser_copy(request))
        return redirect(stored)
    if form.is_bound and form.instance is agenda:
        agenda.refresh_from_db()  # a form that is checked writes what was typed to its instance
    context = {"form": form, "agenda": agenda, "heading": heading, "under": under}
    return render_form(request, "agendas/agenda_form.html", **context)
