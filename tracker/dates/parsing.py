"""Parse what people type for a date: numbers, words in any of the languages, or the text form of `tracker.dates.value`.

`words` lists the words. Everything that `display` writes can be typed.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, NoReturn

from babel.dates import get_day_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.dates.display import cldr_locale
from tracker.dates.parts import FIRST_YEAR, HALVES, LAST_YEAR, QUARTERS, WINTER, Modifier, PartialDateError, Third
from tracker.dates.value import PartialDate, quotable, refuse_impossible_month, text_with_modifier
from tracker.dates.vocabulary import Kind, Word, words_in
from tracker.dates.words import WORDS
from tracker.folding import fold

MAX_TYPED_LENGTH = 100

_Found = defaultdict[Kind, list[Any]]


class TypedPeriod(NamedTuple):
    """Hold a day, month or longer period as typed: the numbers are unchecked, and in an interval some may be missing."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part_of_year: int | None = None
    """EDTF's code of a season, quarter or half."""
    third: str | None = None
    weekday: int | None = None
    has_next_year: bool = False
    """Whether the next year was typed, too, as in "winter 2005/2006"."""


def parse_typed(typed: str, *, today: date) -> PartialDate:
    """Parse what somebody typed. Messages are in the active language and have examples of the year of `today`.

    Raises PartialDateError, whatever the text contains.
    """
    _refuse_long_or_invisible(typed, today)
    text = fold(typed).strip()
    if PartialDate.is_text_form(text):
        return PartialDate.parse(text)
    words, modifier = _without_modifier(_without_second_names(words_in(text) or []))
    if period := _read_period(words):
        return _to_date([period], modifier, typed, today)
    for position in _separators(words):
        first, last = _read_period(words[:position]), _read_period(words[position + 1 :])
        if first and last:
            return _to_date([_completed(first, last), _completed(last, first)], modifier, typed, today)
    _refuse_unreadable(typed, today)


def named_day(typed: str, today: date) -> date | None:
    """Return the day that "today" or "yesterday" means, in any of the languages; None for any other text."""
    text = fold(typed[: MAX_TYPED_LENGTH + 1]).strip()
    for days_ago, name in enumerate(("today", "yesterday")):
        if any(text == fold(word) for words in WORDS.values() for word in words[name].split(", ")):
            return today - timedelta(days=days_ago)
    return None


def examples(today: date) -> str:
    """Return dates of several precisions in the active language, of this year: "25 November 2026, November 2026, ..."."""
    month = f"{today:%Y-%m}"
    return _("%(day)s, %(month)s, %(quarter)s, %(early)s, %(year)s, or %(days)s") % {
        "day": PartialDate.day(today),
        "month": PartialDate.parse(month),
        "quarter": PartialDate.parse(f"{today.year}-{33 + (today.month - 1) // 3}"),
        "early": PartialDate.parse(f"{today.year} early"),
        "year": PartialDate.parse(f"{today.year}"),
        "days": PartialDate.parse(f"{month}-16/{month}-18"),
    }


def _without_modifier(words: list[Word]) -> tuple[list[Word], Modifier | None]:
    """Return the words without the modifier, and the modifier. "By" and "before" have to be at the beginning or the end."""
    about = Word(Kind.MODIFIER, Modifier.ABOUT)
    if about in words:
        return [word for word in words if word != about], Modifier.ABOUT
    if words and words[0].kind == Kind.MODIFIER:
        return words[1:], Modifier(str(words[0].value))
    if words and words[-1].kind == Kind.MODIFIER:
        return words[:-1], Modifier(str(words[-1].value))
    return words, None


def _without_second_names(words: list[Word]) -> list[Word]:
    """Leave out the second name of a month: Arabic has two, and often writes both with a slash between them."""
    slash = Word(Kind.SEPARATOR, "/")
    kept: list[Word] = []
    for word in words:
        if word.kind == Kind.MONTH and kept[-2:] == [word, slash]:
            kept.pop()
        elif word.kind != Kind.MONTH or kept[-1:] != [word]:
            kept.append(word)
    return kept


