"""The dashboard of an agenda, and the list of action points that its figures lead to."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.as_of import PARAMETERS, AsOf, read_as_of
from actions.dashboard.figures import figures
from actions.dashboard.filters import ActionPointFilter, query_without_places, unknown_parameters
from actions.rows import rows_of
from issues.models import Agenda
from tracker.keyset import Column, Order, PlaceError, day, whole_number

PAGE_SIZE = 50

_REFERENCE = (Column("issue__number", whole_number), Column("number", whole_number))
ORDERS = {
    "reference": (gettext_lazy("reference"), Order(_REFERENCE)),
    "silence": (
        gettext_lazy("longest silent first"),
        Order([Column("last_reported_latest", day, nullable=True), *_REFERENCE]),
    ),
    "reported": (
        gettext_lazy("last reported first"),
        Order([Column("last_reported_latest", day, descending=True, nullable=True), *_REFERENCE]),
    ),
}
_PARAMETERS = [*ActionPointFilter.base_filters, *PARAMETERS, "sort", "after", "before"]


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    agenda, as_of = get_agenda(request.user, slug), read_as_of(request)
    context = {
        "agenda": agenda,
        "agendas": Agenda.objects.visible_to(request.user).order_by("-slug"),
        "figures": figures(agenda, as_of),
        "as_of": as_of,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.complaints else 200)


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Filters, `sort` (one of ORDERS) and the place (`after` or `before`) come in the query; what is faulty is said, and left out."""
    agenda, as_of = get_agenda(request.user, slug), read_as_of(request)
    filters = ActionPointFilter(request.GET, agenda=agenda, user=request.user, as_of=as_of)
    sort, complaints = request.GET.get("sort") or "reference", unknown_parameters(request.GET, _PARAMETERS)
    if sort not in ORDERS:
        sort, complaints = (
            "reference",
            [*complaints, _("The list cannot be sorted like that; it is sorted by reference.")],
        )
    order, found = _order(sort, as_of), filters.qs.with_context().prefetch_related("milestones")
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
        "orders": [(name, label) for name, (label, _order) in ORDERS.items()],
        "query": query_without_places(request.GET),
        "complaints": complaints,
        "as_of": as_of,
        "kept": [(name, value) for name, values in kept.lists() for value in values],
        "kept_query": kept.urlencode(),
    }
    status = 400 if complaints or filters.errors or as_of.complaints else 200
    return render(request, "dashboard/action_point_list.html", context, status=status)


def _order(name: str, as_of: AsOf) -> Order:
    """The order of that name; on a day that has gone by its days are those of that day."""
    then = {"last_reported_latest": "reported_then"} if as_of.is_past else {}
    return Order([replace(column, name=then.get(column.name, column.name)) for column in ORDERS[name][1].columns])
