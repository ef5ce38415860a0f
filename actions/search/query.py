"""What a person typed into the search field, as words, phrases and words that must not occur."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
_PART = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_WORD = re.compile(r"[^\W_]+")
_WITHOUT_SPACES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Query:
    """Each phrase is a list of words, folded (small, without accents). The last one matches beginnings of words, too."""

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[tuple[str, ...], ...]
    is_open: bool
    """Whether the last phrase may be the beginning of a longer word."""

    @property
    def words(self) -> list[str]:
        return [word for phrase in self.wanted for word in phrase]

    @property
    def needs_substrings(self) -> bool:
        """Whether it is in a script without spaces between words, where an index of words finds nothing."""
        return any(_WITHOUT_SPACES.search(word) for word in self.words)


def parse(text: str) -> Query:
    """Never fails: what is no word is left out."""
    wanted: list[tuple[str, ...]] = []
    unwanted: list[tuple[str, ...]] = []
    is_open = False
    for minus, phrase, word in _PART.findall(text[:LONGEST]):
        words = tuple(_WORD.findall(fold(phrase or word)))
        if not words:
            continue
        (unwanted if minus else wanted).append(words)
        is_open = not minus and not phrase
    return Query(tuple(wanted), tuple(unwanted), is_open)


def fold(text: str) -> str:
    """Small letters without accents: `Évaluation` is `evaluation`."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
