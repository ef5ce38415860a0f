"""Hold one action point on one day as plain data, for the rules, filters, figures and lists."""

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
    """An action point on the day that `actions.reader` read it for."""

    pk: int
    agenda: Agenda
    """The agenda, with the state that it had on that day."""
    issue: int
    """The number of its issue."""
    number: int
    status: str
    last_reported: PartialDate | None
    last_reported_day: date | None
    """The day of the last report's position: see `position_of`."""
    last_happened: PartialDate | None
    no_progress_streak: int
    """Number of consecutive latest reports on the whole action point with the status "no progress"."""
    paused_until: date | None
    """The day until which its reminders are paused; None on a past date."""
    leads: tuple[int, ...] = ()
    """Ids of its lead agencies."""
    focal_points: tuple[int, ...] = ()
    """Ids of its focal points."""
    milestones: tuple[OpenMilestone, ...] = ()
    """Its milestones that are not done, the earliest first."""
    recorded_later: bool = False
    """Whether an update that counts on this past date was recorded after it; False for today."""

    @property
    def place(self) -> tuple[int, int]:
        """Return the key that sorts action points of one agenda by reference."""
        return self.issue, self.number

    @property
    def code(self) -> str:
        return f"{self.issue}.{self.number}"

    @property
    def reference(self) -> str:
        return f"{self.agenda.slug}/{self.code}"


def by_last_report(state: ActionPointState) -> tuple[date, tuple[int, int]]:
    """Return the key that sorts by last report: action points without a report first, then the oldest."""
    return state.last_reported_day or date.min, state.place
