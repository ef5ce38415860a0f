"""Hold one action point on one day as plain data, for the rules, filters, figures and lists."""

from datetime import date
from typing import NamedTuple

from issues.models import Agenda
from tracker.dates.value import PartialDate


class OpenMilestone(NamedTuple):
    """A milestone that is not done."""

    pk: int
    due_earliest: date | None
    """None for a recurring milestone whose first day is not known."""
    due_latest: date | None
    repeats_every_months: int | None
    agency: int | None
    """Id of the lead agency whose part it belongs to; None if it belongs to all parts."""
    version: int | None = None
    """Id of the history row with its values on a past date; None if they are those of today."""


class PartState(NamedTuple):
    """One lead agency's part of an action point. An action point without a lead has one part, which is nobody's."""

    pk: int | None
    """Id of the responsibility."""
    agency: int | None
    status: str
    last_reported: PartialDate | None
    last_reported_day: date | None
    """The day of the last report's position: see `position_of`."""
    last_happened: PartialDate | None
    no_progress_streak: int
    """Number of consecutive latest reports on the whole part with the status "no progress"."""
    answered_day: date | None
    """The day on which the report that sets the status was first recorded."""
    since: date | None = None
    """The day from which the agency is responsible."""
    persons: tuple[int, ...] = ()
    """Ids of the persons named for it, active or not, in order."""
    people: frozenset[int] = frozenset()
    """Ids of the active people it belongs to: those named, otherwise the focal points of the agency and of those below it."""
    paused_until: date | None = None
    """The end of the last pause of its reminders; None on a past date."""
    predecessor_reported: date | None = None
    """The day of the last report on the agency's part of the action point that this one was carried over from."""


class ActionPointState(NamedTuple):
    """An action point on the day that `actions.reader` read it for."""

    pk: int
    agenda: Agenda
    """The agenda, with the state that it had on that day."""
    issue: int
    """The number of its issue."""
    number: int
    added_on: date | None
    """The day on which it was added to the open agenda; None if it has been part of the agenda from the start."""
    status: str
    last_reported: PartialDate | None
    last_reported_day: date | None
    """The day of the last report's position: see `position_of`."""
    last_happened: PartialDate | None
    no_progress_streak: int
    """Number of consecutive latest reports on the whole with the status "no progress"."""
    answered_day: date | None
    """The day on which the report that sets the status was first recorded."""
    parts: tuple[PartState, ...]
    """One for each lead agency, in order of acronym; at least one."""
    milestones: tuple[OpenMilestone, ...] = ()
    """Its milestones that are not done, the earliest first."""
    recorded_later: bool = False
    """Whether an update that counts on this past date was recorded after it; False for today."""
    version: int | None = None
    """Id of the history row with its wording on a past date; None if it is that of today."""
    issue_version: int | None = None
    """Id of the history row with the wording of its issue; None if it is that of today."""

    @property
    def leads(self) -> tuple[int, ...]:
        """Return the ids of its lead agencies."""
        return tuple(part.agency for part in self.parts if part.agency is not None)

    @property
    def persons(self) -> tuple[int, ...]:
        """Return the ids of the persons named for its parts."""
        return tuple(dict.fromkeys(pk for part in self.parts for pk in part.persons))

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


def by_oldest_part(state: ActionPointState) -> tuple[date, tuple[int, int]]:
    """Return the key that sorts by the last report on the part that has waited longest: parts without a report first, then the oldest."""
    return min(part.last_reported_day or date.min for part in state.parts), state.place
