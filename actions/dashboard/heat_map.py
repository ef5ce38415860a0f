"""When each agency last reported: a table of lead agencies by issues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from actions import rules
from actions.dashboard.counts import AgendaCounts, PartsUnderIssue
from actions.dashboard.figures import issue_label
from actions.lists.filters import Owner
from issues.models import Issue
from tracker.durations import in_words
from tracker.people.models import Agency

MAX_UNFOLDED = 14
"""The most rows that fit on one screen."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The parts of an agency under an issue."""

    issue: str
    """The label of the issue."""
    count: int
    words: str
    """The age of the oldest of their last reports; "never" if one was never reported on."""
    is_due: bool
    """Whether the update of one of them is due."""
    query: str
    """The query of the list of just these parts."""


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """The parts of an agency, or of no lead agency: then acronym, name and address are empty."""

    acronym: str
    name: str
    address: str
    cells: tuple[Cell | None, ...]
    """One for each issue; None if it has no part under it."""
    total: int
    query: str

    @property
    def is_due(self) -> bool:
        return any(cell.is_due for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class IssueHead:
    """The head of a column, and the number of the issue's action points below it."""

    issue: Issue
    label: str
    """Number and short title."""
    count: int

    @property
    def short_title(self) -> str:
        return self.label.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class HeatMap:
    issues: Sequence[IssueHead]
    rows: Sequence[AgencyRow]
    """Those with an update due first, and the longest without a report first among these and among the others."""
    is_joint: bool
    """Whether an action point has several parts, and so counts several times."""

    @property
    def has_due(self) -> bool:
        return any(row.is_due for row in self.rows)

    @property
    def first(self) -> list[AgencyRow]:
        """Return the rows with an update due, and that of no lead agency."""
        return [row for row in self.rows if row.is_due or not row.acronym]

    @property
    def up_to_date(self) -> list[AgencyRow]:
        return [row for row in self.rows if row.acronym and not row.is_due]

    @property
    def is_long(self) -> bool:
        """Whether the agencies that are up to date are folded on a large screen, too."""
        return len(self.rows) > MAX_UNFOLDED


def heat_map(issues: Sequence[Issue], counted: AgendaCounts, agencies: Mapping[int, Agency], today: date) -> HeatMap:
    """Return the table of the agencies that have a part under these issues. No query."""
    heads = [IssueHead(issue, issue_label(issue), counted.issues[issue.number].total()) for issue in issues]
    numbers = {issue.number for issue in issues}
    cells = {place: parts for place, parts in counted.cells.items() if place[1] in numbers}
    words: dict[date | None, str] = {}
    for parts in cells.values():
        if parts.oldest_report not in words:
            days = rules.days_since(parts.oldest_report, today)
            words[parts.oldest_report] = _("never") if days is None else in_words(days)
    keyed = []
    for pk, agency in agencies.items():
        own = [cells.get((pk, head.issue.number)) for head in heads]
        if any(own):
            row = _row(agency.acronym, agency.name, {"agency": agency.acronym}, own, heads, words)
            oldest = min(parts.oldest_report or date.min for parts in own if parts)
            keyed.append((-sum(parts.due for parts in own if parts), oldest, row))
    rows = [row for *_key, row in sorted(keyed, key=lambda each: each[:2])]
    without_lead = [cells.get((None, head.issue.number)) for head in heads]
    if any(without_lead):
        rows.append(_row("", "", {"owner": Owner.NO_LEAD.value}, without_lead, heads, words))
    total = sum(counted.issues[number].total() for number in numbers)
    return HeatMap(heads, rows, is_joint=sum(parts.count for parts in cells.values()) > total)


def _row(
    acronym: str,
    name: str,
    query: Mapping[str, str],
    own: Sequence[PartsUnderIssue | None],
    heads: Sequence[IssueHead],
    words: Mapping[date | None, str],
) -> AgencyRow:
    of_row = urlencode(query)
    cells = tuple(
        Cell(head.label, parts.count, words[parts.oldest_report], parts.due > 0, f"issue={head.issue.number}&{of_row}")
        if parts
        else None
        for parts, head in zip(own, heads, strict=True)
    )
    address = reverse("agency", args=[acronym]) if acronym else ""
    return AgencyRow(acronym, name, address, cells, sum(parts.count for parts in own if parts), of_row)
