"""The progress updates of an agenda that its dashboard uses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any, NamedTuple

from actions.as_of import AsOf
from actions.as_of_history import look_back_at_points
from actions.models import ProgressUpdate
from actions.states import ActionPointState
from issues.models import Agenda

LATEST = 5
"""How many updates the dashboard shows."""


class ReportedUpdate(NamedTuple):
    """What the dashboard needs of an update."""

    action_point: int
    status: str
    is_piece: bool
    covers_all: bool
    agency: int | None
    """Id of its agency."""
    position: datetime
    first_recorded_at: datetime
    number: int
    day: date
    """The day of its position in time."""
    recorded_at: datetime
    pk: int
    participants: frozenset[int] = frozenset()
    """Ids of the agencies that took part."""


def read_updates(agenda: Agenda, as_of: AsOf) -> list[ReportedUpdate]:
    """Return the updates that count on that date, in any order. Two queries."""
    participants: dict[int, set[int]] = defaultdict(set)
    joined = ProgressUpdate.participants.through.objects.filter(progressupdate__action_point__issue__agenda=agenda)
    for update, agency in joined.values_list("progressupdate_id", "agency_id"):
        participants[update].add(agency)
    columns = (
        "action_point_id",
        "status",
        "is_piece",
        "covers_all",
        "agency_id",
        "position",
        "first_recorded_at",
        "number",
        "position_day",
        "recorded_at",
        "pk",
    )
    rows: Any = as_of.updates().filter(action_point__issue__agenda=agenda).order_by().values_list(*columns)
    nobody: frozenset[int] = frozenset()
    joined_by = {update: frozenset(agencies) for update, agencies in participants.items()}
    return [ReportedUpdate._make((*row, joined_by.get(row[-1], nobody))) for row in rows]


def latest(updates: Iterable[ReportedUpdate], states: Sequence[ActionPointState], as_of: AsOf) -> list[ProgressUpdate]:
    """Return the last recorded updates of these action points, the newest first, with what a list of updates shows.

    For a past date without those that were replaced while the agenda was hidden from the reader. Three queries, two more
    for a past date.
    """
    points = {state.pk: state for state in states}
    newest = nlargest(
        LATEST, (each for each in updates if each.action_point in points), key=attrgetter("recorded_at", "pk")
    )
    stored = ProgressUpdate.objects.with_context().select_related("action_point__issue__agenda")
    agendas = {state.agenda.pk for state in states}
    for since in as_of.readable_since(agendas).values() if as_of.is_past else ():
        stored = stored.not_replaced_by(since)
    by_pk = stored.in_bulk([update.pk for update in newest])
    found = [by_pk[update.pk] for update in newest if update.pk in by_pk]
    for update in found:
        as_of.mark(update)
    look_back_at_points([update.action_point for update in found], states)
    return found
