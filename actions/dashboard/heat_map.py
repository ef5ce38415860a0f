"""When each agency last reported: a table of lead agencies by issues."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.dashboard.counts import PartsUnderIssue, count_parts
from actions.dashboard.figures import MAX_AGENCIES, list_query
from actions.states import ActionPointState
from issues.models import Issue
from tracker.people.models import Agency

_AGES = ((30, "fresh"), (90, "recent"), (365, "old"))


@dataclass(frozen=True, slots=True)
class Cell:
    """The parts of an agency under an issue."""

    count: int
    days: int | None
    """Days since the oldest of their last updates; None if one has no update."""
    query: str
    """The query of the list of just these parts."""

    @property
    def age(self) -> str:
        """The class of the colour that goes with the words: `fresh`, `recent`, `old`, `ancient` or `never`."""
        if self.days is None:
            return "never"
        return next((age for days, age in _AGES if self.days <= days), "ancient")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    acronym: str
    name: str
    address: str
    cells: tuple[Cell | None, ...]
    """One for each issue; None if it has no part under it."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    issues: Sequence[Issue]
    rows: Sequence[AgencyRow]


def heat_map(issues: Sequence[Issue], states: Iterable[ActionPointState], today: date) -> HeatMap:
    """Return the table of the first MAX_AGENCIES agencies that have a part under these issues, by acronym. One query."""
    numbers = {issue.number for issue in issues}
    parts = count_parts((state for state in states if state.issue in numbers), today)
    agencies = Agency.objects.filter(pk__in={agency for agency, _issue in parts}).order_by("acronym")
    rows = [
        AgencyRow(
            agency.acronym,
            agency.name,
            reverse("agency", args=[agency.acronym]),
            tuple(_cell(parts.get((agency.pk, issue.number)), agency.acronym, issue) for issue in issues),
        )
        for agency in agencies[:MAX_AGENCIES]
    ]
    return HeatMap(issues, rows)


def _cell(parts: PartsUnderIssue | None, acronym: str, issue: Issue) -> Cell | None:
    if parts is None:
        return None
    return Cell(parts.parts, parts.days_since_report, list_query({"issue": issue.number, "agency": acronym}))


def legend() -> list[tuple[str, str]]:
    """Return each age with its label, the freshest first."""
    return [
        ("fresh", _("up to 30 days")),
        ("recent", _("up to 90 days")),
        ("old", _("up to a year")),
        ("ancient", _("more than a year")),
        ("never", _("never")),
    ]
