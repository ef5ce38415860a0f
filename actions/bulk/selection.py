"""Read which action points of a list were selected, from the query of a page that acts on them."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.as_of import AsOf
from actions.lists.filters import DISPLAY, ActionPointFilter, unknown_parameters
from actions.lists.sorting import DEFAULT, ORDERS, in_order
from actions.reader import read_agenda
from actions.states import ActionPointState
from issues.models import Agenda
from tracker.web.queries import without

_OWN = ("points", "kind")
"""Parameters that the list adds to its query when it leads to such a page."""


ALL = "all"
"""The value of `points` that selects the whole list."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The action points of a list, and which of them were selected."""

    filters: ActionPointFilter
    errors: list[str]
    """What of the query could not be understood."""
    listed: list[ActionPointState]
    selected: list[int]
    """Ids, in the order of the list. Empty if the page was opened for the whole list."""
    query: str
    """The query of the list."""

    @property
    def is_faulty(self) -> bool:
        return bool(self.errors or self.filters.errors)

    @property
    def list_address(self) -> str:
        address = reverse("action_point_list", args=[self.filters.agenda.slug])
        return f"{address}?{self.query}" if self.query else address


def read_selection(request: HttpRequest, agenda: Agenda) -> Selection:
    """Return the selection of the query: parameters of the list, and `points`, the ids of those that were ticked."""
    today, query = AsOf(timezone.localdate()), list_query(request.GET)
    states = read_agenda(agenda, today)
    filters = ActionPointFilter(query, agenda=agenda, user=request.user, as_of=today, states=states)
    errors = unknown_parameters(query, [*filters.filters, *DISPLAY])
    listed = in_order(filters.narrowed(), sort if (sort := query.get("sort", "")) in ORDERS else DEFAULT)
    ticked = set(request.GET.getlist("points"))
    if ALL in ticked:
        selected = [state.pk for state in listed]
    else:
        selected = [state.pk for state in states if str(state.pk) in ticked]
        if len(selected) < len(ticked):
            errors.append(_("An action point that you selected is not in this agenda. Select again."))
    return Selection(filters, errors, listed, selected, query.urlencode())


def list_query(data: QueryDict) -> QueryDict:
    """Return the query of the list."""
    return without(data, _OWN)
