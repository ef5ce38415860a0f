"""Compare two versions of the note side by side: paragraph by paragraph and word by word."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import takewhile

from django.utils.translation import gettext as _

from actions.note.content import Note, NotePoint
from actions.note.markdown_tree import Block, Paragraph, Quote, parse

MAX_WORD_PAIRS = 4_000_000
"""Longer paragraphs are shown as replaced whole."""

MAX_PARAGRAPH_PAIRS = 1_000_000
"""Longer runs of paragraphs that differ are shown as replaced whole."""

LOOK_AHEAD = 40
"""Paragraphs among which the one that was changed is looked for."""

_WORDS = re.compile(r"\s+|[^\s]+")

Piece = tuple[bool, str]
"""Whether the text differs, and the text."""


ChangedWords = tuple[tuple[str, str], ...]
"""Pieces of a text: "same", "removed" or "added", and the words."""


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph that differs, before and after; empty if only the other version has it."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ChangedSection:
    heading: str
    paragraphs: tuple[ChangedParagraph, ...]

    @property
    def texts(self) -> Iterator[str]:
        """Return the pieces of its paragraphs, before and after."""
        yield self.heading
        for paragraph in self.paragraphs:
            yield from (text for _differs, text in (*paragraph.before, *paragraph.after))


@dataclass(frozen=True, slots=True)
class Comparison:
    sections: tuple[ChangedSection, ...]
    """Those that differ, in the order of the newer version."""
    same: int
    """How many sections are the same in both."""


@dataclass(frozen=True, slots=True)
class _ComparedSection:
    """A section of one version. Its texts are parsed only if its content differs."""

    heading: str
    content: object
    paragraphs: Callable[[], Iterable[str]]


def compare(before: Note, after: Note) -> Comparison:
    old, new = _sections(before), _sections(after)
    keys = [*new, *(key for key in old if key not in new)]
    changed = []
    for key in keys:
        if paragraphs := tuple(_changed_paragraphs(old.get(key), new.get(key))):
            changed.append(ChangedSection((new.get(key) or old[key]).heading, paragraphs))
    return Comparison(tuple(changed), len(keys) - len(changed))


def _changed_paragraphs(old: _ComparedSection | None, new: _ComparedSection | None) -> Iterator[ChangedParagraph]:
    if old and new and old.content == new.content:
        return iter(())
    return _compare_paragraphs(list(old.paragraphs()) if old else [], list(new.paragraphs()) if new else [])


def _sections(note: Note) -> dict[str, _ComparedSection]:
    """Return the sections of the note by a key that both versions share, in order."""
    opening = [note.title, note.introduction]
    sections = {"introduction": _ComparedSection(_("Introduction"), opening, partial(_titled, *opening))}
    for issue in note.issues:
        texts = [issue.heading, issue.rationale]
        sections[issue.anchor] = _ComparedSection(issue.heading, texts, partial(_titled, *texts))
        for point in issue.points:
            sections[point.anchor] = _ComparedSection(point.heading, point, partial(_of_point, point))
    return sections


def _titled(title: str, text: str) -> Iterator[str]:
    yield title
    yield from _paragraphs(parse(text))


def _of_point(point: NotePoint) -> Iterator[str]:
    yield point.heading
    yield from _paragraphs(parse(point.description))
    yield from point.facts
    if not point.has_report:
        yield _("Nothing has been reported.")
    for entry in point.entries:
        yield from (update.heading for update in entry.items)
        yield from _paragraphs(entry.text)
        yield from (evidence.title for evidence in entry.evidence)
    for dissent in point.dissents:
        yield from _paragraphs(dissent.text)
    for heading, milestones in point.milestone_groups:
        yield heading
        yield from (milestone.line for milestone in milestones)


def _paragraphs(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Quote):
            yield from _paragraphs(block.blocks)
        else:
            for item in block.items:
                yield from _paragraphs(item)


def _compare_paragraphs(before: Sequence[str], after: Sequence[str]) -> Iterator[ChangedParagraph]:
    start = _equal_at_start(before, after)
    end = _equal_at_start(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > MAX_PARAGRAPH_PAIRS:
        yield _compare_words("\n".join(before), "\n".join(after))
        return
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, False).get_opcodes():
        if kind != "equal":
            for old, new in _pairs(before[old_from:old_to], after[new_from:new_to]):
                yield _compare_words(old, new)


def _equal_at_start(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the paragraphs before the first that differs."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Put paragraphs that are alike side by side, in their order, and each other one beside an empty text."""
    paired = 0
    for old in before:
        near = range(paired, min(paired + LOOK_AHEAD, len(after)))
        alike = next((place for place in near if _are_alike(old, after[place])), None)
        if alike is None:
            yield old, ""
        else:
            yield from (("", new) for new in after[paired:alike])
            yield old, after[alike]
            paired = alike + 1
    yield from (("", new) for new in after[paired:])


def _are_alike(before: str, after: str) -> bool:
    """Whether they share a third of their words."""
    old, new = Counter(before.split()), Counter(after.split())
    return 3 * (old & new).total() >= max(old.total(), new.total(), 1)


def _compare_words(before: str, after: str) -> ChangedParagraph:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if not old or not new or len(old) * len(new) > MAX_WORD_PAIRS:
        return ChangedParagraph(((True, before),) if before else (), ((True, after),) if after else ())
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        # A space between two words that differ is no more the same than they are.
        differs = kind != "equal" or (not "".join(old[old_from:old_to]).strip() and 0 < old_from < old_to < len(old))
        _join(left, differs, "".join(old[old_from:old_to]))
        _join(right, differs, "".join(new[new_from:new_to]))
    return ChangedParagraph(tuple(left), tuple(right))


def changed_words(before: str, after: str) -> ChangedWords:
    """Return both texts as one: what is the same in both, and the words that were removed or added."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    opcodes = [("replace", 0, len(old), 0, len(new))]
    if len(old) * len(new) <= MAX_WORD_PAIRS:
        opcodes = SequenceMatcher(None, old, new, False).get_opcodes()  # type: ignore[assignment]
    pieces: list[tuple[str, str]] = []
    for kind, old_from, old_to, new_from, new_to in opcodes:
        removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        pieces += [("same", added)] if kind == "equal" else [("removed", removed), ("added", added)]
    return tuple((kind, text) for kind, text in pieces if text)


def _join(pieces: list[Piece], differs: bool, text: str) -> None:
    if pieces and pieces[-1][0] == differs:
        text = pieces.pop()[1] + text
    if text:
        pieces.append((differs, text))
