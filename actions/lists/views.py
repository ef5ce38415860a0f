"""The list of action points as a page and as a file, and its saved views."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.access import get_agenda, public_if_visible, signed_in
from actions.as_of import PARAMETERS, AsOf, read_as_of
from actions.as_of_history import look_back
from actions.beginning import beginning
from actions.lists import export as files
from actions.lists.columns import COLUMNS, USUAL, headings
from actions.lists.filter_line import filter_line, pairs, short_label
from actions.lists.filters import DISPLAY, ActionPointFilter, query_without_page, unknown_parameters
from actions.lists.forms import SaveViewForm
from actions.lists.models import MAX_VIEWS, SavedView, offered_views, removable_views
from actions.lists.sorting import DEFAULT, ORDERS, in_order
from actions.lists.table import RowActions, remind_words, table_rows
from actions.lists.tabs import tabs
from actions.reader import read_agenda
from actions.rows import PAGE_SIZE, rows_of
from actions.states import ActionPointState
from issues.models import Agenda
from tracker.people.models import User
from tracker.transactions import lock
from tracker.web.pagination import get_page
from tracker.web.queries import without
from tracker.web.tabular import file_response


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the list with the filters, `sort` (one of ORDERS), columns and page of the query. Faulty parameters are reported and ignored."""
    as_of = read_as_of(request)
    agenda = look_back(get_agenda(request.user, slug), as_of)
    states = read_agenda(agenda, as_of)
    filters = ActionPointFilter(request.GET, agenda=agenda, user=request.user, as_of=as_of, states=states)
    errors = unknown_parameters(request.GET, [*filters.filters, *PARAMETERS, *DISPLAY])
    sort, columns = _sort(request.GET, errors), _columns(request.GET, errors)
    page = get_page(in_order(filters.narrowed(), sort), PAGE_SIZE, request.GET, errors)
    shown = list(page)
    is_faulty = errors or filters.errors or as_of.errors
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "as_of": as_of,
        "beginning": beginning(agenda, as_of),
        "filters": filters,
        "errors": errors,
        "page": page,
        "total": page.paginator.count,
        "whole": page.paginator.count if page.has_other_pages() else None,
        "signed_in": request.user.is_authenticated,
        **_tools(request, filters, as_of, "" if is_faulty else query_without_page(request.GET)),
        **_table(request, filters, as_of, shown, sort, columns),
    }
    status = HTTPStatus.BAD_REQUEST if is_faulty else HTTPStatus.OK
    response = render(request, "lists/action_point_list.html", context, status=status)
    if not is_faulty:
        _remember(response, agenda, request.GET.urlencode())
    return response


def _remember(response: HttpResponse, agenda: Agenda, query: str) -> None:
    """Let the pages of the agenda's action points lead back to this list."""
    response.set_cookie(
        "list",
        query,
        path=agenda.get_absolute_url(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _sort(data: QueryDict, errors: list[str]) -> str:
    sort = data.get("sort") or DEFAULT
    if sort in ORDERS:
        return sort
    errors.append(_("The list cannot be sorted like that; it is sorted by reference."))
    return DEFAULT


def _columns(data: QueryDict, errors: list[str]) -> list[str]:
    """Return the names of the columns in their order."""
    chosen = set(data.getlist("columns"))
    if chosen - set(COLUMNS):
        errors.append(_("The table has no such column; it was left out."))
    return [name for name in COLUMNS if name in chosen] or list(USUAL)


def _tools(request: HttpRequest, filters: ActionPointFilter, as_of: AsOf, export_query: str) -> dict[str, Any]:
    """Return what is above the table: tabs, filters, and the query of the files."""
    query = query_without_page(request.GET)
    filter_query = without(QueryDict(query), PARAMETERS)
    views = offered_views(request.user, filters.agenda)
    return {
        "query": query,
        "export_query": export_query,
        "kept": pairs(filter_query),
        "kept_query": filter_query.urlencode(),
        "pairs_without_columns": pairs(without(QueryDict(query), ["columns"])),
        "tabs": tabs(filters.data, filters.states, as_of.day, views),
        "filter_line": filter_line(filters),
        "views": views,
        "view_form": SaveViewForm() if request.user.is_authenticated else None,
    }


def _table(
    request: HttpRequest,
    filters: ActionPointFilter,
    as_of: AsOf,
    shown: list[ActionPointState],
    sort: str,
    columns: list[str],
) -> dict[str, Any]:
    """Return the table: headings, columns, and the rows of the shown action points with their actions."""
    rows = rows_of(shown, as_of.day, with_people="people" in columns)
    issues = {issue.number: short_label(issue) for issue in filters.issues}
    orders = {name: str(order.label) for name, order in ORDERS.items()}
    actions = RowActions(filters.agenda, request.user, as_of, request.GET.urlencode())
    return {
        "rows": rows,
        "sort": sort,
        "columns": {name: str(label) if name in columns else "" for name, label in COLUMNS.items()},
        "headings": headings(columns, orders, sort, query_without_page(request.GET)),
        "all_columns": [(name, label, name in columns) for name, label in COLUMNS.items()],
        "table": table_rows(shown, rows, issues, actions, as_of.day),
        "has_actions": actions.has_some,
        "may_coordinate": actions.may_coordinate,
        "remind_words": remind_words() if actions.may_coordinate else "",
        "query_pairs": pairs(request.GET),
    }


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
