"""The progress updates of an agenda, as far as its dashboard wants to know them."""

from collections.abc import Iterable
from datetime import date, datetime
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple

from actions.as_of import AsOf
from actions.models import ProgressUpdate
from issues.models import Agenda

LATEST = 5
"""Updates that the dashboard shows."""


class ReportedUpdate(NamedTuple):
    action_point: int
    number: int
    status: str
    part_only: bool
    reported_on: date
    """The day of its position."""
    position: datetime
    first_recorded_at: datetime
    recorded_at: datetime
    pk: int


def read_updates(agenda: Agenda, as_of: AsOf) -> list[ReportedUpdate]:
    """Those that count on that day, by the day of the report. One query."""
    rows = as_of.updates().filter(action_point__issue__agenda=agenda).order_by()
    updates = rows.values_list(
        "action_point_id",
        "number",
        "status",
        "part_only",
        "position_day",
        "position",
        "first_recorded_at",
        "recorded_at",
        "pk",
    )
    in_time = attrgetter("reported_on", "position", "first_recorded_at", "number")
    return sorted(map(ReportedUpdate._make, updates), key=in_time)


def latest(updates: Iterable[ReportedUpdate], as_of: AsOf) -> list[ProgressUpdate]:
    """Those recorded last, the newest first, with what a list of updates shows. Three queries, none if there are no updates."""
    newest = nlargest(LATEST, updates, key=attrgetter("recorded_at", "pk"))
    stored = ProgressUpdate.objects.with_context().select_related("action_point__issue__agenda")
    by_pk = stored.in_bulk([update.pk for update in newest])
    found = [by_pk[update.pk] for update in newest if update.pk in by_pk]
    for update in found:
        as_of.mark(update)
    return found
