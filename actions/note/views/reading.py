"""The note of an agenda: to read, and to take along as a file."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.note import as_markdown, as_pdf, as_word
from actions.note.content import Note
from actions.note.gathering import note_of
from tracker.people.permissions import Right, may


@public_if_visible
@require_safe
def note(request: HttpRequest, slug: str) -> HttpResponse:
    agenda = get_agenda(request.user, slug)
    found = note_of(agenda, timezone.localdate(), with_people=request.user.is_authenticated)
    context = {"agenda": agenda, "note": found, "may_coordinate": may(request.user, Right.COORDINATE)}
    return render(request, "note/note_page.html", context)


@public_if_visible
@require_safe
def note_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(request, slug, as_markdown.write, "md", "text/markdown; charset=utf-8")


@public_if_visible
@require_safe
def note_word(request: HttpRequest, slug: str) -> HttpResponse:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return _file(request, slug, as_word.write, "docx", word)


@public_if_visible
@require_safe
def note_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(request, slug, as_pdf.write, "pdf", "application/pdf")


def _file(
    request: HttpRequest, slug: str, write: Callable[[Note], str | bytes], extension: str, content_type: str
) -> HttpResponse:
    """The note as the reader may see it now, to be saved as `note-2005.md` or the like."""
    agenda = get_agenda(request.user, slug)
    site = request.build_absolute_uri("/").rstrip("/")
    found = note_of(agenda, timezone.localdate(), with_people=request.user.is_authenticated, site=site)
    headers = {"Content-Disposition": f'attachment; filename="note-{agenda.slug}.{extension}"'}
    return HttpResponse(write(found), content_type=content_type, headers=headers)
