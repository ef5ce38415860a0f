"""Agencies by issues: how many action points, and how long ago the last of them was reported on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.dashboard.counts import Led, count_led
from actions.dashboard.figures import MAX_AGENCIES, list_query
from actions.states import ActionPointState
from issues.models import Issue
from tracker.people.models import Agency

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
    acronym: str
    name: str
    address: str
    cells: tuple[Cell | None, ...]
    """One for each issue; None where it leads nothing under it."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    issues: Sequence[Issue]
    rows: Sequence[AgencyRow]


def heat_map(issues: Sequence[Issue], states: Iterable[ActionPointState], today: date) -> HeatMap:
    """Of the agencies that lead something under these issues, in order of acronym; the first MAX_AGENCIES of them. One query."""
    numbers = {issue.number for issue in issues}
    led = count_led((state for state in states if state.issue in numbers), today)
    agencies = Agency.objects.filter(pk__in={agency for agency, _issue in led}).order_by("acronym")
    rows = [
        AgencyRow(
            agency.acronym,
            agency.name,
            reverse("agency", args=[agency.acronym]),
            tuple(_cell(led.get((agency.pk, issue.number)), agency.acronym, issue) for issue in issues),
        )
        for agency in agencies[:MAX_AGENCIES]
    ]
    return HeatMap(issues, rows)


def _cell(led: Led | None, acronym: str, issue: Issue) -> Cell | None:
    if led is None:
        return None
    return Cell(led.action_points, led.days_since_report, list_query({"issue": issue.number, "agency": acronym}))


def legend() -> list[tuple[str, str]]:
    """Each age with its words, the freshest first."""
    return [
        ("fresh", _("up to 30 days")),
        ("recent", _("up to 90 days")),
        ("old", _("up to a year")),
        ("ancient", _("more than a year")),
        ("never", _("never reported on")),
    ]
