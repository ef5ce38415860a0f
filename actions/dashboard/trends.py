"""The number of action points at each status now and since the last meeting, as lines on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from actions.dashboard.figures import Figure
from actions.dashboard.status_history import StatusesOnDay
from actions.models import ActionStatus

WIDTH, HEIGHT = 100, 20
"""The size of the drawing of a line."""


@dataclass(frozen=True, slots=True)
class Trend:
    figure: Figure
    """The number now."""
    line: str
    """The path of the line (`d`), from the meeting to the day; the bottom of the drawing is zero."""
    height: float
    """Where the line ends, from the top."""
    change: int
    """By how much the number has changed since the meeting."""

    @property
    def signed_change(self) -> str:
        """Return the change with its sign, a true minus sign; "0" without one."""
        return f"{self.change:+}".replace("-", "\N{MINUS SIGN}") if self.change else "0"


def trends(
    figures: Sequence[Figure], history: Sequence[StatusesOnDay], since: date | None, at_first: int
) -> list[Trend]:
    """Return the trend of each figure since that day, otherwise since the first day of the history.

    At the meeting none of the `at_first` action points of the agenda was reported on, unless the history says so.
    """
    if since is None:
        since = history[0][0] if history else date.max
    before = [counts for day, counts in history if day <= since]
    start = before[-1] if before else {ActionStatus.NOT_REPORTED.value: at_first}
    later = [(day, counts) for day, counts in history if day > since]
    last = later[-1][0] if later else since
    days = max((last - since).days, 1)
    largest = max([1, *start.values(), *(count for _day, counts in later for count in counts.values())])

    def height(count: int) -> float:
        return round(HEIGHT - (HEIGHT - 2) * count / largest, 1)

    found = []
    for figure in figures:
        number = start.get(figure.status.value, 0)
        line = f"M0 {height(number):g}"
        for day, counts in later:
            if counts[figure.status] != number:
                number = counts[figure.status]
                line += f"H{round(WIDTH * (day - since).days / days, 1):g}V{height(number):g}"
        change = figure.count - start.get(figure.status.value, 0)
        found.append(Trend(figure, f"{line}H{WIDTH}", height(figure.count), change))
    return found
