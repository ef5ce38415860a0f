"""Lay out a page of a pasted text: its lines, marked, and beside them what was understood, with the questions in their places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.setup.lines import lines_of, marker_length
from actions.setup.pasted_agenda import PastedAgenda
from actions.setup.understood import Question, UnderstoodIssue, UnderstoodPoint
from actions.setup.wording import heading_length
from tracker.web.pagination import get_page

PAGE_SIZE = 30
"""Action points on a page."""
MANY = 3
"""From this number of questions of one kind on, all of them can be answered at once."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    mark: str
    """Its number, bullet or heading, which says what it is."""
    text: str
    is_question: bool
    begins_question: bool


@dataclass(slots=True)
class ReadPoint:
    issue: UnderstoodIssue
    point: UnderstoodPoint | None
    questions: list[Question] = field(default_factory=list)
    starts_issue: bool = False


@dataclass(frozen=True, slots=True)
class ReadPage:
    page: Any
    rows: list[ReadPoint]
    lines: list[MarkedLine]
    top: list[Question]
    """Questions about no action point, on the first page."""
    together: list[tuple[str, int, list[Question]]]
    """Kinds of which there are many questions."""


def read_page(pasted: PastedAgenda, text: str, query: Mapping[str, str], errors: list[str]) -> ReadPage:
    rows = [
        ReadPoint(issue, point, starts_issue=number == 0)
        for issue in pasted.issues
        for number, point in enumerate(issue.points or [None])
    ]
    by_point: dict[str, list[Question]] = {}
    for question in pasted.questions:
        by_point.setdefault(question.point_key, []).append(question)
    for row in rows:
        row.questions = by_point.get(row.point.key, []) if row.point else []
    page = get_page(rows, PAGE_SIZE, query, errors)
    shown = list(page)
    lines = lines_of(text)
    first = _first_line(shown[0]) if page.has_previous() else 1
    following = rows[page.end_index()] if page.has_next() else None
    last = _first_line(following) - 1 if following else len(lines)
    marked = _marked(pasted, lines, first, max(first, last))
    kinds = dict.fromkeys(question.kind for question in pasted.questions)
    together = [(kind, [each for each in pasted.questions if each.kind == kind]) for kind in kinds]
    return ReadPage(
        page,
        shown,
        marked,
        by_point.get("", []) if not page.has_previous() else [],
        [(kind, len(found), found) for kind, found in together if len(found) >= MANY],
    )


def _first_line(row: ReadPoint) -> int:
    return row.issue.line if row.starts_issue or not row.point else row.point.line


def _marked(pasted: PastedAgenda, lines: list[str], first: int, last: int) -> list[MarkedLine]:
    used = pasted.outline.used
    doubtful = {question.line for question in pasted.questions}
    ranges = {
        line
        for question in pasted.questions
        if question.kind != "agency"
        for line in range(question.line, question.last_line + 1)
    }
    return [
        _marked_line(lines[number - 1], used.get(number, ""), number in ranges, number in doubtful and number in ranges)
        for number in range(first, last + 1)
    ]


def _marked_line(line: str, use: str, is_question: bool, begins_question: bool) -> MarkedLine:
    length = 0
    if use == "section":
        length = len(line)
    elif use:
        length = marker_length(line) or (heading_length(line) if use == "issue" else 0)
    return MarkedLine(line[:length], line[length:], is_question, begins_question)