def _separators(words: list[Word]) -> list[int]:
    """Return the positions of what may separate the ends of an interval: words, then dashes, then slashes."""
    positions = [position for position, word in enumerate(words) if word.kind in (Kind.TO, Kind.SEPARATOR)]
    return sorted(positions, key=lambda position: ["", "-", "/"].index(str(words[position].value)))


def _read_period(words: list[Word]) -> TypedPeriod | None:
    """Read one period, perhaps without its year or month; return None if it is not understood."""
    if not words or Kind.SEPARATOR in (words[0].kind, words[-1].kind):
        return None
    kinds = {word.kind for word in words}
    if Kind.NUMERIC in kinds and kinds & {Kind.YEAR, Kind.MONTH, Kind.NUMBER}:
        return None
    found: _Found = defaultdict(list)
    for kind, value in words:
        if kind == Kind.NUMERIC:
            for part, number in _read_numbers(str(value)):
                found[part].append(number)
        elif kind == Kind.MONTH_SIGN and found[Kind.NUMBER]:
            found[Kind.MONTH].append(found[Kind.NUMBER].pop())
        elif kind in (Kind.TO, Kind.MODIFIER, Kind.MONTH_SIGN):
            return None
        else:
            found[kind].append(value)
    return _to_period(found)


def _read_numbers(text: str) -> Iterator[tuple[Kind, int]]:
    """Read a date in digits. Day and month may be in either order if only one is possible; raise PartialDateError if both are."""
    parts = re.split("[./-]", text)
    if len(parts[0]) == 4:
        return zip((Kind.YEAR, Kind.MONTH, Kind.NUMBER), map(int, parts), strict=False)
    if len(parts) == 3:
        first, second, year = map(int, parts)
        is_american = second > 12 >= first
        if first != second and max(first, second) <= 12 and min(first, second) >= 1 and FIRST_YEAR <= year <= LAST_YEAR:
            _refuse_ambiguous_numbers(text, date(year, second, first), date(year, first, second))
        parts = [parts[1], parts[0], parts[2]] if is_american else parts
    return zip((Kind.YEAR, Kind.MONTH, Kind.NUMBER), map(int, reversed(parts)), strict=False)


def _to_period(found: _Found) -> TypedPeriod | None:
    """Return the period that has these words, or None if they do not belong together."""
    parts = _parts_of_year(found)
    has_next_year = parts == [WINTER] and _remove_next_year(found)
    years, months, numbers = found[Kind.YEAR], found[Kind.MONTH], found[Kind.NUMBER]
    thirds, weekdays = found[Kind.THIRD], found[Kind.WEEKDAY]
    one_at_most = (years, months + parts, numbers + parts, numbers + thirds, weekdays + thirds)
    if None in parts or any(len(values) > 1 for values in one_at_most):
        return None
    year, month, day, part, third, weekday = map(_only, (years, months, numbers, parts, thirds, weekdays))
    return TypedPeriod(year, month, day, part, third, weekday, has_next_year)


def _only(values: list[Any]) -> Any:
    return values[0] if values else None


def _parts_of_year(found: _Found) -> list[int | None]:
    """Return EDTF's codes of the seasons, quarters and halves, None for one that does not exist. Their numbers are removed."""
    parts = [*found[Kind.SEASON], *found[Kind.HALF]]
    for kind, codes in ((Kind.QUARTER_WORD, QUARTERS), (Kind.HALF_WORD, HALVES)):
        for _word in found[kind]:
            number = found[Kind.NUMBER].pop() if found[Kind.NUMBER] else 0
            parts.append(dict(enumerate(codes, start=1)).get(number))
    return parts


def _remove_next_year(found: _Found) -> bool:
    """Remove the second year of a winter from what was found; return whether there was one. It may have two digits only."""
    year, *more = [*found[Kind.YEAR], *found[Kind.NUMBER], *found[Kind.MONTH]] or [0]
    if not found[Kind.YEAR] or len(more) != 1 or more[0] not in (year + 1, (year + 1) % 100):
        return False
    found |= {Kind.YEAR: [year], Kind.NUMBER: [], Kind.MONTH: []}
    return True


