"""What lists can be sorted by."""

from dataclasses import replace

from django.utils.translation import gettext_lazy

from tracker.keyset import Column, Order, day, whole_number

_PLACE = Column("place", whole_number)
ORDERS = {
    "reference": (gettext_lazy("reference"), Order([_PLACE])),
    "silence": (gettext_lazy("longest silent first"), Order([Column("reported", day), _PLACE])),
    "status": (gettext_lazy("status"), Order([Column("rank", whole_number), _PLACE])),
    "reported": (
        gettext_lazy("last reported first"),
        Order([Column("reported", day, descending=True), replace(_PLACE, descending=True)]),
    ),
}
"""What a list can be sorted by: each with its words, and the order of entries."""
_PLACE_THEN = replace(_PLACE, name="entry__place")
ORDERS_THEN = {
    "reference": Order([_PLACE_THEN]),
    "silence": Order([Column("reported_then", day, nullable=True), _PLACE_THEN]),
    "status": Order([Column("status_rank", whole_number), _PLACE_THEN]),
    "reported": Order(
        [Column("reported_then", day, descending=True, nullable=True), replace(_PLACE_THEN, descending=True)]
    ),
}
"""The same orders on a day that has gone by, of action points."""
