"""Count the action points of an agenda by status, issue and reason for attention, and the parts of its agencies, in one pass."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from actions import rules
from actions.models import AttentionReason
from actions.states import ActionPointState, PartState


@dataclass(slots=True)
class PartsUnderIssue:
    """The parts of an agency under an issue, or those of no lead agency."""

    count: int = 0
    due: int = 0
    """How many of them have an update due."""
    oldest_report: date | None = date.max
    """The day of the oldest of their last reports; None if one was never reported on."""

    def add(self, part: PartState, *, is_due: bool) -> None:
        self.count += 1
        self.due += is_due
        reported = part.last_reported_day
        self.oldest_report = min(reported, self.oldest_report) if reported and self.oldest_report else None


@dataclass(frozen=True, slots=True)
class AgendaCounts:
    """Counts of the action points of an agenda. Only `leads` and `cells` count parts."""

    statuses: Counter[str]
    issues: dict[int, Counter[str]]
    """The statuses of the action points, by the number of the issue."""
    leads: dict[int | None, Counter[str]]
    """The statuses of the parts of each lead agency, by its id; None has those of no lead agency."""
    cells: dict[tuple[int | None, int], PartsUnderIssue]
    """By the id of the lead agency, or None, and the number of the issue."""
    reasons: dict[AttentionReason, list[ActionPointState]]
    """The action points that need attention for each reason, in order. One may have several reasons."""
    attention: int
    """How many action points need attention."""
    due: list[PartState] = field(default_factory=list)
    """The parts whose update is due."""


def count(states: Iterable[ActionPointState], today: date) -> AgendaCounts:
    statuses, attention = Counter[str](), 0
    issues: dict[int, Counter[str]] = defaultdict(Counter)
    leads: dict[int | None, Counter[str]] = defaultdict(Counter)
    cells: dict[tuple[int | None, int], PartsUnderIssue] = defaultdict(PartsUnderIssue)
    reasons: dict[AttentionReason, list[ActionPointState]] = {reason: [] for reason in AttentionReason}
    due: list[PartState] = []
    for state in states:
        statuses[state.status] += 1
        issues[state.issue][state.status] += 1
        own: set[AttentionReason] = set()
        for part in state.parts:
            found = rules.part_reasons(state, part, today)
            own.update(found)
            is_due = AttentionReason.UPDATE_DUE in found
            if is_due:
                due.append(part)
            leads[part.agency][part.status] += 1
            cells[part.agency, state.issue].add(part, is_due=is_due)
        attention += bool(own)
        for reason in own:
            reasons[reason].append(state)
    return AgendaCounts(statuses, issues, leads, cells, reasons, attention, due)
