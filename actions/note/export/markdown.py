"""Write the note as CommonMark that every reader shows alike."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from actions.note.content import Note, NoteEntry, NoteIssue, NotePoint
from actions.note.markdown_tree import Block, List, Paragraph, Quote, Run, parse

# All characters with a meaning, in extensions of CommonMark too (tables, math, HTML).
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!&$^{}])")
_LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-+=:.)])", re.MULTILINE)


def write_markdown(note: Note) -> str:
    return "\n".join(_lines(note)) + "\n"


def _lines(note: Note) -> Iterator[str]:
    yield from (f"# {_in_line(note.title)}", "", f"*{_escaped(note.up_to)}*", "", *text_lines(parse(note.introduction)))
    for issue in note.issues:
        yield from _issue(issue)
    yield from ("## " + _in_line(_("Annex: figures")), "", *_table(note), "")
    yield from (f"## {_in_line(note.directory_heading)}", "")
    for entry in note.directory:
        yield f"- {_escaped(entry.label)}"
        yield from (f"  - {_escaped(contact.name)}, {_escaped(contact.email)}" for contact in entry.contacts)


def _issue(issue: NoteIssue) -> Iterator[str]:
    yield from (f"## {_in_line(issue.heading)}", "", *text_lines(parse(issue.rationale)))
    for point in issue.points:
        yield from _point(point)


def _point(point: NotePoint) -> Iterator[str]:
    yield from (f"### {_in_line(point.heading)}", "", *text_lines(parse(point.description)))
    for fact in point.facts:
        yield from (f"*{_escaped(fact)}*", "")
    for entry in point.entries:
        yield from _entry(entry)
    if not point.has_report:
        yield from ("**" + _escaped(_("Nothing has been reported.")) + "**", "")
    for dissent in point.dissents:
        yield from text_lines(dissent.text)
    for heading, milestones in point.milestone_groups:
        yield from (f"#### {_in_line(heading)}", "")
        yield from (f"- {_escaped(milestone.line)}" for milestone in milestones)
        yield ""


def _entry(entry: NoteEntry) -> Iterator[str]:
    """Write an item of a list: a linked line for each of its updates, then its text."""
    lines = _indented([*_headings(entry), *text_lines(entry.text)], "  ")
    yield "- " + next(lines, "").lstrip(" ")
    yield from lines
    if entry.evidence:
        yield from (f"  - {_link(evidence.title, evidence.address)}" for evidence in entry.evidence)
        yield ""


def _headings(entry: NoteEntry) -> Iterator[str]:
    for update in entry.items:
        yield from (_link(update.heading, update.address), "")


def _table(note: Note) -> Iterator[str]:
    yield _row(note.figure_headings)
    yield "| --- |" + " ---: |" * (len(note.figure_headings) - 1)
    for name, counts in note.figures:
        yield _row([name, *map(str, counts)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_in_line(cell) for cell in cells)} |"


def text_lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Write a narrative, each block with an empty line after it."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from _runs(block.runs).split("\n")
        elif isinstance(block, Quote):
            yield from _indented(text_lines(block.blocks), "> ")
        else:
            yield from _list(block)
        yield ""


def _list(block: List) -> Iterator[str]:
    for number, item in enumerate(block.items, block.start or 0):
        mark = "- " if block.start is None else f"{number}. "
        lines = _indented(text_lines(item), " " * len(mark))
        yield mark + next(lines, "").lstrip(" ")
        yield from lines


def _indented(lines: Iterable[str], by: str) -> Iterator[str]:
    return ((by + line).rstrip() if by.strip() or line else "" for line in lines)


def _runs(runs: Iterable[Run]) -> str:
    """Write the runs. A backslash makes a line break: spaces would be lost at the end of an indented line, and in editors."""
    return "".join("\\\n" if run.text == "\n" else _run(run) for run in runs)


def _run(run: Run) -> str:
    """Put the marks close to the words: white space at either end stays outside of them."""
    words = run.text.strip()
    if not words:
        return run.text
    before, after = run.text[: run.text.index(words[0])], run.text[len(run.text.rstrip()) :]
    text = _code(words) if run.code else _escaped(words)
    for applies, mark in ((run.struck, "~~"), (run.emphasis, "*"), (run.strong, "**")):
        text = f"{mark}{text}{mark}" if applies else text
    if run.href:
        text = f"[{text}](<{run.href}>)"
    return before + text + after


def _code(text: str) -> str:
    """Enclose the text in more backticks than it has in a row."""
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"


def _link(text: str, address: str) -> str:
    return f"[{_in_line(text)}](<{address}>)"


def _in_line(text: str) -> str:
    """Escape a text that does not begin a line."""
    return _SPECIAL.sub(r"\\\1", text)


def _escaped(text: str) -> str:
    """Escape a text that may begin a line."""
    return _LINE_START.sub(r"\1\\\2", _in_line(text))
