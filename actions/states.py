"""One action point on one day, as plain data: what the rules, filters, figures and lists work on."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from issues.models import Agenda
from tracker.dates.value import PartialDate


@dataclass(frozen=True, slots=True)
class OpenMilestone:
    """A milestone that is not done."""

    done_on: ClassVar[None] = None

    pk: int
    due_earliest: date
    due_latest: date
    repeats_every_months: int | None


@dataclass(frozen=True, slots=True)
class ActionPointState:
    """An action point on the day that `actions.reader` was asked for."""

    pk: int
    agenda: Agenda
    """Open or closed as it was on that day."""
    issue: int
    """The number of its issue."""
    number: int
    status: str
    last_reported: PartialDate | None
    last_reported_day: date | None
    """The day that the last report counts as of: see `position_of`."""
    last_happened: PartialDate | None
    no_progress_streak: int
    """How many of the latest reports on the whole action point say "no progress", one after the other."""
    paused_until: date | None
    """The day until which its reminders are paused; None on a past date."""
    leads: tuple[int, ...] = ()
    """Ids of its lead agencies."""
    focal_points: tuple[int, ...] = ()
    """Ids of people."""
    milestones: tuple[OpenMilestone, ...] = ()
    """Those that are not done, the earliest first."""
    recorded_later: bool = False
    """On a past date: whether an update that counts was recorded after that day."""

    @property
    def place(self) -> tuple[int, int]:
        """Where it is in the order of references within its agenda."""
        return self.issue, self.number

    @property
    def code(self) -> str:
        return f"{self.issue}.{self.number}"

    @property
    def reference(self) -> str:
        return f"{self.agenda.slug}/{self.code}"


def by_last_report(state: ActionPointState) -> tuple[date, tuple[int, int]]:
    """To sort by: those never reported on first, then the oldest report."""
    return state.last_reported_day or date.min, state.place
