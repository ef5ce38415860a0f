"""The words of partial dates: what people may type for one, and what the tracker calls the parts of a year."""

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, NoReturn

from django.utils import dateformat, dates, formats, translation
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1945, 2100
LONGEST_TYPED = 60

# EDTF writes the parts of a year where a month would stand: 33 to 36 are its quarters, 40 and 41 its halves.
QUARTERS = {33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12)}
_FIRST_QUARTER = 33
HALVES = {40: (1, 6), 41: (7, 12)}

_EDTF = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}(/[0-9]{4}(-[0-9]{2}){0,2})?")
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-2]?[0-9])[/.-]([0-9]{4})")  # not 33/2005: what EDTF calls a quarter is a slip here
_YEAR_MONTH_DAY = re.compile(r"([0-9]{4})(?:([/.-])([0-9]{1,2})\2([0-9]{1,2})|-([0-9]{1,2}))")
_RANGE = re.compile(r" (?:-|to|until|till|au|à|al|a|по|إلى) | ?[–—至到] ?")
_WORD = re.compile(r"[0-9]+|[^\W\d_]+|[^\w\s]|_")

_DIRECTION_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_HYPHENS = str.maketrans("‐‑‒−", "----")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_PARTS = {"q": (QUARTERS, 33), "quarter": (QUARTERS, 33), "h": (HALVES, 40), "half": (HALVES, 40)}
_FILLERS = {
    "of",
    "the",
    "in",
    "from",
    "st",
    "nd",
    "rd",
    "th",
    "du",
    "le",
    "er",
    "de",
    "del",
    "el",
    "с",
    "г",
    "года",
    "من",
}
_FILLERS |= {"从", "年", "日", "号", ",", "،", "."}
_VAGUE = {"early", "mid", "late", "beginning", "start", "middle"}
_VAGUE |= {"end", "spring", "summer", "autumn", "fall", "winter", "about", "around", "circa", "ca", "approximately"}


class PartialDateError(ValueError):
    """A text that is no partial date; its message tells people, in their language, why and what to write instead."""


class Typed(NamedTuple):
    """A date as typed, unchecked. `month` may be a part of the year (33 to 41) where there is no day."""

    year: int | None
    month: int | None
    day: int | None


def part_of_year(code: int, year: str) -> str:
    """What a quarter or half is called in the active language: "1st quarter of 2006"."""
    wording = {
        33: _("1st quarter of %(year)s"),
        34: _("2nd quarter of %(year)s"),
        35: _("3rd quarter of %(year)s"),
        36: _("4th quarter of %(year)s"),
        40: _("1st half of %(year)s"),
        41: _("2nd half of %(year)s"),
    }
    return wording[code] % {"year": year}


def examples(today: date) -> str:
    """Dates of all precisions in the active language, of this year: "25 November 2026, November 2026, ..."."""
    day_format = formats.get_format("DATE_FORMAT")
    return _("%(day)s, %(month)s, %(quarter)s, %(year)s, or %(days)s") % {
        "day": dateformat.format(today, day_format),
        "month": dateformat.format(today, formats.get_format("YEAR_MONTH_FORMAT")),
        "quarter": part_of_year(_FIRST_QUARTER + (today.month - 1) // 3, str(today.year)),
        "year": today.year,
        "days": dateformat.format(today.replace(day=18), day_format.replace("j", "16–j")),
    }


def to_edtf(typed: str, language: str, today: date) -> str:
    """The EDTF text of what somebody typed, in English or in `language`. Raises PartialDateError.

    The numbers are not checked here: a month 13 comes out as `2005-13`, for `PartialDate.parse` to refuse.
    """
    text = _folded(typed)
    _refuse_unprintable(typed, text, today)
    if _EDTF.fullmatch(text):
        return text
    if (single := _read_one(text, language, today)) and single.year is not None:
        return _edtf(single, typed, today)
    ends = _RANGE.split(text)
    if len(ends) != 2 and text.count("-") == 1:
        ends = text.split("-")
    if len(ends) == 2:
        first, last = (_read_one(end.strip(), language, today) for end in ends)
        if first and last:
            return "/".join(_edtf(end, typed, today) for end in (_completed(first, last), _completed(last, first)))
    elif single:
        _refuse_without_year(typed, today)
    raise _unreadable(typed, today)


def named_day(typed: str, today: date) -> date | None:
    """The day that somebody calls today or yesterday, in English or in the active language; None for any other text."""
    text = _folded(typed)
    if text in ("today", _folded(_("today"))):
        return today
    if text in ("yesterday", _folded(_("yesterday"))):
        return today - timedelta(days=1)
    return None


def not_edtf(text: str) -> PartialDateError:
    """The refusal of a text that looks like no date at all. The message can be shown and stored, whatever the text holds."""
    return PartialDateError(_("“%(text)s” could not be read as a date.") % {"text": _shown(text)})


def _unreadable(text: str, today: date) -> PartialDateError:
    return PartialDateError(
        _("“%(text)s” could not be read as a date. Write it as precisely as you know: %(examples)s.")
        % {"text": _shown(text), "examples": examples(today)}
    )


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text.strip()[:LONGEST_TYPED])


