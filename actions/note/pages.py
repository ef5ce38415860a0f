"""Divide what the note shows into pages of about the same length. A short note has one page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from django.core.paginator import Page
from django.utils.translation import gettext as _

from actions.note.content import Note, NoteIssue, NotePoint
from actions.note.sign_offs import ReviewState
from actions.note.texts import texts_of_point
from tracker.web.pagination import get_page

T = TypeVar("T")

PAGE_BYTES = 45_000
"""Bytes of text on one page. Compressed, a page of that much text takes less than 20 kB."""
MARKUP_BYTES = 150
"""Bytes of markup that go with each text, in the same measure."""
MAX_CONTACTS = 200
"""A note with more contacts shows how many each agency has; its files name them all."""

Row = tuple[NoteIssue, NotePoint | None]
"""An issue with one of its action points; with None if it has none."""


@dataclass(frozen=True, slots=True)
class OutlinePoint:
    """An action point in the table of contents."""

    code: str
    title: str
    anchor: str
    state: ReviewState | None
    """Whether it was reviewed; None for visitors, and in a published version."""


@dataclass(frozen=True, slots=True)
class OutlineIssue:
    """An issue in the table of contents. Its action points are listed if they are on the page."""

    number: int
    title: str
    address: str
    points: tuple[OutlinePoint, ...]


@dataclass(frozen=True, slots=True)
class NotePage:
    """One page of the note: the issues with those of their action points that are on it."""

    page: Page[Any]
    issues: tuple[NoteIssue, ...]
    beginning: frozenset[int]
    """The numbers of the issues that begin on the page."""
    outline: tuple[OutlineIssue, ...]
    lists_contacts: bool

    @property
    def annexes(self) -> str:
        """Return the beginning of the addresses of the annexes, which are on the last page."""
        return f"?page={self.page.paginator.num_pages}" if self.page.has_next() else ""

    def begins(self, issue: NoteIssue) -> bool:
        """Return whether the issue, as it is on this page, begins on it."""
        return issue.number in self.beginning


def get_note_page(
    note: Note,
    asked: Mapping[str, str],
    errors: list[str],
    *,
    short_titles: Mapping[int, str] | None = None,
    states: Mapping[str, ReviewState] | None = None,
) -> NotePage:
    """Return the page that the query asks for: by `page`, its number, or by `at`, the anchor of an issue or action point on it.

    The outline has the short titles of issues (by number) and the states of action points (by code) if they are passed.

    If there is no such page or anchor, an error is added to `errors` and another page comes instead.
    """
    pages = divide(((issue, point) for issue in note.issues for point in issue.points or (None,)), _size_of_row)
    number_of: dict[str, int] = {}
    for number, rows in enumerate(pages, 1):
        for issue, point in rows:
            number_of.setdefault(issue.anchor, number)
            if point:
                number_of[point.anchor] = number
    page = get_page(pages, 1, _asked_page(asked, number_of, errors), errors)
    issues = tuple(_issue_on_page(issue, rows) for issue, rows in groupby(page[0] if pages else (), itemgetter(0)))
    shown = {issue.number: issue.points for issue in issues}
    outline = tuple(
        OutlineIssue(
            number=issue.number,
            title=(short_titles or {}).get(issue.number) or issue.title,
            address=("" if issue.number in shown else f"?page={number_of[issue.anchor]}") + f"#{issue.anchor}",
            points=tuple(
                OutlinePoint(point.code, point.title, point.anchor, (states or {}).get(point.code))
                for point in shown.get(issue.number, ())
            ),
        )
        for issue in note.issues
    )
    contacts = sum(len(agency.contacts) for agency in note.directory)
    beginning = frozenset(issue.number for issue in issues if number_of[issue.anchor] == page.number)
    return NotePage(page, issues, beginning, outline, lists_contacts=contacts <= MAX_CONTACTS)


def divide(items: Iterable[T], size_of: Callable[[T], int]) -> list[list[T]]:
    """Put the items on pages, in their order: as many on a page as have PAGE_BYTES together, but at least one."""
    pages: list[list[T]] = []
    used = 0
    for item in items:
        size = size_of(item)
        if not pages or used + size > PAGE_BYTES:
            pages.append([])
            used = 0
        pages[-1].append(item)
        used += size
    return pages


def size_of_texts(texts: Iterable[str]) -> int:
    return sum(len(text.encode()) + MARKUP_BYTES for text in texts)


def _size_of_row(row: Row) -> int:
    issue, point = row
    is_first = not point or point is issue.points[0]
    return size_of_texts([issue.rationale] if is_first else []) + size_of_texts(texts_of_point(point) if point else [])


def _asked_page(asked: Mapping[str, str], number_of: Mapping[str, int], errors: list[str]) -> Mapping[str, str]:
    """Return the query with the number of the page instead of the anchor."""
    anchor = asked.get("at")
    if not anchor:
        return asked
    if anchor not in number_of:
        errors.append(
            _("The note has no issue or action point “%(anchor)s”. Here is its first page.") % {"anchor": anchor[:40]}
        )
    return {"page": str(number_of.get(anchor, 1))}


def _issue_on_page(issue: NoteIssue, rows: Iterable[Row]) -> NoteIssue:
    """Return the issue with those action points only, and with its rationale only on the page on which it begins."""
    points = tuple(point for _issue, point in rows if point)
    begins = not points or points[0] is issue.points[0]
    return replace(issue, points=points, rationale=issue.rationale if begins else "")
