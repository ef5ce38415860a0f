"""The milestones of an agenda on a line of time, which is cut into years: what lies empty between them takes no room."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Q
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from actions.models import Milestone
from actions.models.action_point_queries import milestone_passed
from actions.models.milestone import MilestoneQuerySet
from issues.models import Agenda
from tracker.keyset import Column, Order, Page, day, whole_number

PAGE_SIZE = 100
IN_ORDER = Order([Column("due_earliest", day), Column("due_latest", day), Column("pk", whole_number)])


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone, and from where to where in its year it is due: per cent of the year, from the left. Time runs as the language does."""

    milestone: Milestone
    state: str
    """`done`, `passed`, `ahead` or `recurring`."""
    begin: float
    end: float
    goes_on: bool
    """Its latest day is in another year, so `end` is the end of this one."""


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    rows: Sequence[Row]
    today: float | None
    """Where today is, in its year."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    years: Sequence[Year]
    quarters: Sequence[tuple[str, float]]
    """The name of its first month, and where it begins: the same in each year, as all months are equally long on the line."""
    counts: Sequence[tuple[str, str, int]]
    """Each state with its words and how many there are, on all pages."""
    page: Page[Milestone]
    from_this_year: str
    """The place to ask for what is due from this year on."""

    @property
    def total(self) -> int:
        return sum(count for _state, _words, count in self.counts)


def time_line(agenda: Agenda, today: date, *, after: str | None = None, before: str | None = None) -> TimeLine:
    """A page of them, in order of their earliest day. Two queries. Raises PlaceError."""
    of_agenda = Milestone.objects.filter(action_point__issue__agenda=agenda)
    page = IN_ORDER.page(
        of_agenda.select_related("action_point__issue__agenda"), size=PAGE_SIZE, after=after, before=before
    )
    quarters = [date(today.year, month, 1) for month in (1, 4, 7, 10)]
    first = date(today.year, 1, 1)
    return TimeLine(
        years=[
            Year(year, [_row(milestone, today) for milestone in own], _place(today) if year == today.year else None)
            for year, own in groupby(page.rows, key=lambda milestone: milestone.due.earliest.year)
        ],
        quarters=[(date_format(first, "M"), _place(first)) for first in quarters],
        counts=_counts(of_agenda, today),
        page=page,
        from_this_year=f"{first}~{first}~0",
    )


def _row(milestone: Milestone, today: date) -> Row:
    first, last = milestone.due.earliest, milestone.due.latest
    state, goes_on = _state(milestone, today), last.year > first.year
    if state == "recurring":
        milestone.turn = milestone.next_due(today)
    end = _place(date(first.year, 12, 31) if goes_on else last, after=True)
    return Row(milestone, state, _place(first), end, goes_on)


def _place(day: date, *, after: bool = False) -> float:
    """Where the day begins in its year, or where it is over."""
    days = day.day if after else day.day - 1
    found = 100 / 12 * (day.month - 1 + days / monthrange(day.year, day.month)[1])
    return round(100 - found if get_language_bidi() else found, 2)


def _state(milestone: Milestone, today: date) -> str:
    if milestone.done_on:
        return "done"
    if milestone.repeats_every_months:
        return "recurring"
    return "passed" if milestone.is_passed(today) else "ahead"


def _counts(milestones: MilestoneQuerySet, today: date) -> list[tuple[str, str, int]]:
    found = milestones.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(done_on=None)),
        passed=Count("pk", filter=milestone_passed(today)),
        recurring=Count("pk", filter=Q(done_on=None) & ~Q(repeats_every_months=None)),
    )
    ahead = found["total"] - found["done"] - found["passed"] - found["recurring"]
    return [
        ("done", _("Done"), found["done"]),
        ("passed", _("Passed, not marked as done"), found["passed"]),
        ("ahead", _("Ahead"), ahead),
        ("recurring", _("Recurring"), found["recurring"]),
    ]
