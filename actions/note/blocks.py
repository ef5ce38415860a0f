"""A section of the note as coordinators edited it: an ordered list of blocks in place of what was reported.

A block covers sources (progress updates, or the one text of an introduction): with a text of its own, as reported, or left out. A
block that covers none is a paragraph of the coordinators. Each keeps a fingerprint of its sources as they were when it was edited,
so that a later change shows. Sources that no block covers follow as they were reported: nothing new is lost behind an edit.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from tracker.text import without_unwanted


def fingerprint(*content: Any) -> str:
    """Hash anything that JSON can hold: the same on every machine and in every language."""
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Source:
    """A reported text that the note shows."""

    key: str
    label: str
    address: str
    text: str
    """Markdown, as the note shows it unless it is edited."""
    fingerprint: str
    by: str = ""
    """The agency or person that reported it; empty if nobody is named."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A source that a block covers, as it was when the block was edited."""

    key: str
    fingerprint: str
    was: str

    @classmethod
    def of(cls, source: Source) -> "Cover":
        return cls(source.key, source.fingerprint, source.text)


@dataclass(frozen=True, slots=True)
class EditedBlock:
    covers: tuple[Cover, ...] = ()
    text: str | None = None
    """Markdown; None shows the sources as reported."""
    left_out: bool = False
    number: int = 0
    """The number of a paragraph of the coordinators in its section; 0 until it is stored, and for a block that covers sources."""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(cover.key for cover in self.covers)

    @property
    def key(self) -> str:
        """Return what identifies it in its section: its first source, or its number."""
        return self.covers[0].key if self.covers else f"own-{self.number}"

    def changed_sources(self, sources: dict[str, Source]) -> list[tuple[Cover, Source | None]]:
        """Return the sources that differ from what they were when this was edited; None for one that was withdrawn."""
        if self.text is None and not self.left_out:
            return []
        now = [(cover, sources.get(cover.key)) for cover in self.covers]
        return [(cover, source) for cover, source in now if not source or source.fingerprint != cover.fingerprint]


def blocks_from_json(stored: Iterable[dict[str, Any]]) -> list[EditedBlock]:
    """Read `SectionEdit.blocks`."""
    return numbered(
        EditedBlock(
            tuple(Cover(*cover) for cover in block["covers"]),
            block["text"] and without_unwanted(block["text"]),
            block["left_out"],
            block.get("number", 0),
        )
        for block in stored
    )


def blocks_to_json(blocks: Sequence[EditedBlock], sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Write `SectionEdit.blocks`: empty if everything is shown as reported, in its order."""
    is_as_reported = all(block.text is None and not block.left_out for block in blocks)
    if is_as_reported and [key for block in blocks for key in block.keys] == [source.key for source in sources]:
        return []
    return [
        {
            "covers": [[cover.key, cover.fingerprint, cover.was] for cover in block.covers],
            "text": block.text,
            "left_out": block.left_out,
            "number": block.number,
        }
        for block in numbered(blocks)
    ]


def numbered(blocks: Iterable[EditedBlock]) -> list[EditedBlock]:
    """Give the paragraphs of the coordinators that have no number yet the next ones."""
    blocks = list(blocks)
    following = count(max((block.number for block in blocks), default=0) + 1)
    return [replace(block, number=0 if block.covers else block.number or next(following)) for block in blocks]


def with_new_sources(blocks: Sequence[EditedBlock], sources: Sequence[Source]) -> list[EditedBlock]:
    """Append the sources that no block covers, each as reported."""
    covered = {key for block in blocks for key in block.keys}
    return [*blocks, *(EditedBlock((Cover.of(source),)) for source in sources if source.key not in covered)]


def keep_text(block: EditedBlock, sources: dict[str, Source]) -> list[EditedBlock]:
    """Keep the text, now for the sources as they are."""
    covers = tuple(Cover.of(sources[key]) for key in block.keys if key in sources)
    if not covers and (block.left_out or not block.text):
        return []
    return [replace(block, covers=covers)]


def as_reported(block: EditedBlock, sources: dict[str, Source]) -> list[EditedBlock]:
    """Replace the text by the sources as they are, each in a block of its own."""
    return [EditedBlock((Cover.of(sources[key]),)) for key in block.keys if key in sources]


def reported_text(block: EditedBlock, sources: dict[str, Source]) -> str:
    """Join the texts of the sources as they are now."""
    return "\n\n".join(sources[key].text for key in block.keys if key in sources)


def text_of_single_source(text: str, blocks: Sequence[EditedBlock]) -> str:
    """Return what the note shows of a section whose only source is `text`."""
    if not any(block.covers for block in blocks):
        blocks = [EditedBlock(), *blocks]
    shown = [text if block.text is None else block.text for block in blocks if not block.left_out]
    return "\n\n".join(paragraph for paragraph in shown if paragraph)
