"""What stands above the columns of the list as a table: words that sort it where it can be sorted so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy

FIRST = "reference"
"""The column that every table has: reference and title."""
COLUMNS = {
    "status": gettext_lazy("Status"),
    "owner": gettext_lazy("Owner"),
    "happened": gettext_lazy("Last dated progress"),
    "reported": gettext_lazy("Last reported"),
    "silence": gettext_lazy("Silent for"),
    "attention": gettext_lazy("Attention"),
    "issue": gettext_lazy("Issue"),
}
"""What a table of the list may show beside reference and title; without any of them the list is no table."""
_DIRECTIONS = {
    FIRST: {"reference": "ascending"},
    "status": {"status": "ascending"},
    "reported": {"reported": "descending", "silence": "ascending"},
    "silence": {"silence": "descending", "reported": "ascending"},
}
"""The orders that a column has, what people want first at first, each with its direction as `aria-sort` says it.
Who was silent for longest reported first: an order of the one is an order of the other.
"""


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    direction: str = ""
    """Which way the list is sorted by it; empty where it is sorted by something else."""
    order: str = ""
    """The words of the order that it leads to; empty where there is none but that of now."""
    query: str = ""
    """Of the same list in that order."""


def headings(columns: Iterable[tuple[str, str]], orders: dict[str, str], sort: str, query: str) -> list[Heading]:
    """Of `columns` (name and label). `orders` has the words of each order, `sort` is that of now, `query` that of the list."""
    return [_heading(label, _DIRECTIONS.get(name, {}), orders, sort, query) for name, label in columns]


def _heading(label: str, directions: dict[str, str], orders: dict[str, str], sort: str, query: str) -> Heading:
    other = next((order for order in directions if order != sort), None)
    if other is None:
        return Heading(label, directions.get(sort, ""))
    sorted_so = QueryDict(query, mutable=True)
    sorted_so["sort"] = other
    return Heading(label, directions.get(sort, ""), orders[other], sorted_so.urlencode())
