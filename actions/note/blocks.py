"""What coordinators make of a part of the note, as plain data: an ordered list of passages laid over what was reported.

A passage tells of sources (progress updates, or the one text of an introduction) in words of its own, as they are, or leaves them
out; one without sources is a paragraph of the coordinators. Each keeps a fingerprint of the source as it was when it was worded, so
that a later change shows. Sources that no passage tells of follow as they were reported: nothing new is lost behind an edit.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.text import without_unwanted


def fingerprint(*content: Any) -> str:
    """Of anything that JSON can say, the same on every machine and in every language."""
    told = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Source:
    """Something reported that the note tells."""

    key: str
    label: str
    address: str
    text: str
    """Markdown, as the note says it where nobody worded it."""
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A source that a passage tells of, as it was then."""

    key: str
    fingerprint: str
    was: str

    @classmethod
    def of(cls, source: Source) -> "Cover":
        return cls(source.key, source.fingerprint, source.text)


@dataclass(frozen=True, slots=True)
class Passage:
    covers: tuple[Cover, ...] = ()
    text: str | None = None
    """Markdown; None is as reported."""
    left_out: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(cover.key for cover in self.covers)

    def changes(self, sources: dict[str, Source]) -> list[tuple[Cover, Source | None]]:
        """The sources that are no longer what they were when this was worded or left out; None for one that was withdrawn."""
        if self.text is None and not self.left_out:
            return []
        now = [(cover, sources.get(cover.key)) for cover in self.covers]
        return [(cover, source) for cover, source in now if not source or source.fingerprint != cover.fingerprint]


def read(stored: Iterable[dict[str, Any]]) -> list[Passage]:
    """From the JSON of a Wording."""
    return [
        Passage(
            tuple(Cover(*cover) for cover in told["covers"]),
            told["text"] and without_unwanted(told["text"]),
            told["left_out"],
        )
        for told in stored
    ]


def written(passages: Sequence[Passage], sources: Sequence[Source]) -> list[dict[str, Any]]:
    """The JSON for a Wording. Empty where all stands as it was reported, in its order."""
    plain = all(passage.text is None and not passage.left_out for passage in passages)
    if plain and [key for passage in passages for key in passage.keys] == [source.key for source in sources]:
        return []
    return [
        {
            "covers": [[cover.key, cover.fingerprint, cover.was] for cover in passage.covers],
            "text": passage.text,
            "left_out": passage.left_out,
        }
        for passage in passages
    ]


def laid_over(passages: Sequence[Passage], sources: Sequence[Source]) -> list[Passage]:
    """The passages with those of the sources that they do not tell of behind them, each as reported."""
    told = {key for passage in passages for key in passage.keys}
    return [*passages, *(Passage((Cover.of(source),)) for source in sources if source.key not in told)]


def kept(passage: Passage, sources: dict[str, Source]) -> list[Passage]:
    """The same words, for the sources as they are now."""
    covers = tuple(Cover.of(sources[key]) for key in passage.keys if key in sources)
    if not covers and (passage.left_out or not passage.text):
        return []
    return [Passage(covers, passage.text, passage.left_out)]


def taken(passage: Passage, sources: dict[str, Source]) -> list[Passage]:
    """The sources as they are now instead of the words: each for itself."""
    return [Passage((Cover.of(sources[key]),)) for key in passage.keys if key in sources]


def told_alone(text: str, passages: Sequence[Passage]) -> str:
    """Of a part whose one source is `text`: what the note says instead of it, its paragraphs of Markdown joined."""
    if not any(passage.covers for passage in passages):
        passages = [Passage(), *passages]
    said = [text if passage.text is None else passage.text for passage in passages if not passage.left_out]
    return "\n\n".join(part for part in said if part)