def _completed(end: TypedPeriod, other: TypedPeriod) -> TypedPeriod:
    """Complete one end of an interval with what was typed at the other end only: `16` of `16 to 18 May 2006`."""
    if (end.day and other.day and not end.month) or (end.third and other.third and end[:4] == (None,) * 4):
        end = end._replace(month=other.month, part_of_year=other.part_of_year)
    return end._replace(year=other.year) if end.year is None else end


def _to_date(periods: list[TypedPeriod], modifier: Modifier | None, typed: str, today: date) -> PartialDate:
    """Return the date of one typed period or of two. Raises PartialDateError if they are incomplete, ambiguous or impossible."""
    texts = [_text_of(period, typed, today) for period in periods]
    if modifier == Modifier.BEFORE and any(period.third == Third.LATE for period in periods):
        modifier = Modifier.BY  # before the end of May is by the end of May
    return PartialDate.parse(text_with_modifier(texts, modifier))


def _text_of(period: TypedPeriod, typed: str, today: date) -> str:
    year, month, day, part_of_year, third, weekday, has_next_year = period
    is_day_without_month = day is not None and month is None
    is_weekday_without_day = weekday is not None and day is None
    if is_day_without_month or is_weekday_without_day or period == TypedPeriod(third=third):
        _refuse_unreadable(typed, today)
    if year is None:
        raise PartialDateError(
            _("“%(text)s” has no year. Write the date as in %(examples)s.")
            % {"text": quotable(typed), "examples": examples(today)}
        )
    if part_of_year == WINTER and not has_next_year and year > FIRST_YEAR:
        _refuse_ambiguous_winter(year, typed)
    if month is not None:
        PartialDate.parse(f"{year:04}")
        refuse_impossible_month(year, month)
    numbers = [number for number in (month, part_of_year, day) if number is not None]
    text = "-".join([f"{year:04}", *(f"{number:02}" for number in numbers)])
    if weekday is not None:
        _refuse_wrong_weekday(PartialDate.parse(text), weekday)
    return f"{text} {third}" if third else text


def _refuse_wrong_weekday(day: PartialDate, weekday: int) -> None:
    if day.earliest.weekday() != weekday:
        names = get_day_names("wide", "stand-alone", cldr_locale(get_language() or "en"))
        raise PartialDateError(
            _("%(day)s is a %(right)s, not a %(wrong)s. Correct the date, or leave the day of the week out.")
            % {"day": day, "right": names[day.earliest.weekday()], "wrong": names[weekday]}
        )


def _refuse_ambiguous_numbers(text: str, first: date, second: date) -> NoReturn:
    raise PartialDateError(
        _("“%(text)s” can be read in two ways. Write the month's name: %(first)s or %(second)s.")
        % {"text": text, "first": PartialDate.day(first), "second": PartialDate.day(second)}
    )


def _refuse_ambiguous_winter(year: int, typed: str) -> NoReturn:
    winters = [PartialDate.parse(f"{each:04}-{WINTER}") for each in (year, year - 1)]
    raise PartialDateError(
        _("“%(text)s” can be read in two ways. Write both years: %(first)s or %(second)s.")
        % {"text": quotable(typed), "first": winters[1], "second": winters[0]}
    )


def _refuse_long_or_invisible(typed: str, today: date) -> None:
    if len(typed) > MAX_TYPED_LENGTH:
        raise PartialDateError(
            _("This is too long for a date (at most %(limit)s characters). Write it as in %(examples)s.")
            % {"limit": MAX_TYPED_LENGTH, "examples": examples(today)}
        )
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for sign in typed):
        raise PartialDateError(
            _("The date contains a character that cannot be seen. Delete it, and write the date as in %(examples)s.")
            % {"examples": examples(today)}
        )


def _refuse_unreadable(typed: str, today: date) -> NoReturn:
    raise PartialDateError(
        _("“%(text)s” could not be read as a date. Write it as precisely as you know: %(examples)s.")
        % {"text": quotable(typed), "examples": examples(today)}
    )
