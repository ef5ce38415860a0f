"""The list of action points as a page and as a file, and its saved views."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.access import get_agenda, public_if_visible, signed_in
from actions.as_of import PARAMETERS, read_as_of
from actions.as_of_history import look_back
from actions.beginning import beginning
from actions.lists import export as files
from actions.lists.columns import COLUMNS, FIRST, OF_THE_WHOLE, headings
from actions.lists.filters import ActionPointFilter, query_without_page, unknown_parameters
from actions.lists.forms import SaveViewForm
from actions.lists.models import MAX_VIEWS, SavedView, offered_views, removable_views
from actions.lists.sorting import DEFAULT, ORDERS, in_order
from actions.reader import read_agenda
from actions.rows import PAGE_SIZE, rows_of
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.permissions import Right, may
from tracker.transactions import lock
from tracker.web.pagination import get_page
from tracker.web.tabular import file_response

_PARAMETERS = ["columns", *PARAMETERS, "sort", "page", "after", "before"]


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the list with the filters, `sort` (one of ORDERS), columns and page of the query. Faulty parameters are reported and ignored."""
    as_of, signed_in = read_as_of(request), request.user.is_authenticated
    agenda = look_back(get_agenda(request.user, slug), as_of)
    filters = ActionPointFilter(
        request.GET, agenda=agenda, user=request.user, as_of=as_of, states=read_agenda(agenda, as_of)
    )
    errors = unknown_parameters(request.GET, [*filters.filters, *_PARAMETERS])
    sort, columns = request.GET.get("sort") or DEFAULT, set(request.GET.getlist("columns"))
    if sort not in ORDERS:
        sort = DEFAULT
        errors.append(_("The list cannot be sorted like that; it is sorted by reference."))
    if columns - set(COLUMNS):
        errors.append(_("The table has no such column; it was left out."))
    page = get_page(in_order(filters.narrowed(), sort), PAGE_SIZE, request.GET, errors)
    query = query_without_page(request.GET)
    filter_query = _without(QueryDict(query), PARAMETERS)
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
        "of_the_whole": OF_THE_WHOLE,
        "lead": "owner" in columns,
        "headings": headings([(FIRST, _("Action point")), *shown], orders, sort, query) if shown else [],
        "all_columns": [(name, label, name in columns) for name, label in COLUMNS.items()],
        "orders": list(orders.items()),
        "query": query,
        "export_query": query if not errors and not filters.errors else "",
        "errors": errors,
        "as_of": as_of,
        "beginning": beginning(agenda, as_of),
        "path": request.path,
        "signed_in": signed_in,
        "kept": [(name, value) for name, values in filter_query.lists() for value in values],
        "kept_query": filter_query.urlencode(),
        "views": offered_views(request.user, agenda),
        "view_form": SaveViewForm() if signed_in else None,
        "may_coordinate": may(request.user, Right.COORDINATE),
    }
    is_faulty = errors or filters.errors or as_of.errors
    status = HTTPStatus.BAD_REQUEST if is_faulty else HTTPStatus.OK
    return render(request, "lists/action_point_list.html", context, status=status)


def _without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left


@public_if_visible
@require_safe
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Return the list as a file (csv, json or xlsx). Raises BadRequest if part of the query cannot be understood."""
    as_of = read_as_of(request)
    agenda = look_back(get_agenda(request.user, slug), as_of)
    filters = ActionPointFilter(
        request.GET, agenda=agenda, user=request.user, as_of=as_of, states=read_agenda(agenda, as_of)
    )
    sort, shown = request.GET.get("sort") or DEFAULT, request.GET.getlist("columns")
    errors = [
        *unknown_parameters(request.GET, [*filters.filters, *PARAMETERS, "sort", "columns"]),
        *as_of.errors,
    ]
    if filters.errors or errors or sort not in ORDERS or set(shown) - set(COLUMNS):
        raise BadRequest(
            _(
                "Part of the address could not be understood, so no file was created. Go back to the list and download it from there."
            )
        )
    found, with_people = in_order(filters.narrowed(), sort), request.user.is_authenticated
    columns = files.columns(is_past=as_of.is_past, with_people=with_people)
    rows = files.file_rows(found, as_of.day, is_past=as_of.is_past, with_people=with_people)
    head = {
        "agenda": f"{agenda.slug}: {agenda.title}",
        "filters": "; ".join(f"{label}: {words}" for label, words, _without in filters.chosen()) or _("none"),
        "sorted_by": str(ORDERS[sort].label),
        "made_at": timezone.now().isoformat(timespec="seconds"),
    } | as_of.query
    if later := beginning(agenda, as_of):
        head["note"] = later.words
    return file_response(kind, f"action-points-{agenda.slug}", columns, rows, head, lambda: len(found))


@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Save the list under a name. It replaces one's own view of that name."""
    agenda = get_agenda(person := signed_in(request), slug)
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        return render(request, "lists/view_form.html", {"agenda": agenda, "form": form}, status=400)
    try:
        view, is_new = _store_view(person, agenda, form.cleaned_data)
    except _TooManyViewsError:
        form.add_error(None, _too_many_views())
        return render(request, "lists/view_form.html", {"agenda": agenda, "form": form}, status=409)
    saved = _("View “%(name)s” saved.") if is_new else _("View “%(name)s” replaced by this list.")
    messages.success(request, saved % {"name": view.name})
    return redirect(view)


class _TooManyViewsError(Exception):
    """The person already has MAX_VIEWS views of this agenda. Nothing was saved."""


@transaction.atomic
def _store_view(person: User, agenda: Agenda, values: dict[str, Any]) -> tuple[SavedView, bool]:
    """Add a view or replace the one of that name; return it, and whether it was added. Raises _TooManyViewsError."""
    lock(User.objects.filter(pk=person.pk))  # a second click waits here
    others = SavedView.objects.filter(person=person, agenda=agenda).exclude(name=values["name"])
    if others.count() >= MAX_VIEWS:
        raise _TooManyViewsError
    chosen = {"query": values["query"], "is_shared": values["is_shared"]}
    return SavedView.objects.update_or_create(person=person, agenda=agenda, name=values["name"], defaults=chosen)


def _too_many_views() -> str:
    return _(
        "You have saved %(limit)s views of this agenda already, so this one was not saved. Go back to the list and remove one under "
        "“Views”, or use the name of one to replace it."
    ) % {"limit": MAX_VIEWS}


@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove one of one's own views; coordinators also remove what others share."""
    view = get_object_or_404(removable_views(signed_in(request)).select_related("agenda"), pk=pk)
    view.delete()
    messages.success(request, _("View “%(name)s” removed. No action point was changed.") % {"name": view.name})
    return redirect("action_point_list", view.agenda.slug)
