"""What changed between two versions of the note, side by side: as plain data, paragraph by paragraph and word by word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from actions.note.content import Note, Point
from actions.note.rich_text import Block, Paragraph, Quote, parse

MOST_COMPARISONS = 4_000_000
"""Of words. Longer paragraphs are shown as replaced whole."""

LOOK_AHEAD = 40
"""Paragraphs among which the one that was changed is looked for."""

_WORDS = re.compile(r"\s+|[^\s]+")

Piece = tuple[bool, str]
"""Whether the text differs, and the text."""


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph that differs, before and after; empty where it is only in the other."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    sections: tuple[Section, ...]
    """Those that differ, in the order of the newer version."""
    same: int
    """How many sections say the same in both."""


def changes(before: Note, after: Note) -> Changes:
    old, new = dict(_sections(before)), dict(_sections(after))
    keys = [*new, *(key for key in old if key not in new)]
    found = []
    for key in keys:
        heading = (new.get(key) or old[key])[0]
        if rows := tuple(_rows(old.get(key, ("", []))[1], new.get(key, ("", []))[1])):
            found.append(Section(heading, rows))
    return Changes(tuple(found), len(keys) - len(found))


def _sections(note: Note) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Key, heading and paragraphs of each part."""
    yield "introduction", (_("Introduction"), [note.title, *_paragraphs(parse(note.introduction))])
    for issue in note.issues:
        yield issue.anchor, (issue.heading, [issue.heading, *_paragraphs(parse(issue.rationale))])
        for point in issue.points:
            yield point.anchor, (point.heading, list(_of_point(point)))


def _of_point(point: Point) -> Iterator[str]:
    yield point.heading
    yield from _paragraphs(parse(point.description))
    yield point.answered_for
    if point.is_silent:
        yield _("Nothing has been reported.")
    for entry in point.entries:
        yield from (item.heading for item in entry.items)
        yield from _paragraphs(entry.text)
        yield from (evidence.title for evidence in entry.evidence)
    for dissent in point.dissents:
        yield from _paragraphs(dissent.text)
    for heading, promises in point.promises:
        yield heading
        yield from (promise.words for promise in promises)


def _paragraphs(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Quote):
            yield from _paragraphs(block.blocks)
        else:
            for item in block.items:
                yield from _paragraphs(item)


def _rows(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, False).get_opcodes():
        if kind != "equal":
            for old, new in _pairs(before[old_from:old_to], after[new_from:new_to]):
                yield _row(old, new)


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Paragraphs that are alike stand side by side, in their order; the others alone, beside an empty text."""
    told = 0
    for old in before:
        near = range(told, min(told + LOOK_AHEAD, len(after)))
        alike = next((place for place in near if _are_alike(old, after[place])), None)
        if alike is None:
            yield old, ""
        else:
            yield from (("", new) for new in after[told:alike])
            yield old, after[alike]
            told = alike + 1
    yield from (("", new) for new in after[told:])


def _are_alike(before: str, after: str) -> bool:
    """Whether they share a third of their words."""
    old, new = Counter(before.split()), Counter(after.split())
    return 3 * (old & new).total() >= max(old.total(), new.total(), 1)


def _row(before: str, after: str) -> Row:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if not old or not new or len(old) * len(new) > MOST_COMPARISONS:
        return Row(((True, before),) if before else (), ((True, after),) if after else ())
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        # A space between two words that differ is no more the same than they are.
        differs = kind != "equal" or (not "".join(old[old_from:old_to]).strip() and 0 < old_from < old_to < len(old))
        _join(left, differs, "".join(old[old_from:old_to]))
        _join(right, differs, "".join(new[new_from:new_to]))
    return Row(tuple(left), tuple(right))


def _join(pieces: list[Piece], differs: bool, text: str) -> None:
    if pieces and pieces[-1][0] == differs:
        text = pieces.pop()[1] + text
    if text:
        pieces.append((differs, text))
