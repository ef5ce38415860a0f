"""List the words that people may type in a date, in English and in the language that they use."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

from babel.dates import get_month_names, get_quarter_names
from django.utils import dates, translation

from tracker.dates.display import cldr_locale, display_period
from tracker.dates.parts import FIRST_YEAR, HALVES, QUARTERS, Precision

_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_FILLERS = {
    *["of", "the", "in", "from", "st", "nd", "rd", "th"],
    *["du", "le", "er", "de", "del", "el"],
    *["с", "г", "года"],
    *["من", "عام"],
    *["从", "年", "日", "号", "第"],
    *[",", "،", "."],
}
"""Words and signs that change nothing: "22nd of December, 2005"."""
VAGUE = {
    *["early", "mid", "late", "beginning", "start", "middle", "end"],
    *["spring", "summer", "autumn", "fall", "winter"],
    *["about", "around", "circa", "ca", "approximately"],
}
"""Words of dates that cannot be stored yet; `parsing` suggests a quarter instead."""

_DIRECTION_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SIGNS = str.maketrans("‐‑‒−‘’ʼ", "----'''")
_WORD = re.compile(r"[0-9]+|[年月日号第]|[^\W\d_]+|[^\w\s]|_")
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")


def fold(text: str) -> str:
    """Return the text in lower case, with single spaces, ASCII digits, hyphens and apostrophes, without marks of writing direction."""
    text = unicodedata.normalize("NFKC", text.translate(_DIRECTION_MARKS)).translate(_SIGNS)
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return re.sub(" +", " ", text.casefold()).strip(" ")


def split_words(folded: str) -> list[str]:
    """Split a folded text into numbers, words and signs; ordinals become numbers, fillers are left out."""
    return [_ORDINALS.get(word, word) for word in _WORD.findall(folded) if word not in _FILLERS]


def is_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4


@lru_cache(maxsize=32)
def month_numbers(language: str) -> dict[str, int]:
    """Map each name and short name of a month, as CLDR and Django have them, to its number."""
    numbers: dict[str, int] = {}
    for code in ("en", language):
        tables = [
            get_month_names(width, context, cldr_locale(code))
            for width in _WIDTHS
            for context in ("format", "stand-alone")
        ]
        with translation.override(code):
            for table in [*tables, dates.MONTHS, dates.MONTHS_3, dates.MONTHS_ALT, dates.MONTHS_AP]:
                numbers |= {fold(str(name)).rstrip("."): number for number, name in table.items()}
    return numbers


def part_of_year(words: list[str], language: str) -> int | None:
    """Return the EDTF code of the quarter or half that these words name, in any order, with or without a year."""
    return _part_of_year_codes(language).get(_without_year(words))


@lru_cache(maxsize=32)
def _part_of_year_codes(language: str) -> dict[tuple[str, ...], int]:
    names = [*_part_names("en"), *_part_names(language)]
    return {_without_year(split_words(fold(name))): code for name, code in names}


def _part_names(language: str) -> Iterator[tuple[str, int]]:
    """Yield the names and short names of each quarter and half, with its EDTF code."""
    for number, (code, (month, _last_month)) in enumerate(QUARTERS.items(), start=1):
        yield display_period(Precision.QUARTER, date(FIRST_YEAR, month, 1), language), code
        for width in _WIDTHS:
            yield get_quarter_names(width, locale=cldr_locale(language))[number], code
    for number, (code, (month, _last_month)) in enumerate(HALVES.items(), start=1):
        yield display_period(Precision.HALF, date(FIRST_YEAR, month, 1), language), code
        yield f"H{number}", code


def _without_year(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in words if not is_year(word)))
