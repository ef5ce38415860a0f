"""The charts of an agenda: a tab that shows them with their figures as tables, and each as an SVG file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, public_if_visible
from actions.as_of import AsOf, read_as_of
from actions.beginning import beginning
from actions.dashboard.charts import draw_bars, draw_columns, draw_table
from actions.dashboard.counts import count
from actions.dashboard.figures import MAX_ISSUES, StatusRow, by_agency, by_issue, history_rows, lead_agencies
from actions.dashboard.heat_map import HeatMap, heat_map
from actions.dashboard.status_history import status_history
from actions.dashboard.tabs import read, tab_context
from actions.states import ActionPointState
from issues.models import Agenda, Issue


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    """The name of its file."""
    title: str
    head: str
    """The head of the first column of its table."""
    rows: Sequence[StatusRow] = ()
    heat_map: HeatMap | None = None
    draw_rows: Callable[[Agenda, AsOf, str, Sequence[StatusRow]], str] = draw_bars

    def svg(self, agenda: Agenda, as_of: AsOf) -> str:
        if self.heat_map:
            return draw_table(agenda, as_of, self.title, self.heat_map)
        return self.draw_rows(agenda, as_of, self.title, self.rows)


NAMES = ("status-by-issue", "progress-over-time", "agencies-by-issue", "status-by-agency")


@public_if_visible
@require_safe
def charts_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all charts, each with a table of its figures that lead to their lists."""
    as_of, agenda = read_as_of(request), get_agenda(request.user, slug)
    issues, states = read(agenda, as_of)
    context = tab_context("charts", agenda, request, as_of) | {
        "beginning": beginning(agenda, as_of),
        "charts": list(_charts(agenda, issues, states, as_of, NAMES)) if states else [],
        "total": len(states),
    }
    return render(request, "dashboard/charts_page.html", context, status=400 if as_of.errors else 200)


@public_if_visible
@require_safe
def chart_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Return a chart as an SVG file in the language of the reader. Raises Http404 for an unknown name."""
    as_of, agenda = read_as_of(request), get_agenda(request.user, slug)
    if name not in NAMES:
        raise Http404
    issues, states = read(agenda, as_of)
    [chart] = _charts(agenda, issues, states, as_of, [name])
    drawn = chart.svg(agenda, as_of)
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8", status=400 if as_of.errors else 200)
    response["Content-Disposition"] = f'inline; filename="{agenda.slug}-{name}.svg"'
    return response


def _charts(
    agenda: Agenda, issues: Sequence[Issue], states: Sequence[ActionPointState], as_of: AsOf, names: Sequence[str]
) -> Iterator[Chart]:
    """Yield the charts with these names. One query for agencies, five at most for the history."""
    counted, shown = count(states, as_of.day), issues[:MAX_ISSUES]
    agencies = lead_agencies(counted)
    for name in names:
        if name == "status-by-issue":
            yield Chart(name, _("Status by issue"), _("Issue"), by_issue(shown, counted))
        elif name == "progress-over-time":
            rows = history_rows(status_history(agenda, states, as_of), as_of)
            yield Chart(name, _("Progress over time"), _("At the end of"), rows, draw_rows=draw_columns)
        elif name == "agencies-by-issue":
            table = heat_map(shown, counted, agencies, as_of.day)
            yield Chart(name, _("When each agency last reported"), _("Agency"), heat_map=table)
        else:
            yield Chart(name, _("Status by lead agency"), _("Agency"), by_agency(agencies, counted))
