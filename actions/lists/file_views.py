"""Files of progress updates, agencies and people."""

from django.core.exceptions import BadRequest
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible, signed_in
from actions.lists import update_export
from actions.lists.update_filters import UpdatesFilter
from actions.models import ActionPoint, ProgressUpdate
from tracker.people.forms import DirectorySearch
from tracker.people.models import Agency
from tracker.people.permissions import Right, may
from tracker.people.views.directory import search_people
from tracker.web.tabular import file_response

AGENCIES_COLUMNS = ("acronym", "name", "kind", "part_of", "action_points_led", "address")
PEOPLE_COLUMNS = ("name", "email", "role", "agency")
ADMINS_COLUMNS = (*PEOPLE_COLUMNS, "is_active", "added_at")
_PEOPLE_FIELDS = ("name", "email", "role", "agency__acronym")
_ADMINS_FIELDS = (*_PEOPLE_FIELDS, "is_active", "date_joined")


@public_if_visible
@require_safe
def updates_file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Return the current progress updates of an agenda, filtered by the query. Names are only for people who signed in."""
    agenda, form = get_agenda(request.user, slug), UpdatesFilter(request.GET)
    _require_understood(form.is_valid(), request.GET, set(form.fields))
    found = form.narrowed(ProgressUpdate.objects.current().filter(action_point__issue__agenda=agenda))
    with_people = request.user.is_authenticated
    columns = update_export.COLUMNS_WITH_PEOPLE if with_people else update_export.COLUMNS
    head = {"agenda": f"{agenda.slug}: {agenda.title}"} | _head(form.words())
    rows = update_export.rows(found, agenda, with_people=with_people)
    return file_response(kind, f"progress-updates-{agenda.slug}", columns, rows, head, found.count)


@public_if_visible
@require_safe
def agencies_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return every agency, with the number of action points that it leads and the reader may see."""
    _require_understood(True, request.GET, set())
    leads = Count(
        "responsibilities__action_point",
        filter=Q(
            responsibilities__until=None,
            responsibilities__action_point__in=ActionPoint.objects.visible_to(request.user),
        ),
        distinct=True,
    )
    found = [
        [agency.acronym, agency.name, agency.kind, agency.parent and agency.parent.acronym, agency.leads, address]
        for agency in Agency.objects.annotate(leads=leads).select_related("parent").order_by("acronym")
        for address in [request.build_absolute_uri(agency.get_absolute_url())]
    ]
    return file_response(kind, "agencies", AGENCIES_COLUMNS, [found], _head(), lambda: len(found))


@require_safe
def people_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return the directory like its page: `?q=` searches it, and only admins get deactivated people."""
    person, search = signed_in(request), DirectorySearch(request.GET)
    _require_understood(search.is_valid(), request.GET, set(search.fields))
    wanted = search.cleaned_data["q"]
    administers = may(person, Right.ADMINISTER)
    columns, fields = (ADMINS_COLUMNS, _ADMINS_FIELDS) if administers else (PEOPLE_COLUMNS, _PEOPLE_FIELDS)
    found = search_people(person, wanted)
    return file_response(kind, "people", columns, [list(found.values_list(*fields))], _head(wanted), found.count)


def _head(filters: str = "") -> dict[str, str]:
    return {"filters": filters or _("none"), "made_at": timezone.now().isoformat(timespec="seconds")}


def _require_understood(is_valid: bool, data: QueryDict, known: set[str]) -> None:
    """Raise BadRequest if a parameter is faulty or unknown: a misspelt filter must not return everything."""
    if not is_valid or set(data) - known:
        raise BadRequest(
            _(
                "Part of the address could not be understood, so no file was created. Go back to the list and download it from there."
            )
        )
