"""The page of the note as it is now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.note.builder import build_note
from actions.note.pages import get_note_page
from tracker.people.permissions import Right, may


@public_if_visible
@require_safe
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the note as it is now. A long one has pages: `?page=2`, or `?at=action-point-3-2` for the page with that anchor."""
    agenda = get_agenda(request.user, slug)
    found = build_note(agenda, timezone.localdate(), with_people=request.user.is_authenticated)
    errors: list[str] = []
    context = {
        "agenda": agenda,
        "note": found,
        "content": get_note_page(found, request.GET, errors),
        "errors": errors,
        "may_coordinate": may(request.user, Right.COORDINATE),
    }
    return render(request, "note/note_page.html", context, status=400 if errors else 200)
