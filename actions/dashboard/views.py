"""The dashboard of an agenda, and the list of action points that its figures lead to."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, get_agendas, public_if_visible
from actions.as_of import EARLIEST, PARAMETERS, AsOf, read_as_of
from actions.dashboard.changes import changes
from actions.dashboard.counting import COUNTED_THEN, too_many_then
from actions.dashboard.figures import ISSUES, figures
from actions.dashboard.filters import OF_A_DAY, ActionPointFilter, query_without_places, unknown_parameters
from actions.dashboard.forms import view_fields
from actions.dashboard.headings import COLUMNS, FIRST, headings
from actions.dashboard.heat_map import heat_map, legend
from actions.dashboard.models import offered_views
from actions.dashboard.over_time import over_time
from actions.dashboard.promises import time_line
from actions.dashboard.sorting import ORDERS, ORDERS_THEN
from actions.models.action_point_queries import Basis
from actions.paging import page_asked_for
from actions.rows import LISTED, MOST, rows_of, rows_of_entries
from actions.tallies.reading import totals
from actions.tallies.rebuilding import stamps
from actions.tallies.remembering import Memory
from issues.models import Agenda
from tracker.keyset import Page
from tracker.people.models import User
from tracker.people.permissions import Right, may

PAGE_SIZE = MOST
COUNTED = 1000
"""A list that is longer says so, and no more: to count it would cost more than to show it. The dashboard has all figures."""
COUNTED_BY_WORDS = 200
"""The same where words are looked for: each text has to be read."""
A_MONTH = timedelta(days=30)

_PARAMETERS = ["columns", *PARAMETERS, "sort", "after", "before"]


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    as_of, stamp = read_as_of(request), stamps().shown
    agenda, agendas = get_agendas(request.user, slug)
    as_of.look_back(agenda)
    memory = Memory[tuple[str, str, str]](
        stamp, "dashboard", agenda.pk, agenda.state, as_of.day, as_of.query, request.user.is_authenticated
    )
    if not (made := memory.made):
        made = _dashboard(agenda, as_of)
        if request.user.is_authenticated or not as_of.is_past:  # visitors could fill the cache with days
            memory.keep(made)
    lead, standing, sections = made
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "agendas": agendas,
        "as_of": as_of,
        "lead": lead,
        "standing": standing,
        "sections": sections,
        "stamp": stamp,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.complaints else 200)


def _dashboard(agenda: Agenda, as_of: AsOf) -> tuple[str, str, str]:
    """The lead, where things stand, and the other sections of the dashboard, which are the same for all who may see it."""
    if too_many_then(agenda, as_of):
        return "", "", _dashboard_of_many(agenda, as_of)
    issues = list(agenda.issues.order_by("number")[: ISSUES + 1])
    is_cut, issues = len(issues) > ISSUES, issues[:ISSUES]
    for issue in issues:
        issue.agenda = agenda
    found = figures(agenda, issues, as_of)
    context = {
        "agenda": agenda,
        "figures": found,
        "heat_map": heat_map(agenda, issues, as_of),
        "legend": legend(),
        "over_time": over_time(agenda, as_of, found.total.count),
        "is_cut": is_cut,
        "as_of": as_of,
    }
    lead, standing, sections = (
        render_to_string(f"dashboard/{name}.html", context) for name in ("_lead", "_standing", "_sections")
    )
    return lead, standing, sections


def _dashboard_of_many(agenda: Agenda, as_of: AsOf) -> str:
    """Of a day that has gone by: what the tallies know. Two queries."""
    moved = over_time(agenda, as_of, totals()[agenda.pk]) if as_of.basis == Basis.REPORTED else []
    limit = number_format(COUNTED_THEN, force_grouping=True)
    context = {"agenda": agenda, "over_time": moved, "limit": limit, "as_of": as_of}
    return render_to_string("dashboard/_sections_of_many.html", context)


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
    found = page_asked_for(request.GET, partial(changes, agenda, since, request.user), complaints)
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
    """What was promised by when, on a line of time. `after` and `before` are places in it."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    complaints = unknown_parameters(request.GET, ["after", "before"])
    found = page_asked_for(request.GET, partial(time_line, agenda, today), complaints)
    context = {"agenda": agenda, "time_line": found, "complaints": complaints}
    return render(request, "dashboard/milestones_page.html", context, status=400 if complaints else 200)


