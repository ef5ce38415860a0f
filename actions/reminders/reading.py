"""Read action points for digests, and leave out what cannot be read, so that one faulty row stops nobody else."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError
from django.db.models import CharField, ExpressionWrapper, F

from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone
from actions.reader import read_action_points, read_agenda
from actions.states import ActionPointState
from issues.models import Agenda
from tracker.dates.value import PartialDate

log = logging.getLogger(__name__)

CHUNK = 1000
"""Action points that are read at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that digests leave out because it cannot be read: an action point or, if given, only that milestone of it."""

    action_point: int
    milestone: int | None = None


def read_states(agenda: Agenda, today: date, faults: set[Fault]) -> list[ActionPointState]:
    """Return the action points of an agenda that can be read; add the others to `faults`. Eight queries, more if there are others."""
    try:
        states = read_agenda(agenda, AsOf(today))
    except (ValueError, TypeError, OverflowError, DatabaseError):
        pks = list(ActionPoint.objects.filter(issue__agenda=agenda).values_list("pk", flat=True))
        states = _read(pks, today, [agenda], faults)
    return _without_faulty_milestones(states, {"action_point__issue__agenda": agenda}, faults)


def read_points(pks: Collection[int], today: date, faults: set[Fault]) -> list[ActionPointState]:
    """Return those of these action points that can be read, of any agendas. Queries as for an agenda, for each thousand."""
    ordered = sorted(pks)
    states: list[ActionPointState] = []
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        read = _read(chunk, today, [], faults)
        states += _without_faulty_milestones(read, {"action_point__in": chunk}, faults)
    return states


def leave_out(fault: Fault, error: Exception, faults: set[Fault]) -> None:
    """Add the fault, and log it once."""
    if fault not in faults:
        faults.add(fault)
        place = f"action point {fault.action_point}" + (f", milestone {fault.milestone}" if fault.milestone else "")
        log.error("Left out of digests: %s (%s)", place, type(error).__name__)


def _read(pks: Sequence[int], today: date, agendas: Sequence[Agenda], faults: set[Fault]) -> list[ActionPointState]:
    """Read action points at once. If that fails, read each half, until the one that cannot be read is found."""
    try:
        return read_action_points(pks, AsOf(today), agendas)
    except (ValueError, TypeError, OverflowError, DatabaseError) as error:
        if len(pks) == 1:
            leave_out(Fault(pks[0]), error, faults)
            return []
    middle = len(pks) // 2
    return _read(pks[:middle], today, agendas, faults) + _read(pks[middle:], today, agendas, faults)


def _without_faulty_milestones(
    states: list[ActionPointState], lookups: dict[str, Any], faults: set[Fault]
) -> list[ActionPointState]:
    """Return the states without the milestones whose date cannot be read. One query."""
    faulty = set()
    dated = Milestone.objects.undone().filter(**lookups).exclude(due=None)
    dates = dated.annotate(due_text=ExpressionWrapper(F("due"), CharField()))
    for milestone, point, due in dates.values_list("pk", "action_point_id", "due_text"):
        try:
            PartialDate.parse(due)
        except Exception as error:
            faulty.add(milestone)
            leave_out(Fault(point, milestone), error, faults)
    if not faulty:
        return states
    return [
        state._replace(milestones=tuple(each for each in state.milestones if each.pk not in faulty)) for state in states
    ]
