"""Coordinators edit the note: the list of its sections, and a page for each of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_action_point, get_agenda, get_issue, signed_in
from actions.note import sections
from actions.note.blocks import blocks_to_json
from actions.note.builder import edited_sections, note_updates_of
from actions.note.forms.section_edit import SectionForm
from actions.note.models import SectionEdit
from actions.note.sections import Section
from issues.models import Agenda
from tracker.people.permissions import Right, require
from tracker.transactions import atomic_post, lock
from tracker.web.form_recovery import clear_browser_copy, pop_saved_form, preserve_form
from tracker.web.pagination import get_page

SECTIONS = 200
"""Sections on a page of their list."""

MAX_VERSIONS = 50
"""Newest versions of a section that its page lists."""


@require_safe
def editing(request: HttpRequest, slug: str) -> HttpResponse:
    """List all sections: which are edited, by whom, and in which a source has changed since."""
    agenda = get_agenda(request.user, slug, Right.COORDINATE)
    errors: list[str] = []
    page = get_page(edited_sections(agenda), SECTIONS, request.GET, errors)
    context = {"agenda": agenda, "page": page, "errors": errors}
    return render(request, "note/editing_page.html", context, status=400 if errors else 200)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def edit_introduction(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _edit(request, sections.introduction(get_agenda(signed_in(request), slug, Right.COORDINATE)))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def edit_rationale(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    issue = get_issue(signed_in(request), slug, number)
    require(signed_in(request), Right.COORDINATE)
    return _edit(request, sections.rationale(issue))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def edit_description(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    point = get_action_point(person := signed_in(request), slug, issue, number)
    require(person, Right.COORDINATE)
    return _edit(request, sections.description(point))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def edit_updates(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    point = get_action_point(person := signed_in(request), slug, issue, number)
    require(person, Right.COORDINATE)
    return _edit(request, sections.updates(point, note_updates_of(point)))


@atomic_post
def _edit(request: HttpRequest, section: Section) -> HttpResponseBase:
    if request.method == "POST":
        lock(Agenda.objects.filter(pk=section.agenda.pk))
    versions = list(
        SectionEdit.objects.filter(agenda=section.agenda, section=section.key).select_related("author")[:MAX_VERSIONS]
    )
    newest = versions[0] if versions else None
    if request.method == "POST":
        form = SectionForm(request.POST, section=section, edit=newest)
        if form.is_valid():
            blocks = blocks_to_json(form.blocks, section.sources)
            SectionEdit.store(section.agenda, section.key, blocks, author=signed_in(request), now=timezone.now())
            messages.success(request, _("The note says this now."), extra_tags=clear_browser_copy(request))
            if form.shares_places:
                messages.info(
                    request,
                    _(
                        "Some texts had the same place. What you moved up comes before the text that was there, what you moved down "
                        "after it. Check that the order is what you want."
                    ),
                )
            return redirect(request.path if "keep" in request.POST or "take" in request.POST else section.back)
    else:
        form = SectionForm(_saved_form(request), section=section, edit=newest)
    status = 200 if request.method != "POST" else 409 if form.is_conflict else 400
    context: dict[str, Any] = {"agenda": section.agenda, "section": section, "form": form, "versions": versions}
    return render(request, "note/section_form.html", context, status=status)


def _saved_form(request: HttpRequest) -> QueryDict | None:
    """Return what a signed-out person had submitted."""
    typed = pop_saved_form(request)
    if typed is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data
