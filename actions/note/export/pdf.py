"""Write the note as a PDF, tagged for screen readers (PDF/UA-1), with table of contents, page numbers and embedded fonts."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from actions.note.content import Note, NoteEntry, NotePoint
from actions.note.markdown_tree import Block, Paragraph, Quote, parse

TEMPLATE = Path(__file__).with_name("note.typ")
FONTS = TEMPLATE.with_name("fonts")
"""Scripts that Typst's own fonts lack: Arabic, Chinese, emoji."""

MAX_MARKS = 30
"""As in Unicode's stream-safe text (UAX 15): no language needs more."""
_ENDLESS = re.compile(r"\S{48}(?=\S)")


def write_pdf(note: Note) -> bytes:
    """Return the bytes of a PDF file in the active language.

    PDF/UA forbids characters that no font has. If the note has one, the file is tagged but does not claim to
    conform, and the character shows as an empty box. A server's own fonts are used for what the tracker's lack.
    """
    inputs = {"note": json.dumps(_data(note))}
    try:
        return typst.compile(
            TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards="ua-1"
        )
    except typst.TypstError:
        return typst.compile(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts(), format="pdf", sys_inputs=inputs)


@cache
def _fonts() -> typst.Fonts:
    """Find the fonts once a process: searching a server's folders takes longer than most notes."""
    return typst.Fonts(font_paths=[FONTS])


def _data(note: Note) -> dict[str, Any]:
    """Return the data of `note.typ`."""
    return {
        "language": (get_language() or "en").partition("-")[0],
        "words": {
            "contents": _("Contents"),
            "silence": _("Nothing has been reported."),
            "figures": _("Annex: figures"),
        },
        "title": note.title,
        "up_to": note.up_to,
        "introduction": _blocks(parse(note.introduction)),
        "issues": [
            {
                "heading": _breakable(issue.heading),
                "rationale": _blocks(parse(issue.rationale)),
                "points": [_point(point) for point in issue.points],
            }
            for issue in note.issues
        ],
        "figure_headings": note.figure_headings,
        "figures": [[_breakable(name), *map(str, counts)] for name, counts in note.figures],
        "directory_heading": note.directory_heading,
        "directory": [
            {
                "label": agency.label,
                "contacts": [
                    {"label": _breakable(f"{contact.name}, {contact.email}"), "address": f"mailto:{contact.email}"}
                    for contact in agency.contacts
                ],
            }
            for agency in note.directory
        ],
    }


def _point(point: NotePoint) -> dict[str, Any]:
    return {
        "heading": _breakable(point.heading),
        "description": _blocks(parse(point.description)),
        "facts": [_breakable(fact) for fact in point.facts],
        "entries": [_entry(entry) for entry in point.entries],
        "has_report": point.has_report,
        "dissents": [_blocks(dissent.text) for dissent in point.dissents],
        "milestone_groups": [
            {"heading": heading, "lines": [_breakable(milestone.line) for milestone in milestones]}
            for heading, milestones in point.milestone_groups
        ],
    }


def _entry(entry: NoteEntry) -> dict[str, Any]:
    evidence = [{"title": _breakable(evidence.title), "address": evidence.address} for evidence in entry.evidence]
    return {
        "headings": [{"title": _breakable(update.heading), "address": update.address} for update in entry.items],
        "text": _blocks(entry.text),
        "evidence": evidence,
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        runs = [asdict(run) | {"text": _breakable(run.text)} for run in block.runs]
        return {"kind": "paragraph", "runs": runs}
    if isinstance(block, Quote):
        return {"kind": "quote", "blocks": _blocks(block.blocks)}
    return {"kind": "list", "start": block.start, "items": [_blocks(item) for item in block.items]}


def _breakable(text: str) -> str:
    """Let words longer than a line break: add a zero-width space every 48 characters."""
    return _ENDLESS.sub("\\g<0>\u200b", _without_piles(text))


def _without_piles(text: str) -> str:
    """Leave out combining marks beyond MAX_MARKS on one character: the time to lay them out is quadratic."""
    if text.isascii():
        return text
    runs = groupby(text, key=lambda character: unicodedata.combining(character) > 0)
    return "".join(character for marks, run in runs for character in islice(run, MAX_MARKS if marks else None))