def _folded(text: str) -> str:
    """The text in lower case, with single spaces, ASCII digits and hyphens, and no marks of writing direction."""
    text = unicodedata.normalize("NFKC", text[: LONGEST_TYPED + 1].translate(_DIRECTION_MARKS)).translate(_HYPHENS)
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return re.sub(" +", " ", text.casefold()).strip(" ")


def _refuse_unprintable(typed: str, folded: str, today: date) -> None:
    if len(typed) > LONGEST_TYPED:
        raise PartialDateError(
            _("This is too long for a date (at most %(limit)s characters). Write it as in %(examples)s.")
            % {"limit": LONGEST_TYPED, "examples": examples(today)}
        )
    if not folded.isprintable():
        raise PartialDateError(
            _("The date holds a character that cannot be seen. Delete it, and write the date as in %(examples)s.")
            % {"examples": examples(today)}
        )


def _named_part_of_year(text: str, language: str) -> Typed | None:
    """A quarter or half that is typed just as the tracker shows it in `language`."""
    years = re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    if len(years) != 1:
        return None
    with translation.override(language):
        names = {_folded(part_of_year(code, years[0])): code for code in (*QUARTERS, *HALVES)}
    return Typed(int(years[0]), names[text], None) if text in names else None


def _read_one(text: str, language: str, today: date) -> Typed | None:
    """One date, perhaps without its year or month; None when it is not understood."""
    if part := _named_part_of_year(text, language):
        return part
    if match := _YEAR_MONTH_DAY.fullmatch(text):
        year, _sign, month, day, only_month = match.groups()
        return Typed(int(year), int(month or only_month), int(day) if day else None)
    if match := _MONTH_YEAR.fullmatch(text):
        return Typed(int(match[2]), int(match[1]), None)
    if match := _DAY_MONTH_YEAR.fullmatch(text):
        return _unambiguous(int(match[1]), int(match[3]), int(match[4]), text)
    return _read_words(_WORD.findall(text), text, _month_names(language), today)


def _unambiguous(first: int, second: int, year: int, text: str) -> Typed:
    """Day, month and year in numbers, in either order of day and month, where only one of them is possible."""
    if first != second and 1 <= first <= 12 and 1 <= second <= 12:
        raise PartialDateError(
            _("“%(text)s” can be read in two ways. Write the month's name: %(first)s or %(second)s.")
            % {
                "text": text,
                "first": f"{first} {dates.MONTHS[second]} {year}",
                "second": f"{second} {dates.MONTHS[first]} {year}",
            }
        )
    return Typed(year, first, second) if second > 12 >= first else Typed(year, second, first)


def _read_words(words: list[str], text: str, month_names: dict[str, int], today: date) -> Typed | None:
    years: list[int] = []
    months: list[int] = []
    numbers: list[int] = []
    parts: list[tuple[dict[int, tuple[int, int]], int]] = []
    for word in words:
        if word.isdecimal() and len(word) in (1, 2, 4):
            (years if len(word) == 4 else numbers).append(int(word))
        elif word == "月" and numbers:
            months.append(numbers.pop())
        elif word in month_names:
            months.append(month_names[word])
        elif word in _ORDINALS:
            numbers.append(_ORDINALS[word])
        elif word in _PARTS:
            parts.append(_PARTS[word])
        elif word in _VAGUE:
            raise PartialDateError(
                _("“%(text)s” is too vague to be sorted. Choose a quarter or a half, such as %(quarter)s.")
                % {"text": text, "quarter": part_of_year(_FIRST_QUARTER, str(today.year))}
            )
        elif word not in _FILLERS:
            return None
    if max(len(years), len(months) + len(parts), len(numbers)) > 1 or not years + months + numbers:
        return None
    year = years[0] if years else None
    if not parts:
        return Typed(year, months[0] if months else None, numbers[0] if numbers else None)
    codes, before_first = parts[0][0], parts[0][1] - 1
    if not numbers or before_first + numbers[0] not in codes:
        return None
    return Typed(year, before_first + numbers[0], None)


def _completed(end: Typed, other: Typed) -> Typed:
    """One end of a range, with what was only written at the other one: `16` of `16 to 18 May 2006`."""
    month = other.month if end.month is None and end.day is not None else end.month
    return Typed(other.year if end.year is None else end.year, month, end.day)


def _edtf(typed: Typed, text: str, today: date) -> str:
    if typed.year is None:
        _refuse_without_year(text, today)
    if typed.month is None and typed.day is not None:
        raise _unreadable(text, today)
    numbers = (f"{number:02}" for number in (typed.month, typed.day) if number is not None)
    return "-".join([f"{typed.year:04}", *numbers])


def _refuse_without_year(text: str, today: date) -> NoReturn:
    raise PartialDateError(
        _("“%(text)s” says no year. Write the date as in %(examples)s.")
        % {"text": text.strip(), "examples": examples(today)}
    )


@lru_cache(maxsize=32)
def _month_names(language: str) -> dict[str, int]:
    """The number of the month for each of its names and short names, in English and in `language`."""
    names: dict[str, int] = {"sept": 9}
    for code in ("en", language):
        with translation.override(code):
            for table in (dates.MONTHS, dates.MONTHS_3, dates.MONTHS_ALT, dates.MONTHS_AP):
                names |= {str(name).casefold().rstrip("."): number for number, name in table.items()}
    return names
