"""The milestones of an agenda on a line of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from actions.models import Milestone
from issues.models import Agenda

SHOWN = 300


@dataclass(frozen=True, slots=True)
class Dot:
    """A milestone on the line: per cent of its length, from the left. Time runs as the language does."""

    state: str
    place: float


@dataclass(frozen=True, slots=True)
class TimeLine:
    years: Sequence[tuple[int, Sequence[tuple[str, Milestone]]]]
    """Each year with its milestones and their states (`done`, `passed`, `ahead`, `recurring`)."""
    dots: Sequence[Dot]
    marks: Sequence[tuple[str, float]]
    """The beginning of each year, and today."""
    counts: Sequence[tuple[str, str, int]]
    """Each state with its words and how many there are."""
    is_cut: bool


def time_line(agenda: Agenda, today: date) -> TimeLine:
    """In order of their earliest day, SHOWN at most. One query."""
    of_agenda = Milestone.objects.filter(action_point__issue__agenda=agenda).in_order()
    found = list(of_agenda.select_related("action_point__issue__agenda")[: SHOWN + 1])
    shown = [(_state(milestone, today), milestone) for milestone in found[:SHOWN]]
    words = {
        "done": _("Done"),
        "passed": _("Passed, not marked as done"),
        "ahead": _("Ahead"),
        "recurring": _("Recurring"),
    }
    states = [state for state, _milestone in shown]
    days = [_day(milestone) for _state, milestone in shown]
    first = date(min([*(day.year for day in days), today.year]), 1, 1)
    length = (date(max([*(day.year for day in days), today.year]) + 1, 1, 1) - first).days

    def place(day: date) -> float:
        found = round(100 * (day - first).days / length, 2)
        return round(100 - found, 2) if get_language_bidi() else found

    years = range(first.year, first.year + max(1, round(length / 365.25)))
    step = -(-len(years) // 12)
    return TimeLine(
        years=[(year, list(group)) for year, group in groupby(shown, key=lambda pair: _day(pair[1]).year)],
        dots=[Dot(state, place(day)) for state, day in zip(states, days, strict=True)],
        marks=[(str(year), place(date(year, 1, 1))) for year in years[::step]],
        counts=[(state, label, states.count(state)) for state, label in words.items()],
        is_cut=len(found) > SHOWN,
    )


def _day(milestone: Milestone) -> date:
    return milestone.due.earliest


def _state(milestone: Milestone, today: date) -> str:
    if milestone.done_on:
        return "done"
    if milestone.repeats_every_months:
        return "recurring"
    return "passed" if milestone.is_passed(today) else "ahead"
