"""The progress updates of an agenda that its dashboard uses."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F

from actions.as_of import AsOf
from actions.as_of_history import look_back_at_points
from actions.models import ActionStatus, ProgressUpdate
from actions.reports import read_participants
from actions.states import ActionPointState
from issues.models import Agenda

LATEST = 4
"""How many updates the dashboard shows."""


class ReportedUpdate(NamedTuple):
    """What the history of statuses needs of an update."""

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
    pk: int
    participants: frozenset[int] = frozenset()
    """Ids of the agencies that took part."""


def read_updates(agenda: Agenda, as_of: AsOf, until: date) -> list[ReportedUpdate]:
    """Return the updates that count on that date and are from no later day than `until`, in any order. Two queries."""
    participants = read_participants(progressupdate__action_point__issue__agenda=agenda)
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
        "pk",
    )
    updates: Any = as_of.updates().filter(action_point__issue__agenda=agenda, position_day__lte=until)
    nobody: frozenset[int] = frozenset()
    return [
        ReportedUpdate._make((*row, participants.get(row[-1], nobody)))
        for row in updates.order_by().values_list(*columns)
    ]


def latest(agenda: Agenda, states: Sequence[ActionPointState], as_of: AsOf) -> list[ProgressUpdate]:
    """Return the last recorded updates of these action points, the newest first, with agency and action point.

    For a past date without those that were replaced while the agenda was hidden from the reader. Two queries.
    """
    points = {state.pk for state in states}
    # Sorting by an expression keeps PostgreSQL from walking the updates of all agendas in the order of an index.
    newest = as_of.updates().filter(action_point__issue__agenda=agenda).order_by(-F("pk"))
    shown = [pk for pk, point in newest.values_list("pk", "action_point_id")[: 10 * LATEST] if point in points][:LATEST]
    stored = ProgressUpdate.objects.select_related("agency", "action_point__issue__agenda")
    for since in as_of.readable_since([agenda.pk]).values() if as_of.is_past else ():
        stored = stored.not_replaced_by(since)
    by_pk = stored.in_bulk(shown)
    found = [by_pk[pk] for pk in shown if pk in by_pk]
    for update in found:
        as_of.mark(update)
    return found


def no_progress_answers(points: Sequence[ActionPointState], as_of: AsOf) -> list[ProgressUpdate]:
    """Return the last "no progress" on each part of these action points that has that status, in order of reference.

    Three queries at most, two more for a past date.
    """
    stored = as_of.updates().filter(action_point__in=[state.pk for state in points], status=ActionStatus.NO_PROGRESS)
    for since in as_of.readable_since({state.agenda.pk for state in points}).values() if as_of.is_past else ():
        stored = stored.not_replaced_by(since)
    updates: dict[int, list[ProgressUpdate]] = defaultdict(list)
    for update in stored.with_context().select_related("action_point__issue__agenda").order_by("-position", "-number"):
        as_of.mark(update)
        updates[update.action_point_id].append(update)
    look_back_at_points([each.action_point for found in updates.values() for each in found], points)
    return [update for state in points for update in _last_of_parts(state, updates[state.pk])]


def _last_of_parts(state: ActionPointState, newest_first: Sequence[ProgressUpdate]) -> list[ProgressUpdate]:
    waiting = {part.agency for part in state.parts if part.status == ActionStatus.NO_PROGRESS}
    last: dict[int | None, ProgressUpdate] = {}
    for update in newest_first:
        last.setdefault(update.agency_id, update)
    return [update for agency, update in last.items() if agency in waiting] or list(newest_first[:1])
