"""The note of an agenda: to read, and to take along as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.models import ActionStatus
from actions.note.content import note_of


@public_if_visible
@require_safe
def note(request: HttpRequest, slug: str) -> HttpResponse:
    agenda = get_agenda(request.user, slug)
    found = note_of(agenda, timezone.localdate(), with_people=request.user.is_authenticated)
    return render(request, "note/note_page.html", {"agenda": agenda, "note": found, "statuses": list(ActionStatus)})
