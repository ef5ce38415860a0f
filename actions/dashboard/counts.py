"""Count the action points of an agenda by status, issue and lead agency, and those that need attention."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from actions import rules
from actions.states import ActionPointState

AGES = (183, 365, 730)
"""Limits of the age of the last report, in days."""


@dataclass(slots=True)
class Counts:
    """How many action points have each status, and how many need attention."""

    statuses: Counter[str] = field(default_factory=Counter)
    attention: int = 0

    def add(self, state: ActionPointState, *, needs_attention: bool) -> None:
        self.statuses[state.status] += 1
        self.attention += needs_attention


@dataclass(frozen=True, slots=True)
class AgendaCounts:
    """Counts of all action points of an agenda, by number of the issue, and by id of the lead agency."""

    total: Counts
    issues: dict[int, Counts]
    leads: dict[int, Counts]
    """An action point with two leads counts for both."""
    silent: int
    milestone_overdue: int
    paused: int
    unowned: int
    not_reported_for: dict[int, int]
    """How many open ones were last reported on at least so many days ago (AGES), without those never reported on."""


class Led(NamedTuple):
    """The action points that an agency leads under an issue."""

    action_points: int
    days_since_report: int | None
    """Days since the last report on any of them; None if nothing was ever reported."""


def count(states: Sequence[ActionPointState], today: date) -> AgendaCounts:
    total = Counts()
    issues: dict[int, Counts] = defaultdict(Counts)
    leads: dict[int, Counts] = defaultdict(Counts)
    for state in states:
        needs_attention = rules.needs_attention(state, today)
        for counts in (total, issues[state.issue], *(leads[pk] for pk in state.leads)):
            counts.add(state, needs_attention=needs_attention)
    open_states = [state for state in states if rules.is_open(state)]
    ages = [days for state in open_states if (days := rules.days_since_report(state, today)) is not None]
    return AgendaCounts(
        total=total,
        issues=issues,
        leads=leads,
        silent=sum(rules.is_silent(state, today) for state in open_states),
        milestone_overdue=sum(rules.has_overdue_milestone(state, today) for state in open_states),
        paused=sum(rules.is_paused(state, today) for state in open_states),
        unowned=sum(not rules.has_owner(state) for state in states),
        not_reported_for={limit: sum(days >= limit for days in ages) for limit in AGES},
    )


def count_led(states: Iterable[ActionPointState], today: date) -> dict[tuple[int, int], Led]:
    """Count what each agency leads, by its id and the number of the issue."""
    days: dict[tuple[int, int], list[int | None]] = defaultdict(list)
    for state in states:
        for pk in state.leads:
            days[pk, state.issue].append(rules.days_since_report(state, today))
    return {
        key: Led(len(found), min((one for one in found if one is not None), default=None))
        for key, found in days.items()
    }
