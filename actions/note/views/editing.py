"""Coordinators edit the note where it is read. Each paragraph has an address, which shows the note with its form open."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_action_point, get_agenda, get_issue, signed_in
from actions.note import sections
from actions.note.blocks import EditedBlock, blocks_from_json, blocks_to_json
from actions.note.builder import note_updates_of
from actions.note.display import Editor
from actions.note.edits import place_of
from actions.note.forms.paragraph import Action, ParagraphForm
from actions.note.models import SectionEdit
from actions.note.paragraphs import NEW, SectionParagraph, new_paragraph, section_paragraphs
from actions.note.sections import Section
from actions.note.views.reading import note_page, read_note
from issues.models import Agenda
from tracker.people.permissions import Right, require
from tracker.transactions import atomic_post, lock
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted

MAX_VERSIONS = 50
"""Newest versions of a section whose texts an editor lists."""

Find = Callable[..., Section]


def introduction(request: HttpRequest, slug: str) -> Section:
    return sections.introduction(get_agenda(request.user, slug, Right.COORDINATE))


def rationale(request: HttpRequest, slug: str, number: int) -> Section:
    issue = get_issue(request.user, slug, number)
    require(request.user, Right.COORDINATE)
    return sections.rationale(issue)


def description(request: HttpRequest, slug: str, issue: int, number: int) -> Section:
    point = get_action_point(request.user, slug, issue, number)
    require(request.user, Right.COORDINATE)
    return sections.description(point)


def updates(request: HttpRequest, slug: str, issue: int, number: int) -> Section:
    point = get_action_point(request.user, slug, issue, number)
    require(request.user, Right.COORDINATE)
    return sections.updates(point, note_updates_of(point))


@require_safe
def section(request: HttpRequest, slug: str, find: Find, **place: int) -> HttpResponse:
    """Redirect from the former page of a section to the note."""
    signed_in(request)
    return redirect(find(request, slug, **place).back)


@require_safe
def sections_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect from the former list of sections to the note."""
    get_agenda(signed_in(request), slug, Right.COORDINATE)
    return redirect("note", slug)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def paragraph(request: HttpRequest, slug: str, key: str, find: Find, **place: int) -> HttpResponseBase:
    """Show the note with the form of a paragraph open, or change the paragraph. The key "new" adds one."""
    signed_in(request)
    of = find(request, slug, **place)
    if request.method == "POST":
        lock(Agenda.objects.filter(pk=of.agenda.pk))
    edits = list(SectionEdit.objects.filter(agenda=of.agenda, section=of.key).select_related("author")[:MAX_VERSIONS])
    stored = of.lay_out(blocks_from_json(edits[0].blocks) if edits else [])
    found = _find(of, stored, key)
    if found is None:
        return _gone(request, of)
    form = ParagraphForm(posted(request), found, stored, saved_initial(request))
    if form.is_valid():
        return _store(request, of, found, form)
    status = 200 if not form.is_bound else 409 if form.is_conflict else 400
    return _show(request, of, Editor(found, form, edits), status)


def _show(request: HttpRequest, of: Section, editor: Editor, status: int) -> HttpResponse:
    """Show the page of the note with the section, and the form in its place."""
    asked = {} if of.key == sections.INTRODUCTION else {"at": of.anchor}
    return note_page(request, read_note(request, of.agenda), asked, editor=editor, status=status)


def _find(of: Section, stored: list[EditedBlock], key: str) -> SectionParagraph | None:
    if key == NEW:
        return new_paragraph(of)
    place = place_of(stored, key)
    return None if place is None else section_paragraphs(of, stored)[place]


def _gone(request: HttpRequest, of: Section) -> HttpResponse:
    """Answer for a paragraph of the coordinators that was removed or merged: its text opens as a new paragraph, so that it is not lost.

    Raises Http404 if nothing was sent.
    """
    if request.method != "POST":
        raise Http404
    if request.POST.get("do") in {Action.LEAVE_OUT, Action.MERGE}:  # sent twice
        return redirect(of.back)
    typed = {"text": request.POST.get("text", "")}
    form = ParagraphForm(None, new_paragraph(of), [], typed)
    messages.warning(request, _("This paragraph was removed while you were typing. Save your text to add it again."))
    return _show(request, of, Editor(new_paragraph(of), form, []), status=409)


def _store(request: HttpRequest, of: Section, changed: SectionParagraph, form: ParagraphForm) -> HttpResponse:
    blocks = blocks_to_json(form.blocks, of.sources)
    SectionEdit.store(of.agenda, of.key, blocks, author=signed_in(request), now=timezone.now())
    messages.success(request, _("Moved.") if form.moves else _("Saved."), extra_tags=clear_browser_copy(request))
    if form.moves and not form.only_moves:
        return redirect(changed.address)
    kept = of.lay_out(blocks_from_json(blocks))
    if not changed.place:
        return redirect(f"{of.page}#{of.anchor_of(kept[-1].key)}")
    place = place_of(kept, changed.key)
    return redirect(of.back if place is None else f"{of.page}#{of.anchor_of(kept[place].key)}")
