"""Count the action points of an agenda by status, issue and reason for attention, and the parts of its agencies."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from actions import rules
from actions.models import AttentionReason
from actions.states import ActionPointState

AGES = (183, 365, 730)
"""Limits of the age of the last update, in days."""


@dataclass(slots=True)
class Counts:
    """How many action points or parts have each status, and how many need attention."""

    statuses: Counter[str] = field(default_factory=Counter)
    attention: int = 0

    def add(self, status: str, *, needs_attention: bool) -> None:
        self.statuses[status] += 1
        self.attention += needs_attention


@dataclass(frozen=True, slots=True)
class AgendaCounts:
    """Counts of the action points of an agenda. Only `leads` counts parts."""

    total: Counts
    issues: dict[int, Counts]
    """By the number of the issue."""
    leads: dict[int, Counts]
    """The parts of each lead agency, by its id."""
    reasons: Counter[AttentionReason]
    """Action points that need attention for each reason. An action point may have several."""
    paused: int
    without_update_for: dict[int, int]
    """Action points with a part whose last update is at least so many days old (AGES)."""


class PartsUnderIssue(NamedTuple):
    """The parts of an agency under an issue."""

    parts: int
    days_since_report: int | None
    """Days since the oldest of their last updates; None if one has no update."""


def count(states: Sequence[ActionPointState], today: date) -> AgendaCounts:
    total, reasons = Counts(), Counter[AttentionReason]()
    issues: dict[int, Counts] = defaultdict(Counts)
    leads: dict[int, Counts] = defaultdict(Counts)
    for state in states:
        of_parts = [rules.part_reasons(state, part, today) for part in state.parts]
        own = {reason for found in of_parts for reason in found}
        reasons.update(own)
        for counts in (total, issues[state.issue]):
            counts.add(state.status, needs_attention=bool(own))
        for part, found in zip(state.parts, of_parts, strict=True):
            if part.agency is not None:
                leads[part.agency].add(part.status, needs_attention=bool(found))
    return AgendaCounts(
        total=total,
        issues=issues,
        leads=leads,
        reasons=reasons,
        paused=sum(rules.has_paused_part(state, today) for state in states),
        without_update_for={
            days: sum(rules.is_without_update_for(state, days, today) for state in states) for days in AGES
        },
    )


def count_parts(states: Iterable[ActionPointState], today: date) -> dict[tuple[int, int], PartsUnderIssue]:
    """Count the parts of each agency, by its id and the number of the issue."""
    days: dict[tuple[int, int], list[int | None]] = defaultdict(list)
    for state in states:
        for part in state.parts:
            if part.agency is not None:
                days[part.agency, state.issue].append(rules.days_since_report(part, today))
    return {
        key: PartsUnderIssue(len(ages), None if None in ages else max(age for age in ages if age is not None))
        for key, ages in days.items()
    }
