"""Explain at the top of a page that the reporting period of its agenda is long past."""

from typing import Any

from django import template
from django.http import QueryDict

from actions.as_of import PARAMETERS, AsOf
from actions.reporting_rounds import end_of_round, long_past_period
from issues.models import Agenda
from tracker.people.permissions import Right, may
from tracker.web.queries import without

register = template.Library()

_OF_A_PAGE = ("page", "after", "before")


@register.inclusion_tag("actions/_past_period.html", takes_context=True)
def past_period(context: Any, agenda: Agenda, as_of: AsOf) -> dict[str, Any]:
    """`{% past_period agenda as_of %}`: a note with a link to the end of the reporting round, or nothing.

    Shows nothing on a past date, and before the period ended more than a year ago. One query if it shows something, otherwise none.
    """
    period = None if as_of.is_past else long_past_period(agenda, as_of.day)
    if period is None:
        return {}
    request, day = context["request"], end_of_round(agenda, period)
    return {
        "agenda": agenda,
        "day": day,
        "address": f"{request.path}?{_query_as_of(request.GET, day.isoformat())}",
        "may_prepare_next": may(request.user, Right.COORDINATE),
    }


def _query_as_of(query: QueryDict, day: str) -> str:
    """Return the query of the page, its first page, on that day."""
    changed = without(query, [*PARAMETERS, *_OF_A_PAGE])
    changed["as_of"] = day
    return changed.urlencode()
