"""The note of an agenda: to read, and to take along as a file; as it stands now, or as it was published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.note.content import Note
from actions.note.frozen import restored
from actions.note.gathering import note_of
from actions.note.outputs import MARKDOWN, PDF, WORD
from actions.note.views.publishing import get_version
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
    found = _draft(request, slug)
    return MARKDOWN.response(found, MARKDOWN.write(found))


@public_if_visible
@require_safe
def note_word(request: HttpRequest, slug: str) -> HttpResponse:
    found = _draft(request, slug)
    return WORD.response(found, WORD.write(found))


@public_if_visible
@require_safe
def note_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    found = _draft(request, slug)
    return PDF.response(found, PDF.write(found))


@public_if_visible
@require_safe
def version_markdown(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _published(request, slug, number)
    return MARKDOWN.response(found, MARKDOWN.write(found))


@public_if_visible
@require_safe
def version_word(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _published(request, slug, number)
    return WORD.response(found, WORD.write(found))


@public_if_visible
@require_safe
def version_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _published(request, slug, number)
    return PDF.response(found, PDF.write(found))


def _draft(request: HttpRequest, slug: str) -> Note:
    """As the reader may see it now, with addresses that work outside of the tracker."""
    agenda = get_agenda(request.user, slug)
    site = request.build_absolute_uri("/").rstrip("/")
    return note_of(agenda, timezone.localdate(), with_people=request.user.is_authenticated, site=site)


def _published(request: HttpRequest, slug: str, number: int) -> Note:
    site = request.build_absolute_uri("/").rstrip("/")
    version = get_version(request.user, slug, number)
    return restored(version.content, with_people=request.user.is_authenticated, site=site)
