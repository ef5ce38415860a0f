"""Agencies by issues: how many action points, and how long ago the last of them was reported on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.as_of import AsOf
from actions.dashboard import counting
from actions.dashboard.figures import AGENCIES, list_query
from actions.tallies.reading import Led
from issues.models import Agenda, Issue

_AGES = ((30, "fresh"), (90, "recent"), (365, "old"))


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    days: int | None
    """Since the last report on any of them; None where nothing was ever reported."""
    query: str
    """Of the list that has just these action points."""

    @property
    def age(self) -> str:
        """`fresh`, `recent`, `old`, `ancient` or `never`: what the colour says, beside the words."""
        if self.days is None:
            return "never"
        return next((age for days, age in _AGES if self.days <= days), "ancient")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """Plain data, so that templates draw it once."""

    acronym: str
    name: str
    address: str
    cells: tuple[Cell | None, ...]
    """One for each issue; None where it leads nothing under it."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    issues: Sequence[Issue]
    rows: Sequence[AgencyRow]


def heat_map(agenda: Agenda, issues: Sequence[Issue], as_of: AsOf) -> HeatMap:
    """Of the agencies that lead something under these issues, in order of acronym; the first AGENCIES of them. One query."""
    counted = counting.count_led(agenda, issues, as_of)
    names = {agency.acronym: agency.name for agency, _number in counted}
    found = {(agency.acronym, number): led for (agency, number), led in counted.items()}
    rows = [
        AgencyRow(
            acronym,
            names[acronym],
            reverse("agency", args=[acronym]),
            tuple(_cell(found.get((acronym, issue.number)), acronym, issue, as_of.day) for issue in issues),
        )
        for acronym in sorted(names)[:AGENCIES]
    ]
    return HeatMap(issues, rows)


def _cell(counted: Led | None, acronym: str, issue: Issue, today: date) -> Cell | None:
    if counted is None:
        return None
    days = (today - counted.last).days if counted.last else None
    return Cell(counted.count, days, list_query(("issue", issue.number), ("agency", acronym)))


def legend() -> list[tuple[str, str]]:
    """Each age with its words, the freshest first."""
    return [
        ("fresh", _("up to 30 days")),
        ("recent", _("up to 90 days")),
        ("old", _("up to a year")),
        ("ancient", _("more than a year")),
        ("never", _("never reported on")),
    ]
