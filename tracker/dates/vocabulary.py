"""Find the meanings of the words in a date. All languages are read at once: hardly any word means different things in two of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import cache
from itertools import chain
from typing import Any, Literal, NamedTuple

from babel import Locale
from babel.dates import get_day_names, get_month_names
from django.utils import dates, translation

from tracker.dates.display import cldr_locale
from tracker.dates.parts import HALVES, SEASONS, Modifier, Third
from tracker.dates.words import MONTHS, ORDINAL_ENDINGS, OTHER_LOCALES, WEEKDAYS, WORDS
from tracker.folding import fold


class Kind(Enum):
    NUMBER = auto()
    """A number of one or two digits."""
    YEAR = auto()
    NUMERIC = auto()
    """A date in digits such as 22/12/2005; its value is the text."""
    MONTH = auto()
    MONTH_SIGN = auto()
    """What follows the number of a month in Chinese."""
    WEEKDAY = auto()
    SEASON = auto()
    HALF = auto()
    QUARTER_WORD = auto()
    HALF_WORD = auto()
    THIRD = auto()
    MODIFIER = auto()
    TO = auto()
    SEPARATOR = auto()
    """A dash or slash, which may separate the parts of a date or the ends of an interval."""
    FILLER = auto()


class Word(NamedTuple):
    kind: Kind
    value: int | str = ""


_KINDS = {
    **{third.value: Word(Kind.THIRD, third) for third in Third},
    **{modifier.value: Word(Kind.MODIFIER, modifier) for modifier in Modifier},
    **{
        name: Word(Kind.SEASON, code)
        for name, code in zip(["spring", "summer", "autumn", "winter"], SEASONS, strict=True)
    },
    **{str(number): Word(Kind.NUMBER, number) for number in range(1, 5)},
    **{name: Word(Kind.HALF, code) for name, code in zip(["1st half", "2nd half"], HALVES, strict=True)},
    "quarter": Word(Kind.QUARTER_WORD),
    "half": Word(Kind.HALF_WORD),
    "month": Word(Kind.MONTH_SIGN),
    "to": Word(Kind.TO),
    "filler": Word(Kind.FILLER),
}
_SIGNS = {
    **{sign: Word(Kind.SEPARATOR, sign) for sign in "-/"},
    **dict.fromkeys(",.،、()", Word(Kind.FILLER)),
}
_ORDINAL = re.compile(rf"(?<=[0-9])(?: ?[.-])?(?:{ORDINAL_ENDINGS})\b")
_TOKEN = re.compile(
    r"""(?P<numeric>(?<!\w)(?:
        [0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2} | [0-9]{4}-[0-9]{1,2}
        | [0-9]{1,2}([./-])[0-9]{1,2}\3[0-9]{4} | [0-9]{1,2}[./-][0-9]{4}
    )(?![0-9]))
    | [0-9]+ | [\u3400-\u9fff] | [^\W\d_\u3400-\u9fff]+ | [^\w\s] | _""",
    re.VERBOSE,
)
_FORMS: list[tuple[Literal["wide", "abbreviated"], Literal["format", "stand-alone"]]] = [
    ("wide", "format"),
    ("wide", "stand-alone"),
    ("abbreviated", "format"),
    ("abbreviated", "stand-alone"),
]
_Phrase = tuple[str, ...]


def words_in(text: str) -> list[Word] | None:
    """Return the meanings of the words of a folded text, fillers left out; None if a word is unknown."""
    tokens = list(_TOKEN.finditer(_ORDINAL.sub("", text.replace("'", " "))))
    words: list[Word] = []
    while tokens:
        is_leading = not words or words[-1].kind in (Kind.MODIFIER, Kind.TO)
        word, length = _next_word(tokens, is_leading=is_leading)
        if not word:
            return None
        if word.kind != Kind.FILLER:
            words.append(word)
        del tokens[:length]
    return words


def _next_word(tokens: list[re.Match[str]], *, is_leading: bool) -> tuple[Word | None, int]:
    """Return the meaning of the longest phrase that the tokens begin with, and its number of tokens."""
    first = tokens[0]
    if first["numeric"]:
        return Word(Kind.NUMERIC, first[0]), 1
    if first[0].isdecimal():
        kind = {1: Kind.NUMBER, 2: Kind.NUMBER, 4: Kind.YEAR}.get(len(first[0]))
        return kind and Word(kind, int(first[0])), 1
    phrases, leading, longest = _vocabulary()
    for length in range(min(longest, len(tokens)), 0, -1):
        phrase = tuple(each[0] for each in tokens[:length])
        if word := (is_leading and leading.get(phrase)) or phrases.get(phrase):
            return word, length
    return None, 1


@cache
def _vocabulary() -> tuple[dict[_Phrase, Word], dict[_Phrase, Word], int]:
    """Return the meanings of phrases, the meanings that they have before a date instead, and the length of the longest phrase."""
    phrases: dict[_Phrase, Word] = {(sign,): word for sign, word in _SIGNS.items()}
    phrases |= {_phrase(name): word for name, word in [*weekdays(), *months()]}  # "mar" is March, not mardi
    leading: dict[_Phrase, Word] = {}
    for meaning, words in chain.from_iterable(listed.items() for listed in WORDS.values()):
        if meaning not in ("today", "yesterday"):
            target = leading if meaning.startswith("leading ") else phrases
            target |= {_phrase(word): _KINDS[meaning.removeprefix("leading ")] for word in words.split(",")}
    return phrases, leading, max(map(len, phrases))


def weekdays() -> Iterator[tuple[str, Word]]:
    """Yield the names and short names of the days of the week, as CLDR has them, and further forms."""
    for language in WORDS:
        tables = [get_day_names(width, context, cldr_locale(language)) for width, context in _FORMS]
        yield from _named(Kind.WEEKDAY, [*tables, dict(enumerate(WEEKDAYS.get(language, [])))])


def months() -> Iterator[tuple[str, Word]]:
    """Yield the names and short names of months, as CLDR and Django have them, and further forms."""
    for language in WORDS:
        locales = [cldr_locale(language), *map(Locale.parse, OTHER_LOCALES.get(language, []))]
        tables: list[Mapping[int, Any]]
        tables = [get_month_names(width, context, locale) for locale in locales for width, context in _FORMS]
        tables += [dates.MONTHS, dates.MONTHS_3, dates.MONTHS_ALT, dates.MONTHS_AP]
        with translation.override(language):
            yield from _named(Kind.MONTH, [*tables, dict(enumerate(MONTHS.get(language, []), start=1))])


def _named(kind: Kind, tables: Iterable[Mapping[int, Any]]) -> Iterator[tuple[str, Word]]:
    """Yield the names in these tables; commas separate several names of one number."""
    for table in tables:
        for number, names in table.items():
            yield from ((name, Word(kind, number)) for name in str(names).split(", ") if name)


def _phrase(words: str) -> _Phrase:
    return tuple(token[0] for token in _TOKEN.finditer(fold(words).replace("'", " ").replace(".", " ")))