_TOO_MANY_THEN = gettext_lazy(
    "This agenda has more than %(limit)s action points. To sort or filter them by how they stood on a day that has gone by, choose an"
    " issue first."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The list as it is shown, apart from what is each person's own."""

    above: str
    form: str
    below: str
    status: int


@public_if_visible
@require_safe
def action_point_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Filters, `sort` (one of ORDERS) and the place (`after` or `before`) come in the query; what is faulty is said, and left out."""
    as_of = read_as_of(request)
    agenda = as_of.look_back(get_agenda(request.user, slug))
    user, signed_in, known = request.user, request.user.is_authenticated, stamps()
    person = (user.pk, user.agency_id) if isinstance(user, User) and "owner" in request.GET else signed_in
    memory = Memory[tuple[str, str, str, int]](
        known.shown, "list", agenda.pk, agenda.state, as_of.day, request.GET.urlencode(), person
    )
    if memory.made:
        shown = Shown(*memory.made)
    else:
        shown = _shown(request, agenda, as_of, known.choices)
        if shown.status == HTTPStatus.OK and _is_asked_for_again(request.GET, signed_in):
            memory.keep(astuple(shown))
    query = query_without_places(request.GET)
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "above": shown.above,
        "form": shown.form,
        "below": shown.below,
        "query": query,
        "views": offered_views(request.user, agenda),
        "as_of": as_of,
        "view_fields": view_fields(get_language()),
        "may_coordinate": may(request.user, Right.COORDINATE),
    }
    return render(request, "dashboard/action_point_list.html", context, status=shown.status)


def _is_asked_for_again(asked: QueryDict, signed_in: bool) -> bool:
    """Whether to keep the page: hardly what somebody typed, nor what visitors make up, who could fill the cache with it."""
    return not asked.get("q") if signed_in else not asked


def _without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left


def _choices(context: dict[str, Any], asked: QueryDict, stamp: str) -> str:
    """What the form offers besides words. The same after each report on progress, for all words and on all pages."""
    asked, signed_in = _without(asked, ["q", "after", "before"]), context["signed_in"]
    words = "list choices", context["agenda"].pk, asked.urlencode(), context["as_of"].query, signed_in
    memory = Memory[str](stamp, *words, where="near")
    if not (made := memory.made):
        made = render_to_string(
            "dashboard/_list_choices.html", context | {"form": context["filters"].with_choices().form}
        )
        if _is_asked_for_again(asked, signed_in):
            memory.keep(made)
    return made


def _total(sources: Sequence[QuerySet[Any]], asked: QueryDict, page: Page[Any], most: int) -> int:
    """How many there are, up to one more than `most`. No query where the first page has them all, else one a source."""
    if not (page.after or asked.get("after") or asked.get("before")):
        return len(page.rows)
    if len(sources) == 1:
        return sources[0].order_by()[: most + 1].count()
    places = (entries.order_by().values_list("place", flat=True)[: most + 1] for entries in sources)
    return min(len({place for some in places for place in some}), most + 1)


def _shown(request: HttpRequest, agenda: Agenda, as_of: AsOf, choices: str) -> Shown:
    asked: QueryDict = request.GET
    complaints: list[str] = []
    filters = ActionPointFilter(asked, agenda=agenda, user=request.user, as_of=as_of)
    of_a_day = any(map(asked.get, OF_A_DAY)) or (asked.get("sort") or "reference") != "reference"
    if of_a_day and not filters.of_one_issue and too_many_then(agenda, as_of):
        asked = _without(asked, [*OF_A_DAY, "sort"])
        filters = ActionPointFilter(asked, agenda=agenda, user=request.user, as_of=as_of)
        complaints = [_TOO_MANY_THEN % {"limit": number_format(COUNTED_THEN, force_grouping=True)}]
    complaints += unknown_parameters(asked, [*filters.names, *_PARAMETERS])
    sort, columns = asked.get("sort") or "reference", asked.getlist("columns")
    if sort not in ORDERS:
        sort, complaints = (
            "reference",
            [*complaints, _("The list cannot be sorted like that; it is sorted by reference.")],
        )
    if set(columns) - set(COLUMNS):
        complaints = [*complaints, _("The table has no such column; it was left out.")]
    order, sources = ORDERS[sort][1], filters.sources
    if as_of.is_past:
        order = ORDERS_THEN[sort]
        points: Any = filters.qs.select_related("entry").with_context().prefetch_related("milestones")
        sources = [points.with_status_rank()]
    else:
        sources = [entries.values_list(*LISTED, named=True) for entries in sources]
    page = page_asked_for(asked, partial(order.page, *sources, size=PAGE_SIZE), complaints)
    most = COUNTED_BY_WORDS if filters.form.cleaned_data.get("q") else COUNTED
    total = _total(filters.sources, asked, page, most)
    query = query_without_places(asked)
    kept = _without(QueryDict(query), PARAMETERS)
    words = {name: str(label) for name, (label, _order) in ORDERS.items()}
    shown = tuple((name, str(label)) for name, label in COLUMNS.items() if name in columns)
    context = {
        "agenda": agenda,
        "filters": filters,
        "chosen": filters.chosen(),
        "rows": rows_of(page.rows, as_of.day) if as_of.is_past else rows_of_entries(page.rows, agenda, as_of.day),
        "page": page,
        "total": min(total, most),
        "has_more": total > most,
        "sort": sort,
        "columns": shown,
        "headings": headings([(FIRST, _("Action point")), *shown], words, sort, query) if shown else [],
        "all_columns": [(name, label, name in columns) for name, label in COLUMNS.items()],
        "orders": list(words.items()),
        "query": query,
        "export_query": query if not complaints and not filters.errors else "",
        "complaints": complaints,
        "as_of": as_of,
        "path": request.path,
        "signed_in": request.user.is_authenticated,
        "kept": [(name, value) for name, values in kept.lists() for value in values],
        "kept_query": kept.urlencode(),
    }
    context["choices"] = _choices(context, asked, choices)
    return Shown(
        render_to_string("dashboard/_list_above.html", context),
        render_to_string("dashboard/_list_form.html", context),
        render_to_string("dashboard/_list_below.html", context),
        HTTPStatus.BAD_REQUEST if complaints or filters.errors or as_of.complaints else HTTPStatus.OK,
    )
