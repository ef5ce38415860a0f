"""Write the note as a Word file: with styles, headings, a table of contents and a link to each update."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.text.paragraph import Paragraph as WordParagraph

from actions.note.content import Note, NoteEntry, NoteIssue, NotePoint
from actions.note.export.word_file import WordFile, mark_as_code, number_paragraph, set_direction
from actions.note.markdown_tree import Block, List, Paragraph, Quote, Run, parse

DEEPEST = 3
"""Word has list styles for three levels."""


def write_word(note: Note) -> bytes:
    """Return the bytes of a .docx file in the active language."""
    return _Writer().write(note)


class _Writer:
    """Writes one document from its beginning to its end."""

    def __init__(self) -> None:
        self.file = WordFile(get_language() or "en")

    def write(self, note: Note) -> bytes:
        properties, written = self.file.document.core_properties, datetime.combine(note.as_of, time(), UTC)
        properties.title, properties.author, properties.comments = note.title, "", ""
        properties.created = properties.modified = written
        self._line(note.title, "Title")
        self._line(note.up_to, "Subtitle")
        self._blocks(parse(note.introduction))
        self._line(_("Contents"), "TOC Heading")
        self.file.add_table_of_contents(_contents(note))
        for issue in note.issues:
            self._issue(issue)
        self._heading(_("Annex: figures"), 1, "figures")
        self._figures(note)
        self._heading(note.directory_heading, 1, "directory")
        self._directory(note)
        return self.file.bytes()

    def _issue(self, issue: NoteIssue) -> None:
        self._heading(issue.heading, 1, issue.anchor)
        self._blocks(parse(issue.rationale))
        for point in issue.points:
            self._point(point)

    def _point(self, point: NotePoint) -> None:
        self._heading(point.heading, 2, point.anchor)
        self._blocks(parse(point.description))
        for fact in point.facts:
            self._line(fact).runs[0].italic = True
        for entry in point.entries:
            self._entry(entry)
        if not point.has_report:
            self._line(_("Nothing has been reported.")).runs[0].bold = True
        for dissent in point.dissents:
            self._blocks(dissent.text)
        for heading, milestones in point.milestone_groups:
            self._line(heading, "Heading 3")
            for milestone in milestones:
                self._line(milestone.line, "List Bullet")

    def _entry(self, entry: NoteEntry) -> None:
        """Write an item of a list: a linked line for each of its updates, then its text."""
        style = "List Bullet"
        for update in entry.items:
            self._linked(update.heading, update.address, style).paragraph_format.keep_with_next = True
            style = "List Continue"
        self._blocks(entry.text, depth=1, opening=None if entry.items else (style, None))
        for evidence in entry.evidence:
            self._linked(evidence.title, evidence.address, "List Bullet 2")

    def _figures(self, note: Note) -> None:
        headings = note.figure_headings
        table = self.file.document.add_table(rows=0, cols=len(headings), style="Light Grid Accent 1")
        for row in (headings, *((name, *map(str, counts)) for name, counts in note.figures)):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    def _directory(self, note: Note) -> None:
        for agency in note.directory:
            self._line(agency.label, "List Bullet")
            for contact in agency.contacts:
                self._linked(f"{contact.name}, {contact.email}", f"mailto:{contact.email}", "List Bullet 2")

    def _heading(self, text: str, level: int, anchor: str) -> None:
        self.file.add_bookmark(self._line(text, f"Heading {level}"), anchor)

    def _line(self, text: str, style: str = "Normal") -> WordParagraph:
        paragraph = self.file.add_paragraph(style)
        paragraph.add_run(text)
        set_direction(paragraph, text)
        return paragraph

    def _linked(self, text: str, address: str, style: str) -> WordParagraph:
        paragraph = self.file.add_paragraph(style)
        self.file.add_link(paragraph, text, address)
        set_direction(paragraph, text)
        return paragraph

    def _blocks(self, blocks: Iterable[Block], depth: int = 0, opening: tuple[str, int | None] | None = None) -> None:
        """Write blocks in a list of this depth. `opening` is the style and the numbering of an item's first paragraph."""
        later = "List Continue" + _suffix(depth) if depth else "Normal"
        for block in blocks:
            if isinstance(block, Paragraph):
                style, numbering = opening or (later, None)
                paragraph = self._paragraph(block, style)
                if numbering is not None:
                    number_paragraph(paragraph, numbering)
            elif isinstance(block, Quote):
                self._quote(block, depth)
            else:
                self._list(block, depth + 1)
            opening = None

    def _list(self, block: List, depth: int) -> None:
        style = ("List Bullet" if block.start is None else "List Number") + _suffix(depth)
        numbering = None if block.start is None else self.file.new_numbering(style, block.start)
        for item in block.items:
            self._blocks(item, depth, (style, numbering))

    def _quote(self, block: Quote, depth: int) -> None:
        for inner in block.blocks:
            if isinstance(inner, Paragraph):
                self._paragraph(inner, "Quote")
            else:
                self._blocks((inner,), depth)

    def _paragraph(self, block: Paragraph, style: str) -> WordParagraph:
        paragraph = self.file.add_paragraph(style)
        for run in block.runs:
            self._run(paragraph, run)
        set_direction(paragraph, block.text)
        return paragraph

    def _run(self, paragraph: WordParagraph, run: Run) -> None:
        added = self.file.add_link(paragraph, run.text, run.href) if run.href else paragraph.add_run(run.text)
        if run.strong:
            added.bold = True
        if run.emphasis:
            added.italic = True
        if run.struck:
            added.font.strike = True
        if run.code:
            mark_as_code(added)


def _suffix(depth: int) -> str:
    """Return the end of the name of a list style: none, ` 2` or ` 3`."""
    return f" {min(depth, DEEPEST)}" if depth > 1 else ""


def _contents(note: Note) -> Iterator[tuple[int, str, str]]:
    """Return level, heading and anchor of each heading."""
    for issue in note.issues:
        yield 1, issue.heading, issue.anchor
        for point in issue.points:
            yield 2, point.heading, point.anchor
    yield 1, _("Annex: figures"), "figures"
    yield 1, note.directory_heading, "directory"
