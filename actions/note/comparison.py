"""What changed between two versions of the note, side by side: as plain data, paragraph by paragraph and word by word."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import takewhile

from django.utils.translation import gettext as _

from actions.note.content import Note, Point
from actions.note.markdown_tree import Block, Paragraph, Quote, parse

MOST_COMPARISONS = 4_000_000
"""Of words. Longer paragraphs are shown as replaced whole."""

MOST_PARAGRAPHS = 1_000_000
"""Comparisons of paragraphs. Longer runs of paragraphs that differ are shown as replaced whole."""

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


@dataclass(frozen=True, slots=True)
class _Source:
    """What a section is made of. Its texts are parsed only where its content differs."""

    heading: str
    content: object
    paragraphs: Callable[[], Iterable[str]]


def changes(before: Note, after: Note) -> Changes:
    old, new = _sources(before), _sources(after)
    keys = [*new, *(key for key in old if key not in new)]
    sections = []
    for key in keys:
        if rows := tuple(_changed_rows(old.get(key), new.get(key))):
            sections.append(Section((new.get(key) or old[key]).heading, rows))
    return Changes(tuple(sections), len(keys) - len(sections))


def _changed_rows(old: _Source | None, new: _Source | None) -> Iterator[Row]:
    if old and new and old.content == new.content:
        return iter(())
    return _rows(list(old.paragraphs()) if old else [], list(new.paragraphs()) if new else [])


def _sources(note: Note) -> dict[str, _Source]:
    """The sections of the note, in order."""
    opening = [note.title, note.introduction]
    sources = {"introduction": _Source(_("Introduction"), opening, partial(_titled, *opening))}
    for issue in note.issues:
        texts = [issue.heading, issue.rationale]
        sources[issue.anchor] = _Source(issue.heading, texts, partial(_titled, *texts))
        for point in issue.points:
            sources[point.anchor] = _Source(point.heading, point, partial(_of_point, point))
    return sources


def _titled(title: str, text: str) -> Iterator[str]:
    yield title
    yield from _paragraphs(parse(text))


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
    start = _equal_at_start(before, after)
    end = _equal_at_start(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > MOST_PARAGRAPHS:
        yield _row("\n".join(before), "\n".join(after))
        return
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, False).get_opcodes():
        if kind != "equal":
            for old, new in _pairs(before[old_from:old_to], after[new_from:new_to]):
                yield _row(old, new)


def _equal_at_start(before: Sequence[str], after: Sequence[str]) -> int:
    """How many paragraphs are the same before the first that differs."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


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
