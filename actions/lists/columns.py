"""The columns of the list, and headings that sort it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy

COLUMNS = {
    "owner": gettext_lazy("Lead"),
    "people": gettext_lazy("Focal points"),
    "status": gettext_lazy("Status"),
    "happened": gettext_lazy("Last dated progress"),
    "reported": gettext_lazy("Last update"),
    "silence": gettext_lazy("Time since the last update"),
    "attention": gettext_lazy("Needs attention"),
    "issue": gettext_lazy("Issue"),
}
"""The columns to choose from, in their order. Reference and title are always there."""
USUAL = ("owner", "status", "reported", "attention")
"""The columns of a list whose address names none."""
_FIXED = (("reference", gettext_lazy("Ref")), ("title", gettext_lazy("Action point")))
_DIRECTIONS = {
    "reference": {"reference": "ascending"},
    "status": {"status": "ascending"},
    "reported": {"reported": "descending", "silence": "ascending"},
    "silence": {"silence": "descending", "reported": "ascending"},
}
"""The orders of each column with their direction for `aria-sort`, the most useful first.
Sorting by last report and by time since then is the same in opposite directions.
"""


@dataclass(frozen=True, slots=True)
class Heading:
    name: str
    label: str
    direction: str = ""
    """The direction in which the list is sorted by it; empty if it is sorted by something else."""
    order: str = ""
    """The label of the order that it leads to; empty if there is no other."""
    query: str = ""
    """The query of the list in that order."""


def headings(columns: Iterable[str], orders: dict[str, str], sort: str, query: str) -> list[Heading]:
    """Return the headings of the table with these columns.

    `orders` has the label of each order, `sort` is the current one, and `query` that of the list.
    """
    labels = [*_FIXED, *((name, COLUMNS[name]) for name in columns)]
    return [_heading(name, str(label), orders, sort, query) for name, label in labels]


def _heading(name: str, label: str, orders: dict[str, str], sort: str, query: str) -> Heading:
    directions = _DIRECTIONS.get(name, {})
    other = next((order for order in directions if order != sort), None)
    if other is None:
        return Heading(name, label, directions.get(sort, ""))
    sorted_query = QueryDict(query, mutable=True)
    sorted_query["sort"] = other
    return Heading(name, label, directions.get(sort, ""), orders[other], sorted_query.urlencode())
