"""The note as files: a short one at once, a long one by a worker, with a page that shows its progress."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.access import get_agenda, public_if_visible
from actions.note.builder import build_note
from actions.note.export.background import FileRequest, request_file
from actions.note.export.formats import FORMATS, Format, file_name
from actions.note.export.limits import AT_ONCE_BYTES, AT_ONCE_SIZE, size
from actions.note.models import NoteFile, NoteVersion
from actions.note.serialization import from_json, to_json
from actions.note.tasks import make_file
from actions.note.views.publishing import get_version
from issues.models import Agenda
from tracker.queueing import enqueue
from tracker.web.rate_limits import limit_visitors

REFRESH = 3
"""Seconds after which a page of a file that is not ready asks again."""


@public_if_visible
@limit_visitors("note_files")
@require_safe
def draft_file(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """Return the note as the reader may see it now."""
    return _file(request, get_agenda(request.user, slug), None, FORMATS[extension])


@public_if_visible
@limit_visitors("note_files")
@require_safe
def version_file(request: HttpRequest, slug: str, number: int, extension: str) -> HttpResponse:
    """Return the note as it was published."""
    version = get_version(request.user, slug, number)
    return _file(request, version.agenda, version, FORMATS[extension])


@public_if_visible
@limit_visitors("note_files")
@require_POST
def ask_for_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a worker write the file of a long note: `extension`, and `version` unless it is the draft."""
    number, extension = request.POST.get("version", ""), request.POST.get("extension", "")
    if extension not in FORMATS or not (number == "" or (number.isascii() and number.isdecimal() and len(number) < 7)):
        raise BadRequest(_("There is no such file of the note."))
    version = get_version(request.user, slug, int(number)) if number else None
    agenda = version.agenda if version else get_agenda(request.user, slug)
    content, kind = _content(request, agenda, version), FORMATS[extension]
    if size(from_json(content, with_people=True)) > kind.largest:
        return _too_long(request, agenda, version, kind)
    wanted = FileRequest(
        agenda=agenda,
        version=version,
        content=content,
        extension=extension,
        with_people=request.user.is_authenticated,
        site=_site(request),
    )
    return redirect(request_file(wanted, now=timezone.now(), enqueue=partial(enqueue, make_file)))


@public_if_visible
@require_safe
def file_page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Show the progress of the file. The page reloads by itself until the file is ready."""
    file, now = _get_file(request, slug, pk), timezone.now()
    under_way = file.is_under_way(now)
    states = [NoteFile.State.WAITING, NoteFile.State.WORKING, NoteFile.State.READY]
    context = {
        "agenda": file.agenda,
        "file": file,
        "format": FORMATS[file.extension],
        "under_way": under_way,
        "step": states.index(NoteFile.State(file.state)) + 1 if under_way or file.is_ready else 0,
        "seconds": REFRESH,
    }
    answer = render(request, "note/file_page.html", context)
    if under_way:
        answer["Refresh"] = str(REFRESH)
    answer["Cache-Control"] = "no-store"
    return answer


@public_if_visible
@require_safe
def file_content(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    file = _get_file(request, slug, pk)
    if not file.is_ready:
        return redirect(file)
    name = file_name(slug, file.version.number if file.version else None, file.extension)
    return FileResponse(
        file.path.open("rb"), as_attachment=True, filename=name, content_type=FORMATS[file.extension].content_type
    )


def _get_file(request: HttpRequest, slug: str, pk: UUID) -> NoteFile:
    """Return the file if the user may read the note, and its people if it names some. Raises Http404. Two queries."""
    found = NoteFile.objects.select_related("agenda", "version").defer("content")
    file = get_object_or_404(found, pk=pk, agenda__slug=slug)
    if file.version_id:
        visible = NoteVersion.objects.visible_to(request.user).filter(pk=file.version_id)
    else:
        visible = Agenda.objects.visible_to(request.user).filter(pk=file.agenda_id)
    if not visible.exists() or (file.with_people and not request.user.is_authenticated):
        raise Http404
    return file


def _file(request: HttpRequest, agenda: Agenda, version: NoteVersion | None, kind: Format) -> HttpResponse:
    content = _content(request, agenda, version)
    note = from_json(content, with_people=True, site=_site(request))
    if (work := size(note)) > kind.largest:
        return _too_long(request, agenda, version, kind)
    if work > AT_ONCE_SIZE or (len(content) > AT_ONCE_BYTES and not kind.is_quick):
        return render(request, "note/file_ask.html", {"agenda": agenda, "version": version, "format": kind})
    name = file_name(agenda.slug, version.number if version else None, kind.extension)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(kind.write(note), content_type=kind.content_type, headers=headers)


def _too_long(request: HttpRequest, agenda: Agenda, version: NoteVersion | None, kind: Format) -> HttpResponse:
    """Say what to do instead of this kind of file."""
    context = {"agenda": agenda, "version": version, "format": kind}
    return render(request, "note/file_too_long.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _content(request: HttpRequest, agenda: Agenda, version: NoteVersion | None) -> str:
    """Return the canonical JSON of the note, without the people whom the reader may not see."""
    with_people = request.user.is_authenticated
    if version and with_people:
        return version.content
    if version:
        return to_json(from_json(version.content, with_people=False))
    return to_json(build_note(agenda, timezone.localdate(), with_people=with_people))


def _site(request: HttpRequest) -> str:
    """Return the beginning of addresses in a file."""
    return request.build_absolute_uri("/").rstrip("/")[:300]
