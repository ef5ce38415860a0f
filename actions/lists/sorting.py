"""The orders of the list of action points."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from actions.models import ActionStatus
from actions.states import ActionPointState, by_last_report, by_oldest_part


@dataclass(frozen=True, slots=True)
class Order:
    label: Promise | str
    key: Callable[[ActionPointState], Any]
    reverse: bool = False


_RANKS = {status: rank for rank, status in enumerate(ActionStatus.values)}

DEFAULT = "reference"
ORDERS = {
    DEFAULT: Order(gettext_lazy("reference"), lambda state: state.place),
    "silence": Order(gettext_lazy("oldest update first"), by_oldest_part),
    "status": Order(gettext_lazy("status"), lambda state: (_RANKS[state.status], state.place)),
    "reported": Order(gettext_lazy("newest update first"), by_last_report, reverse=True),
}


def in_order(states: Iterable[ActionPointState], name: str) -> list[ActionPointState]:
    """Return the states sorted by the order of that name."""
    return sorted(states, key=ORDERS[name].key, reverse=ORDERS[name].reverse)
