"""Counts as plain data, each with the query of the list that it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.text import Truncator

from actions.as_of import AsOf
from actions.bars import Segment
from actions.dashboard.counts import AgendaCounts
from actions.models import ActionStatus
from actions.models.action_point_queryset import Basis
from issues.models import Issue
from tracker.people.models import Agency

MAX_ISSUES, MAX_AGENCIES = 20, 60
"""The most issues and agencies that the dashboard shows."""

MAX_TITLE = 30
"""The most characters of an issue's title in a table."""

STATUSES: list[ActionStatus] = [*reversed([status for status in ActionStatus if status != ActionStatus.DISCONTINUED])]
"""The order of the statuses in figures, what is furthest ahead first. Discontinued ones come last, if there are any."""


@dataclass(frozen=True, slots=True)
class Figure:
    status: ActionStatus
    count: int
    query: str = ""
    """The query of the list of just these."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The action points of an issue or of a day, or the parts of an agency, by status."""

    label: str
    figures: Sequence[Figure]
    query: str = ""
    """The query of the list of all of them."""
    name: str = ""
    """The label in full, if that is longer."""
    short_label: str = ""
    """The label where space is short."""

    @property
    def total(self) -> int:
        return sum(figure.count for figure in self.figures)

    @property
    def segments(self) -> list[Segment]:
        return segments(self.figures)


def statuses_of(*counts: Counter[str]) -> list[ActionStatus]:
    """Return the statuses to show for these counts, in their order."""
    is_discontinued = any(counted[ActionStatus.DISCONTINUED] for counted in counts)
    return [*STATUSES, ActionStatus.DISCONTINUED] if is_discontinued else STATUSES


def figures(counts: Counter[str], statuses: Iterable[ActionStatus], query: Mapping[str, Any]) -> list[Figure]:
    """Return one figure for each status, with the query of its list: `query` and the status."""
    return [Figure(status, counts[status], urlencode({**query, "status": status.value})) for status in statuses]


def by_issue(issues: Iterable[Issue], counted: AgendaCounts) -> list[StatusRow]:
    """Return the action points of each issue by status. No query."""
    shown = list(issues)
    statuses = statuses_of(*(counted.issues[issue.number] for issue in shown))
    return [
        _row(issue_label(issue), counted.issues[issue.number], statuses, {"issue": issue.number}, str(issue))
        for issue in shown
    ]


def lead_agencies(counted: AgendaCounts) -> dict[int, Agency]:
    """Return the first MAX_AGENCIES lead agencies by id, in order of acronym. One query."""
    agencies = Agency.objects.filter(pk__in=[pk for pk in counted.leads if pk]).order_by("acronym")
    return {agency.pk: agency for agency in agencies.only("acronym", "name")[:MAX_AGENCIES]}


def by_agency(agencies: Mapping[int, Agency], counted: AgendaCounts) -> list[StatusRow]:
    """Return the parts of each agency by status. No query."""
    statuses = statuses_of(*(counted.leads[pk] for pk in agencies))
    return [
        _row(agency.acronym, counted.leads[pk], statuses, {"agency": agency.acronym}, agency.name)
        for pk, agency in agencies.items()
    ]


def history_rows(history: Sequence[tuple[date, Counter[str]]], as_of: AsOf) -> list[StatusRow]:
    """Return the statuses on each day of a history; the label is the day. Only what was reported by then has lists."""
    statuses = statuses_of(*(counts for _day, counts in history))
    rows = []
    for day, counts in history:
        label = date_format(day) if day == as_of.day else date_format(day, "YEAR_MONTH_FORMAT")
        shown = figures(counts, statuses, {"as_of": day.isoformat()})
        if as_of.basis != Basis.REPORTED:
            shown = [replace(figure, query="") for figure in shown]
        rows.append(StatusRow(label, shown, short_label=date_format(day, "M Y")))
    return rows


def issue_label(issue: Issue) -> str:
    """Return the number and the short title of an issue; without one the beginning of its title."""
    return f"{issue.number} {issue.short_title or Truncator(issue.title).chars(MAX_TITLE)}"


def _row(
    label: str, counts: Counter[str], statuses: Iterable[ActionStatus], query: Mapping[str, Any], name: str
) -> StatusRow:
    return StatusRow(label, figures(counts, statuses, query), urlencode(query), name)


def segments(counted: Iterable[Figure]) -> list[Segment]:
    """Return the segments of a bar that shows each count as a share of the whole. Empty ones are left out."""
    shown = [figure for figure in counted if figure.count]
    whole = sum(figure.count for figure in shown)
    found, start = [], 0.0
    for figure in shown:
        length = 100 * figure.count / whole
        found.append(Segment(figure.status, round(start, 3), round(length, 3)))
        start += length
    return found
