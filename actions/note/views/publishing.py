"""Published versions of the note: publishing one, reading them, comparing two."""

from itertools import pairwise

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.access import Person, get_agenda, public_if_visible, signed_in
from actions.note.builder import NoteBuilder, build_note
from actions.note.comparison import compare
from actions.note.content import Note
from actions.note.display import display_as_text
from actions.note.forms.publish import AudienceForm, PublishForm
from actions.note.models import NoteVersion
from actions.note.pages import divide, get_note_page, size_of_texts
from actions.note.publishing import next_version, publish, unchanged_since
from actions.note.serialization import from_json
from actions.note.sign_offs import MissingSignOffs, missing_in_version, missing_sign_offs, point_sign_offs
from issues.models import Agenda
from tracker.people.permissions import Right, may
from tracker.transactions import atomic_post, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page
from tracker.web.rate_limits import limit_visitors


def get_version(user: Person, slug: str, number: int) -> NoteVersion:
    """Return the version with its content and agenda. Raises Http404. One query."""
    found = NoteVersion.objects.visible_to(user).select_related("agenda", "published_by")
    return get_object_or_404(found, agenda__slug=slug, number=number)


@public_if_visible
@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """List all versions that the reader may see, the newest first."""
    found = list(NoteVersion.objects.visible_to(request.user).filter(agenda__slug=slug).without_content())
    agenda = found[0].agenda if found else get_agenda(request.user, slug)
    sees_draft = Agenda.objects.visible_to(request.user).filter(pk=agenda.pk).exists()
    context = {
        "agenda": agenda,
        "versions": [(each, older.number if older else None) for each, older in pairwise([*found, None])],
        "sees_draft": sees_draft,
        "may_coordinate": may(request.user, Right.COORDINATE),
    }
    return render(request, "note/versions_page.html", context)


@public_if_visible
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = get_version(request.user, slug, number)
    note = _note(found, request)
    missing = _missing(found, note) if may(request.user, Right.COORDINATE) else []
    form = AudienceForm(unsigned=bool(missing), initial={"audience": found.audience})
    return _version_page(request, found, note, form, missing)


def _missing(version: NoteVersion, note: Note) -> MissingSignOffs:
    """Return the sign-offs missing from a version, or none once everybody may read it."""
    return missing_in_version(note, version.agenda) if version.audience != Agenda.Audience.EVERYBODY else []


def _version_page(
    request: HttpRequest, version: NoteVersion, note: Note, form: AudienceForm, missing: MissingSignOffs
) -> HttpResponse:
    errors: list[str] = []
    context = {
        "agenda": version.agenda,
        "version": version,
        "note": note,
        "content": (page := get_note_page(note, request.GET, errors)),
        "shown": display_as_text(note, page),
        "errors": errors,
        "may_coordinate": may(request.user, Right.COORDINATE),
        "audience_form": form,
        "missing": missing,
        "waiting": len({code for _agency, codes in missing for code in codes}),
    }
    return render(request, "note/version_page.html", context, status=400 if form.is_bound or errors else 200)


@require_safe
def version_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return the content of which the SHA-256 is computed, byte for byte. For the network only: it names people."""
    found = get_version(signed_in(request), slug, number)
    headers = {"Content-Disposition": f'attachment; filename="note-{slug}-{number}.json"'}
    return HttpResponse(found.content, content_type="application/json", headers=headers)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def publish_note(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Publish what the note says now. The page lists first what is still open."""
    user, today = signed_in(request), timezone.localdate()
    agenda = locked_by_post(request, Agenda.objects.all()).get(pk=get_agenda(user, slug, Right.COORDINATE).pk)
    builder = NoteBuilder(agenda, today, with_people=True)
    draft = next_version(agenda, today, builder.note)
    data = posted(request)
    unsigned = [point for point in point_sign_offs(builder) if not point.is_settled]
    audience = Agenda.Audience.NETWORK if unsigned else agenda.visible_to
    initial = {"audience": audience} | saved_initial(request)
    form = PublishForm(data, sha256=draft.sha256, unsigned=bool(unsigned), initial=initial)
    if form.is_valid():
        audience, remark = form.cleaned_data["audience"], form.cleaned_data["remark"]
        publish(draft, by=user, now=timezone.now(), audience=audience, remark=remark)
        messages.success(request, _("Published."), extra_tags=clear_browser_copy(request))
        return redirect(draft)
    context = {
        "agenda": agenda,
        "form": form,
        "draft": draft,
        "unchanged_since": unchanged_since(draft),
        "changed": builder.changed_sections(),
        "missing": missing_sign_offs(unsigned),
        "waiting": len(unsigned),
    }
    return render_form(request, "note/publish_form.html", **context)


@require_POST
def version_audience(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Open a version to everybody, or to the network alone."""
    get_agenda(request.user, slug, Right.COORDINATE)
    found = get_version(request.user, slug, number)
    note = _note(found, request)
    missing = _missing(found, note)
    form = AudienceForm(request.POST, unsigned=bool(missing))
    if not form.is_valid():
        return _version_page(request, found, note, form, missing)
    found.open_to(form.cleaned_data["audience"])
    messages.success(request, _("Saved."))
    return redirect(found)


@public_if_visible
@limit_visitors("note_files")
@require_safe
def version_changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Compare version `number` with a later one, `?to=3`, or with the draft."""
    later = request.GET.get("to", "")
    if set(request.GET) - {"to", "page"} or (later and not (later.isascii() and later.isdecimal() and len(later) < 7)):
        raise BadRequest(_("The address names no versions that can be compared."))
    before = get_version(request.user, slug, number)
    after = get_version(request.user, slug, int(later)) if later else None
    newer = _note(after, request) if after else _draft(before.agenda, request)
    comparison, errors = compare(_note(before, request), newer), list[str]()
    page = get_page(divide(comparison.sections, lambda section: size_of_texts(section.texts)), 1, request.GET, errors)
    context = {
        "agenda": before.agenda,
        "before": before,
        "after": after,
        "same": comparison.same,
        "sections": page[0] if comparison.sections else [],
        "page": page,
        "query": f"to={after.number}" if after else "",
        "errors": errors,
    }
    return render(request, "note/changes_page.html", context, status=400 if errors else 200)


def _note(version: NoteVersion, request: HttpRequest) -> Note:
    return from_json(version.content, with_people=request.user.is_authenticated)


def _draft(agenda: Agenda, request: HttpRequest) -> Note:
    if not Agenda.objects.visible_to(request.user).filter(pk=agenda.pk).exists():
        raise Http404
    return build_note(agenda, timezone.localdate(), with_people=request.user.is_authenticated)
