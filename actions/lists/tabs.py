"""The views of a list as tabs: by reason for attention, and those that people saved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from actions import rules
from actions.as_of import PARAMETERS
from actions.lists.filters import ANY, query_without_page
from actions.lists.models import SavedView
from actions.models import AttentionReason
from actions.states import ActionPointState
from tracker.web.queries import without

MAX_COUNTED = 500
"""Action points of the largest agenda whose tabs have counts."""
_DISPLAY = ("sort", "columns", *PARAMETERS)
"""Parameters that do not choose action points. Tabs keep them."""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    query: str
    is_current: bool
    count: int | None = None
    view: SavedView | None = None


def tabs(data: QueryDict, states: Sequence[ActionPointState], day: date, views: Iterable[SavedView]) -> list[Tab]:
    """Return the tabs of the list with that query. `states` are all action points of the agenda. No query."""
    query = QueryDict(query_without_page(data))
    display, narrowed = _split(query)
    found = [_tab(_("All"), "", display, narrowed, len(states))]
    if states and states[0].agenda.is_open:
        counts = _counts(states, day) if len(states) <= MAX_COUNTED else None
        reasons = {ANY: _("Needs attention")} | {reason.value: str(reason.label) for reason in AttentionReason}
        found += [
            _tab(label, f"attention={reason}", display, narrowed, counts[reason] if counts else None)
            for reason, label in reasons.items()
        ]
    return found + [_saved_tab(view, query) for view in views]


def _tab(label: str, own: str, display: str, narrowed: str, count: int | None) -> Tab:
    return Tab(label, "&".join(part for part in (own, display) if part), own == narrowed, count)


def _saved_tab(view: SavedView, query: QueryDict) -> Tab:
    """Return the tab of a view. It is current if the list shows what was saved, today or on a past date."""
    is_current = without(query, PARAMETERS) == QueryDict(view.query)
    return Tab(view.name, view.query, is_current, None, view)


def _split(query: QueryDict) -> tuple[str, str]:
    """Return the parameters of the display, and those that choose action points."""
    display, narrowed = QueryDict(mutable=True), QueryDict(mutable=True)
    for name, values in query.lists():
        (display if name in _DISPLAY else narrowed).setlist(name, values)
    return display.urlencode(), narrowed.urlencode()


def _counts(states: Iterable[ActionPointState], day: date) -> Counter[str]:
    counts: Counter[str] = Counter()
    for state in states:
        if reasons := rules.attention_reasons(state, day):
            counts.update([ANY, *reasons])
    return counts
