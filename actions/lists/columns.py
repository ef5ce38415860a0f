"""The columns of the list as a table, and headings that sort it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy

FIRST = "reference"
"""The column that every table has: reference and title."""
COLUMNS = {
    "owner": gettext_lazy("Lead"),
    "status": gettext_lazy("Status"),
    "happened": gettext_lazy("Last dated progress"),
    "reported": gettext_lazy("Last update"),
    "silence": gettext_lazy("Time since the last update"),
    "attention": gettext_lazy("Needs attention"),
    "issue": gettext_lazy("Issue"),
}
"""The columns to choose from. Without any of them the list is not a table."""
OF_THE_WHOLE = ("happened", "issue")
"""Columns that are about the whole action point. Each part has the others for itself."""
_DIRECTIONS = {
    FIRST: {"reference": "ascending"},
    "status": {"status": "ascending"},
    "reported": {"reported": "descending", "silence": "ascending"},
    "silence": {"silence": "descending", "reported": "ascending"},
}
"""The orders of each column with their direction for `aria-sort`, the most useful first.
Sorting by last report and by time since then is the same in opposite directions.
"""


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    direction: str = ""
    """The direction in which the list is sorted by it; empty if it is sorted by something else."""
    order: str = ""
    """The label of the order that it leads to; empty if there is no other."""
    query: str = ""
    """The query of the list in that order."""


def headings(columns: Iterable[tuple[str, str]], orders: dict[str, str], sort: str, query: str) -> list[Heading]:
    """Return the headings of `columns` (name and label).

    `orders` has the label of each order, `sort` is the current one, and `query` that of the list.
    """
    return [_heading(label, _DIRECTIONS.get(name, {}), orders, sort, query) for name, label in columns]


def _heading(label: str, directions: dict[str, str], orders: dict[str, str], sort: str, query: str) -> Heading:
    other = next((order for order in directions if order != sort), None)
    if other is None:
        return Heading(label, directions.get(sort, ""))
    sorted_query = QueryDict(query, mutable=True)
    sorted_query["sort"] = other
    return Heading(label, directions.get(sort, ""), orders[other], sorted_query.urlencode())
