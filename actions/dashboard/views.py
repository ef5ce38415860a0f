"""The dashboard of an agenda, and the list of action points that its figures lead to."""

from dataclasses import replace
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.as_of import EARLIEST, PARAMETERS, AsOf, read_as_of
from actions.dashboard.changes import changes
from actions.dashboard.figures import figures
from actions.dashboard.filters import ActionPointFilter, query_without_places, unknown_parameters
from actions.dashboard.forms import SaveViewForm
from actions.dashboard.heat_map import heat_map, legend
from actions.dashboard.models import SavedView
from actions.dashboard.over_time import over_time
from actions.dashboard.promises import time_line
from actions.rows import rows_of
from issues.models import Agenda
from tracker.keyset import Column, Order, PlaceError, day, whole_number
from tracker.people.permissions import Right, may

PAGE_SIZE = 50
A_MONTH = timedelta(days=30)

_REFERENCE = (Column("issue__number", whole_number), Column("number", whole_number))
ORDERS = {
    "reference": (gettext_lazy("reference"), Order(_REFERENCE)),
    "silence": (
        gettext_lazy("longest silent first"),
        Order([Column("last_reported_latest", day, nullable=True), *_REFERENCE]),
    ),
    "status": (gettext_lazy("status"), Order([Column("status_rank", whole_number), *_REFERENCE])),
    "reported": (
        gettext_lazy("last reported first"),
        Order([Column("last_reported_latest", day, descending=True, nullable=True), *_REFERENCE]),
    ),
}
COLUMNS = {
    "status": gettext_lazy("Status"),
    "owner": gettext_lazy("Owner"),
    "happened": gettext_lazy("Last dated progress"),
    "reported": gettext_lazy("Last reported"),
    "silence": gettext_lazy("Silent for"),
    "attention": gettext_lazy("Attention"),
    "issue": gettext_lazy("Issue"),
}
"""What a table of the list may show beside reference and title; without any of them the list is no table."""
_PARAMETERS = ["columns", *PARAMETERS, "sort", "after", "before"]


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    agenda, as_of = get_agenda(request.user, slug), read_as_of(request)
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    found = figures(agenda, as_of)
    context = {
        "agenda": agenda,
        "agendas": Agenda.objects.visible_to(request.user).order_by("-slug"),
        "figures": found,
        "heat_map": heat_map(agenda, issues, as_of),
        "legend": legend(),
        "over_time": over_time(agenda, as_of, found.total.count),
        "as_of": as_of,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.complaints else 200)


@public_if_visible
@require_safe
def changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed since `?since=` (a day; a month ago unless it is given). `after` and `before` are places in what was recorded."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    complaints, since = unknown_parameters(request.GET, ["since", "after", "before"]), today - A_MONTH
    try:
        since = date.fromisoformat(request.GET.get("since") or since.isoformat())
    except ValueError:
        complaints.append(_("The day must look like 2006-03-31; here is what changed in a month."))
    if not EARLIEST <= since <= today:
        complaints.append(_("Only days from 1945 until today can be gone back to; here is what changed in a month."))
        since = today - A_MONTH
    try:
        found = changes(agenda, since, after=request.GET.get("after"), before=request.GET.get("before"))
    except PlaceError:
        found = changes(agenda, since)
        complaints.append(_("The address names no place in this list; here is its beginning."))
    context = {"agenda": agenda, "since": since, "changes": found, "complaints": complaints}
    return render(request, "dashboard/changes_page.html", context, status=400 if complaints else 200)


@public_if_visible
@require_safe
def milestones_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was promised by when, on a line of time."""
    agenda = get_agenda(request.user, slug)
    context = {"agenda": agenda, "time_line": time_line(agenda, timezone.localdate())}
    return render(request, "dashboard/milestones_page.html", context)


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Filters, `sort` (one of ORDERS) and the place (`after` or `before`) come in the query; what is faulty is said, and left out."""
    agenda, as_of = get_agenda(request.user, slug), read_as_of(request)
    filters = ActionPointFilter(request.GET, agenda=agenda, user=request.user, as_of=as_of)
    sort, complaints = (
        request.GET.get("sort") or "reference",
        unknown_parameters(request.GET, [*filters.filters, *_PARAMETERS]),
    )
    if sort not in ORDERS:
        sort, complaints = (
            "reference",
            [*complaints, _("The list cannot be sorted like that; it is sorted by reference.")],
        )
    columns = request.GET.getlist("columns")
    if set(columns) - set(COLUMNS):
        complaints = [*complaints, _("The table has no such column; it was left out.")]
    order, found = _order(sort, as_of), filters.qs.with_status_rank().with_context().prefetch_related("milestones")
    try:
        page = order.page(found, PAGE_SIZE, after=request.GET.get("after"), before=request.GET.get("before"))
    except PlaceError:
        page = order.page(found, PAGE_SIZE)
        complaints.append(_("The address names no place in this list; here is its beginning."))
    kept = QueryDict(query_without_places(request.GET), mutable=True)
    for name in PARAMETERS:
        kept.pop(name, None)
    context = {
        "agenda": agenda,
        "filters": filters,
        "rows": rows_of(page.rows, as_of.day),
        "page": page,
        "total": found.count(),
        "sort": sort,
        "columns": [(name, label) for name, label in COLUMNS.items() if name in columns],
        "all_columns": [(name, label, name in columns) for name, label in COLUMNS.items()],
        "orders": [(name, label) for name, (label, _order) in ORDERS.items()],
        "query": query_without_places(request.GET),
        "export_query": query_without_places(request.GET) if not complaints and not filters.errors else "",
        "complaints": complaints,
        "as_of": as_of,
        "views": SavedView.objects.visible_to(request.user).filter(agenda=agenda).select_related("agenda", "person"),
        "view_form": SaveViewForm(initial={"query": query_without_places(request.GET)}),
        "may_coordinate": may(request.user, Right.COORDINATE),
        "kept": [(name, value) for name, values in kept.lists() for value in values],
        "kept_query": kept.urlencode(),
    }
    status = 400 if complaints or filters.errors or as_of.complaints else 200
    return render(request, "dashboard/action_point_list.html", context, status=status)


def _order(name: str, as_of: AsOf) -> Order:
    """The order of that name; on a day that has gone by its days are those of that day."""
    then = {"last_reported_latest": "reported_then"} if as_of.is_past else {}
    return Order([replace(column, name=then.get(column.name, column.name)) for column in ORDERS[name][1].columns])
