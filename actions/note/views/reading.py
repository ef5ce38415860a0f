"""The page of the note as it is now: to read, to edit and to review."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.note.builder import NoteBuilder
from actions.note.content import Note, action_point_anchor
from actions.note.display import Editor, NoteDisplay, ReviewBox, display_as_text, review_address
from actions.note.pages import NotePage, get_note_page
from actions.note.sign_offs import PointSignOffs, ReviewProgress, ReviewState, point_sign_offs, review_progress
from issues.models import Agenda
from tracker.enumerations import comma_separated_html
from tracker.people.models import User
from tracker.people.permissions import Right, may

MAX_REMINDED = 50
"""People whom one mail reminds: mail programs refuse longer addresses."""
MAX_MISSING = 6
"""Agencies named in the line that says how close the note is to publication."""


@public_if_visible
@require_safe
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the note as it is now. A long one has pages: `?page=2`, or `?at=action-point-3-2` for the page with that anchor."""
    return note_page(request, read_note(request, get_agenda(request.user, slug)), request.GET)


def read_note(request: HttpRequest, agenda: Agenda) -> NoteBuilder:
    return NoteBuilder(agenda, timezone.localdate(), with_people=request.user.is_authenticated)


def note_page(
    request: HttpRequest,
    builder: NoteBuilder,
    asked: Mapping[str, str],
    *,
    sign_offs: list[PointSignOffs] | None = None,
    editor: Editor | None = None,
    review: ReviewBox | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of the note that the query asks for, with the form of one paragraph or one review open."""
    errors: list[str] = []
    context: dict[str, Any] = {"agenda": builder.agenda, "note": builder.note, "errors": errors}
    short_titles = {issue.number: issue.short_title for issue in builder.issues}
    if isinstance(request.user, User):
        sign_offs = point_sign_offs(builder) if sign_offs is None else sign_offs
        states = {each.point.code: each.state for each in sign_offs}
        page = get_note_page(builder.note, asked, errors, short_titles=short_titles, states=states)
        may_edit = may(request.user, Right.COORDINATE)
        display = NoteDisplay(builder, sign_offs, request.user, may_edit, editor, review)
        waiting = [each for each in sign_offs if each.is_open_for(request.user)]
        context |= {
            "shown": display.display(page),
            "may_edit": may_edit,
            "states": ReviewState,
            "waiting": [(each, review_address(each)) for each in waiting[:1]],
        } | _progress(review_progress(sign_offs), page)
        if may_edit:
            context["reminder"] = _reminder(request, builder.note, context["progress"])
    else:
        page = get_note_page(builder.note, asked, errors, short_titles=short_titles)
        context["shown"] = display_as_text(builder.note, page)
    opened = editor or review
    context |= {"content": page, "is_open": bool(opened), "form": opened.form if opened else None}
    return render(request, "note/note_page.html", context, status=400 if errors else status)


def _progress(progress: ReviewProgress, page: NotePage) -> dict[str, Any]:
    """Return how close the note is to publication, with links to the sections that are missing."""
    names = [
        format_html('<a href="{}">{}</a>', _link(page, codes[0]), agency)
        for agency, codes in progress.missing[:MAX_MISSING]
    ]
    more = ["…"] if len(progress.missing) > MAX_MISSING else []
    return {
        "progress": progress,
        "missing": comma_separated_html([*names, *more]),
        "to_check": _link(page, progress.to_check[0].point.code) if progress.to_check else "",
    }


def _reminder(request: HttpRequest, note: Note, progress: ReviewProgress) -> str:
    """Return the address of a mail to the focal points of the agencies that are missing, to send from one's own mail program."""
    missing = {agency for agency, _ignored in progress.missing}
    contacts = [contact.email for agency in note.directory if agency.acronym in missing for contact in agency.contacts]
    if not contacts:
        return ""
    subject = _("Please review the note: %(title)s") % {"title": note.title}
    address = request.build_absolute_uri(reverse("note", args=[note.slug]))
    return f"mailto:{','.join(map(quote, contacts[:MAX_REMINDED]))}?{urlencode({'subject': subject, 'body': address}, quote_via=quote)}"


def _link(page: NotePage, code: str) -> str:
    anchor = action_point_anchor(code)
    is_here = any(point.anchor == anchor for issue in page.issues for point in issue.points)
    return f"#{anchor}" if is_here else f"?at={anchor}#{anchor}"
