"""The progress updates of an agenda that its dashboard uses."""

from collections.abc import Iterable
from datetime import date, datetime
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple

from actions.access import Person
from actions.as_of import AsOf
from actions.models import ProgressUpdate
from issues.models import Agenda
from issues.readable_history import readable_since

LATEST = 5
"""How many updates the dashboard shows."""


class ReportedUpdate(NamedTuple):
    action_point: int
    status: str
    is_piece: bool
    day: date
    """The day of its position in time."""
    recorded_at: datetime
    pk: int


def read_updates(agenda: Agenda, as_of: AsOf) -> list[ReportedUpdate]:
    """Return the updates that count on that date, by position in time. One query."""
    rows = as_of.updates().filter(action_point__issue__agenda=agenda)
    rows = rows.order_by("position_day", "position", "first_recorded_at", "number")
    columns = "action_point_id", "status", "is_piece", "position_day", "recorded_at", "pk"
    return list(map(ReportedUpdate._make, rows.values_list(*columns)))


def latest(updates: Iterable[ReportedUpdate], agenda: Agenda, as_of: AsOf, reader: Person) -> list[ProgressUpdate]:
    """Return the last recorded updates, the newest first, with what a list of updates shows.

    For a past date without those that were replaced while the agenda was hidden from the reader. Three queries, one more
    for a past date.
    """
    newest = nlargest(LATEST, updates, key=attrgetter("recorded_at", "pk"))
    stored = ProgressUpdate.objects.with_context().select_related("action_point__issue__agenda")
    if as_of.is_past:
        stored = stored.not_replaced_by(readable_since([agenda.pk], reader)[agenda.pk])
    by_pk = stored.in_bulk([update.pk for update in newest])
    found = [by_pk[update.pk] for update in newest if update.pk in by_pk]
    for update in found:
        as_of.mark(update)
    return found
