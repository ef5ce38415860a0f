"""Parse what people type for a date: EDTF, numbers, or words in English and in their language.

`vocabulary` lists the words. Everything that `display` writes can be typed.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple, NoReturn

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.dates.display import display_interval, display_period
from tracker.dates.parts import FIRST_YEAR, LAST_YEAR, PartialDateError, Precision
from tracker.dates.value import PartialDate, quotable
from tracker.dates.vocabulary import VAGUE, fold, is_year, month_numbers, part_of_year, split_words

MAX_TYPED_LENGTH = 60

_EDTF = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}(/[0-9]{4}(-[0-9]{2}){0,2})?")
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-2]?[0-9])[/.-]([0-9]{4})")  # not 33/2005: what EDTF calls a quarter is a slip here
_YEAR_MONTH_DAY = re.compile(r"([0-9]{4})(?:([/.-])([0-9]{1,2})\2([0-9]{1,2})|-([0-9]{1,2}))")
_RANGE = re.compile(r" (?:-|to|until|till|au|à|al|a|по|إلى) | ?[–—至到] ?")


class TypedDate(NamedTuple):
    """Hold the numbers of a date as typed, unchecked. `month` may be the EDTF code of a part of the year if there is no day."""

    year: int | None
    month: int | None
    day: int | None


def parse_typed(typed: str, language: str | None = None, *, today: date) -> PartialDate:
    """Parse EDTF, or words in English and in `language` (by default the active one). Messages have examples of the year of `today`.

    Raises PartialDateError, whatever the text contains.
    """
    return PartialDate.parse(_to_edtf(typed, language or get_language() or "en", today))


def named_day(typed: str, today: date) -> date | None:
    """Return the day that "today" or "yesterday" means, in English or in the active language; None for any other text."""
    if len(typed) > MAX_TYPED_LENGTH:
        return None
    text = fold(typed)
    if text in ("today", fold(_("today"))):
        return today
    if text in ("yesterday", fold(_("yesterday"))):
        return today - timedelta(days=1)
    return None


def examples(today: date) -> str:
    """Return dates of all precisions in the active language, of this year: "25 November 2026, November 2026, ..."."""
    language = get_language() or "en"
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    days = [(Precision.DAY, today.replace(day=day)) for day in (16, 18)]
    return _("%(day)s, %(month)s, %(quarter)s, %(year)s, or %(days)s") % {
        "day": display_period(Precision.DAY, today, language),
        "month": display_period(Precision.MONTH, today, language),
        "quarter": display_period(Precision.QUARTER, quarter, language),
        "year": display_period(Precision.YEAR, today, language),
        "days": display_interval(days[0], days[1], language),
    }


def _to_edtf(typed: str, language: str, today: date) -> str:
    """Return the EDTF text of what somebody typed. Its numbers are unchecked: a month 13 becomes `2005-13`, which `PartialDate.parse`
    refuses.
    """
    text = fold(typed[: MAX_TYPED_LENGTH + 1])
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


def _read_one(text: str, language: str, today: date) -> TypedDate | None:
    """Read one date, perhaps without its year or month; return None if it is not understood."""
    if match := _YEAR_MONTH_DAY.fullmatch(text):
        year, _sign, month, day, only_month = match.groups()
        return TypedDate(int(year), int(month or only_month), int(day) if day else None)
    if match := _MONTH_YEAR.fullmatch(text):
        return TypedDate(int(match[2]), int(match[1]), None)
    if match := _DAY_MONTH_YEAR.fullmatch(text):
        return _read_numbers(int(match[1]), int(match[3]), int(match[4]), text)
    return _read_words(split_words(text), text, language, today)


def _read_numbers(first: int, second: int, year: int, text: str) -> TypedDate:
    """Read day and month in either order if only one of them is possible; raise PartialDateError if both are."""
    if first != second and max(first, second) <= 12 and min(first, second) >= 1 and FIRST_YEAR <= year <= LAST_YEAR:
        language = get_language() or "en"
        readings = [
            display_period(Precision.DAY, date(year, month, day), language)
            for day, month in ((first, second), (second, first))
        ]
        raise PartialDateError(
            _("“%(text)s” can be read in two ways. Write the month's name: %(first)s or %(second)s.")
            % {"text": text, "first": readings[0], "second": readings[1]}
        )
    return TypedDate(year, first, second) if second > 12 >= first else TypedDate(year, second, first)


def _read_words(words: list[str], text: str, language: str, today: date) -> TypedDate | None:
    years = [int(word) for word in words if is_year(word)]
    if len(years) > 1:
        return None
    year = years[0] if years else None
    if code := part_of_year(words, language):
        return TypedDate(year, code, None)
    months: list[int] = []
    numbers: list[int] = []
    names = month_numbers(language)
    for word in words:
        if word.isdecimal() and len(word) in (1, 2):
            numbers.append(int(word))
        elif word == "月" and numbers:
            months.append(numbers.pop())
        elif word in names:
            months.append(names[word])
        elif word in VAGUE:
            raise _too_vague(text, today)
        elif not is_year(word):
            return None
    if len(months) > 1 or len(numbers) > 1 or not years + months + numbers:
        return None
    return TypedDate(year, months[0] if months else None, numbers[0] if numbers else None)


def _completed(end: TypedDate, other: TypedDate) -> TypedDate:
    """Complete one end of a range with what was only typed at the other: `16` of `16 to 18 May 2006`."""
    month = other.month if end.month is None and end.day is not None else end.month
    return TypedDate(other.year if end.year is None else end.year, month, end.day)


def _edtf(numbers: TypedDate, typed: str, today: date) -> str:
    if numbers.year is None:
        _refuse_without_year(typed, today)
    if numbers.month is None and numbers.day is not None:
        raise _unreadable(typed, today)
    month_and_day = (f"{number:02}" for number in (numbers.month, numbers.day) if number is not None)
    return "-".join([f"{numbers.year:04}", *month_and_day])


def _refuse_unprintable(typed: str, folded: str, today: date) -> None:
    if len(typed) > MAX_TYPED_LENGTH:
        raise PartialDateError(
            _("This is too long for a date (at most %(limit)s characters). Write it as in %(examples)s.")
            % {"limit": MAX_TYPED_LENGTH, "examples": examples(today)}
        )
    if not folded.isprintable():
        raise PartialDateError(
            _("The date contains a character that cannot be seen. Delete it, and write the date as in %(examples)s.")
            % {"examples": examples(today)}
        )


def _refuse_without_year(typed: str, today: date) -> NoReturn:
    raise PartialDateError(
        _("“%(text)s” has no year. Write the date as in %(examples)s.")
        % {"text": typed.strip(), "examples": examples(today)}
    )


def _too_vague(text: str, today: date) -> PartialDateError:
    quarter = display_period(Precision.QUARTER, date(today.year, 1, 1), get_language() or "en")
    return PartialDateError(
        _("“%(text)s” is too vague to be sorted. Choose a quarter or a half, such as %(quarter)s.")
        % {"text": text, "quarter": quarter}
    )


def _unreadable(typed: str, today: date) -> PartialDateError:
    return PartialDateError(
        _("“%(text)s” could not be read as a date. Write it as precisely as you know: %(examples)s.")
        % {"text": quotable(typed), "examples": examples(today)}
    )
