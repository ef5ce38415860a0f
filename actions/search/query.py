"""What a person typed into the search field, as words, phrases and words that must not occur."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
_PART = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"(?<=\w{4})(?:ies|aux|es|s|x|ы|и|ات|ين|ون)\b", re.IGNORECASE)
"""Endings of the languages that the tracker speaks. Coarse, so it is said where they were taken off."""

_WITHOUT_SPACES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other, folded: small, without accents. Mostly it is one."""

    words: tuple[str, ...]
    is_open: bool = False
    """Whether the last word may be the beginning of a longer one."""


@dataclass(frozen=True, slots=True)
class Query:
    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...]

    @property
    def words(self) -> list[str]:
        return [word for phrase in self.wanted for word in phrase.words]

    @property
    def needs_substrings(self) -> bool:
        """Whether it is in a script without spaces between words, where an index of words finds nothing."""
        return any(_WITHOUT_SPACES.search(word) for word in self.words)


def parse(text: str, *, all_open: bool = False) -> Query:
    """Never fails: what is no word is left out. The last word is open, or all are, unless it stands in quotation marks."""
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    parts = [(part, words) for part in _PART.finditer(text[:LONGEST]) if (words := words_of(part[2] or part[3] or ""))]
    for number, (part, words) in enumerate(parts, 1):
        if part[1]:
            unwanted.append(Phrase(words))
        else:
            wanted.append(Phrase(words, is_open=not part[2] and (all_open or number == len(parts))))
    return Query(tuple(wanted), tuple(unwanted))


def without_plurals(text: str) -> str:
    """The text with the endings of plurals taken off: `trainings` is `training`. What is in quotation marks or left out stays as it is."""
    return _PART.sub(lambda part: _PLURAL.sub("", part[0]) if part[3] and not part[1] else part[0], text)


def words_of(text: str) -> tuple[str, ...]:
    """All words of a text, folded."""
    return tuple(_WORD.findall(fold(text)))


def fold(text: str) -> str:
    """Small letters without accents: `Évaluation` is `evaluation`."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
