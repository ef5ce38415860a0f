"""The milestones of an agenda on a time line of years. Years without milestones are left out."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from actions import rules
from actions.as_of import AsOf
from actions.models import Milestone
from actions.reader import read_agenda
from issues.models import Agenda
from tracker.web.pagination import get_page

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class DrawnMilestone:
    """A milestone, and where its due date starts and ends in its year, in per cent from the beginning of the line."""

    milestone: Milestone
    state: str
    """`done`, `passed` (overdue), `ahead` or `ended` (not done, but nobody waits for it any more)."""
    begin: float
    end: float
    goes_on: bool
    """Whether its latest day is in a later year; then `end` is the end of this one."""


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    rows: Sequence[DrawnMilestone]
    today: float | None
    """Where today is in the year, in per cent; None in other years."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    years: Sequence[Year]
    quarters: Sequence[tuple[str, float]]
    """The name of the first month of each quarter, and where it begins. All months are equally long on the line."""
    undated: Sequence[Milestone]
    """Recurring milestones of the page whose first day is not known."""
    counts: Sequence[tuple[str, str, int]]
    """Each state with its label and count, over all pages."""
    page: Page[Milestone]
    this_year: int
    """The page on which the milestones from this year on begin."""

    @property
    def total(self) -> int:
        return self.page.paginator.count


def time_line(agenda: Agenda, today: date, asked: Mapping[str, str], errors: list[str]) -> TimeLine:
    """Return the page that the query names, ordered by earliest day. Eight queries at most."""
    stored = Milestone.objects.filter(action_point__issue__agenda=agenda).in_order()
    milestones = list(stored.select_related("action_point__issue__agenda"))
    page = get_page(milestones, PAGE_SIZE, asked, errors)
    overdue, coming = _overdue_and_ahead(agenda, today)

    def state_of(milestone: Milestone) -> str:
        if milestone.done_on:
            return "done"
        if milestone.pk in overdue:
            return "passed"
        if not milestone.due:
            return "undated"
        return "ahead" if milestone.pk in coming else "ended"

    quarters = [date(today.year, month, 1) for month in (1, 4, 7, 10)]
    before = sum(_year(milestone) < today.year for milestone in milestones)
    return TimeLine(
        years=[
            Year(
                year,
                [_row(milestone, state_of(milestone)) for milestone in own],
                _place(today) if year == today.year else None,
            )
            for year, own in groupby((each for each in page if each.due), key=_year)
        ],
        quarters=[(date_format(first, "M"), _place(first)) for first in quarters],
        undated=[milestone for milestone in page if not milestone.due],
        counts=_counts(map(state_of, milestones)),
        page=page,
        this_year=min(before // PAGE_SIZE + 1, page.paginator.num_pages),
    )


def _year(milestone: Milestone) -> int:
    """Return the year in which the milestone is due at the earliest; that of the end of time without a date."""
    return milestone.due.earliest.year if milestone.due else date.max.year


def _overdue_and_ahead(agenda: Agenda, today: date) -> tuple[set[int], set[int]]:
    """Return the ids of the milestones that are overdue, and of those ahead."""
    undone = [(state, each) for state in read_agenda(agenda, AsOf(today)) for each in state.milestones]
    overdue = {each.pk for state, each in undone if rules.is_overdue(state, each, today)}
    return overdue, {each.pk for state, each in undone if rules.is_ahead(state, each, today)}


def _row(milestone: Any, state: str) -> DrawnMilestone:
    first, last = milestone.due.earliest, milestone.due.latest
    goes_on = last.year > first.year
    end = _place(date(first.year, 12, 31) if goes_on else last, after=True)
    return DrawnMilestone(milestone, state, _place(first), end, goes_on)


def _place(day: date, *, after: bool = False) -> float:
    """Return where the day begins in its year or, with `after`, where it ends."""
    days = day.day if after else day.day - 1
    found = 100 / 12 * (day.month - 1 + days / monthrange(day.year, day.month)[1])
    return round(100 - found if get_language_bidi() else found, 2)


def _counts(states: Iterable[str]) -> list[tuple[str, str, int]]:
    counted = Counter(states)
    words = {
        "done": _("Done"),
        "passed": _("Overdue"),
        "ahead": _("Upcoming"),
        "undated": _("Without a date"),
        "ended": _("Not done, no longer due"),
    }
    return [(state, label, counted[state]) for state, label in words.items() if counted[state] or state != "ended"]
