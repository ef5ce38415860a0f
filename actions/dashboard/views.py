"""The dashboard of an agenda, and the list of action points that its figures lead to."""

from collections.abc import Iterable
from datetime import date, timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, get_agendas, public_if_visible
from actions.as_of import EARLIEST, PARAMETERS, read_as_of
from actions.dashboard.changes import changes
from actions.dashboard.figures import MAX_ISSUES, figures
from actions.dashboard.filters import ActionPointFilter, query_without_page, unknown_parameters
from actions.dashboard.forms import SaveViewForm
from actions.dashboard.headings import COLUMNS, FIRST, headings
from actions.dashboard.heat_map import heat_map, legend
from actions.dashboard.milestone_timeline import time_line
from actions.dashboard.models import offered_views
from actions.dashboard.sorting import DEFAULT, ORDERS, in_order
from actions.dashboard.status_history import status_history
from actions.dashboard.updates import latest, read_updates
from actions.reader import read_agenda
from actions.rows import PAGE_SIZE, rows_of
from tracker.people.permissions import Right, may
from tracker.web.pagination import get_page

A_MONTH = timedelta(days=30)

_PARAMETERS = ["columns", *PARAMETERS, "sort", "page", "after", "before"]


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    as_of = read_as_of(request)
    agenda, agendas = get_agendas(request.user, slug)
    as_of.look_back(agenda)
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    states, updates = read_agenda(agenda, as_of), read_updates(agenda, as_of)
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "agendas": agendas,
        "as_of": as_of,
        "figures": figures(issues[:MAX_ISSUES], states, as_of),
        "heat_map": heat_map(issues[:MAX_ISSUES], states, as_of.day),
        "legend": legend(),
        "status_history": status_history(updates, as_of, len(states)),
        "latest": latest(updates, as_of),
        "is_cut": len(issues) > MAX_ISSUES,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.complaints else 200)


@public_if_visible
@require_safe
def changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed since `?since=` (a day; a month ago unless it is given). `?page=` is one of what was recorded."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    complaints, since = unknown_parameters(request.GET, ["since", "page", "after", "before"]), today - A_MONTH
    try:
        since = date.fromisoformat(request.GET.get("since") or since.isoformat())
    except ValueError:
        complaints.append(_("The day must look like 2006-03-31; here is what changed in a month."))
    if not EARLIEST <= since <= today:
        complaints.append(_("Only days from 1945 until today can be gone back to; here is what changed in a month."))
        since = today - A_MONTH
    found = changes(agenda, since, request.user, request.GET, complaints)
    context = {
        "agenda": agenda,
        "since": since,
        "changes": found,
        "groups": found.edits.groups,
        "complaints": complaints,
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "dashboard/changes_page.html", context, status=400 if complaints else 200)


@public_if_visible
@require_safe
def milestones_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was promised by when, on a line of time."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    complaints = unknown_parameters(request.GET, ["page", "after", "before"])
    found = time_line(agenda, today, request.GET, complaints)
    context = {"agenda": agenda, "time_line": found, "complaints": complaints}
    return render(request, "dashboard/milestones_page.html", context, status=400 if complaints else 200)


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Filters, `sort` (one of ORDERS) and `page` come in the query; what is faulty is said, and left out."""
    as_of, signed_in = read_as_of(request), request.user.is_authenticated
    agenda = as_of.look_back(get_agenda(request.user, slug))
    filters = ActionPointFilter(
        request.GET, agenda=agenda, user=request.user, as_of=as_of, states=read_agenda(agenda, as_of)
    )
    complaints = unknown_parameters(request.GET, [*filters.filters, *_PARAMETERS])
    sort, columns = request.GET.get("sort") or DEFAULT, request.GET.getlist("columns")
    if sort not in ORDERS:
        sort = DEFAULT
        complaints.append(_("The list cannot be sorted like that; it is sorted by reference."))
    if set(columns) - set(COLUMNS):
        complaints.append(_("The table has no such column; it was left out."))
    page = get_page(in_order(filters.narrowed(), sort), PAGE_SIZE, request.GET, complaints)
    query = query_without_page(request.GET)
    kept = _without(QueryDict(query), PARAMETERS)
    orders = {name: str(order.label) for name, order in ORDERS.items()}
    shown = [(name, str(label)) for name, label in COLUMNS.items() if name in columns]
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "filters": filters,
        "chosen": filters.chosen(),
        "rows": rows_of(list(page), as_of.day),
        "page": page,
        "total": page.paginator.count,
        "sort": sort,
        "columns": shown,
        "headings": headings([(FIRST, _("Action point")), *shown], orders, sort, query) if shown else [],
        "all_columns": [(name, label, name in columns) for name, label in COLUMNS.items()],
        "orders": list(orders.items()),
        "query": query,
        "export_query": query if not complaints and not filters.errors else "",
        "complaints": complaints,
        "as_of": as_of,
        "path": request.path,
        "signed_in": signed_in,
        "kept": [(name, value) for name, values in kept.lists() for value in values],
        "kept_query": kept.urlencode(),
        "views": offered_views(request.user, agenda),
        "view_form": SaveViewForm() if signed_in else None,
        "may_coordinate": may(request.user, Right.COORDINATE),
    }
    is_faulty = complaints or filters.errors or as_of.complaints
    status = HTTPStatus.BAD_REQUEST if is_faulty else HTTPStatus.OK
    return render(request, "dashboard/action_point_list.html", context, status=status)


def _without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left
