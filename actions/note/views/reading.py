"""The page of the note as it is now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.note.builder import build_note
from tracker.people.permissions import Right, may


@public_if_visible
@require_safe
def note(request: HttpRequest, slug: str) -> HttpResponse:
    agenda = get_agenda(request.user, slug)
    found = build_note(agenda, timezone.localdate(), with_people=request.user.is_authenticated)
    context = {"agenda": agenda, "note": found, "may_coordinate": may(request.user, Right.COORDINATE)}
    return render(request, "note/note_page.html", context)
