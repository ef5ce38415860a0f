"""Sort updates by when they were reported or by when the progress happened: `?order=happened`."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REPORTED, HAPPENED = "reported", "happened"
_LABELS: Mapping[str, Promise] = {
    REPORTED: gettext_lazy("By date of the report"),
    HAPPENED: gettext_lazy("By date of the progress"),
}


class Order(NamedTuple):
    """An order of updates to choose, with the query of the page in that order."""

    label: str
    query: str
    is_current: bool


def read_order(query: Mapping[str, str], errors: list[str]) -> str:
    """Return the order that the query names, by default that of the reports. Add a message to `errors` if there is no such order."""
    order = query.get("order") or REPORTED
    if order in _LABELS:
        return order
    errors.append(_("There is no such order. This page shows the updates by date of the report."))
    return REPORTED


def query_in(order: str, kept: Mapping[str, str]) -> str:
    """Return the query of a page in that order, with the parameters to keep."""
    return urlencode({**kept} | ({"order": order} if order != REPORTED else {}))


def orders(current: str, kept: Mapping[str, str]) -> list[Order]:
    """Return all orders, with the parameters to keep in their queries."""
    return [Order(str(label), query_in(name, kept), name == current) for name, label in _LABELS.items()]
