"""Store a date as precisely as it is known and never more.

The text form is a small, strict part of EDTF (ISO 8601-2), followed by what EDTF has no form for:

    2005-12-22, 2005-12, 2005           a day, a month, a year
    2006-21 to 2006-24                  spring, summer, autumn and winter
    2006-33 to 2006-36                  the quarters
    2006-40, 2006-41                    the halves
    2006-04 early                       early, mid or late in a month or a longer period
    2005-12/2006-02 early               an interval between two of these
    1998~, 1998~/2000~ early            about; both ends of an interval are marked
    2006-04/2006-05 by, 2006-05 before  the latest time that the source gives

"by" and "before" are not EDTF's `../2006-05`: that is an interval that lasted from an unknown beginning until May 2006.

Every date has an earliest and a latest day to sort and compare by. For vague dates they are conventions:

- Early, mid and late are the days 1 to 10, 11 to 20 and 21 to the last of a month, and the thirds of a longer period: early 2006 is
  January to April 2006.
- Spring is March to May, summer June to August, autumn September to November, everywhere. Winter 2006/2007, which EDTF writes as
  2006-24, is December 2006 to February 2007.
- About: as long again before and after, for an interval as long as each end. About 1998 is 1997 to 1999, about May 2006 is April to June.
- By: the days of the date itself. By April/May 2006 is due from 1 April and late from 1 June 2006.
- Before: as long again, up to the day before. Before May 2006 is April 2006. "Before late May" does not exist: before the end of May is
  by the end of May.

The parser is our own because the library `edtf` takes milliseconds a date and accepts much that can neither be displayed nor sorted; the
tests compare the two.
"""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NoReturn

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.dates.display import display_date
from tracker.dates.parts import (
    FIRST_YEAR,
    HALVES,
    LAST_YEAR,
    MONTHS,
    QUARTERS,
    SEASONS,
    Modifier,
    PartialDateError,
    Period,
    Precision,
    Third,
)

MAX_TEXT_LENGTH = len("2005-12 early/2006-12 early before")
MAX_QUOTED_LENGTH = 60

_ONE = r"[0-9]{4}(?:-[0-9]{2}){0,2}~?(?: (?:early|mid|late))?"
_TEXT = re.compile(rf"({_ONE}(?:/{_ONE})?)(?: (by|before))?")
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?(?: ([a-z]+))?")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """Hold a date as precise as it is known. Create one with `parse`, `day` or `month`, or from what people type with
    `tracker.dates.parsing.parse_typed`, never with the constructor.

    Two are equal if their texts are. They sort by their earliest day, then by their latest one (both inclusive).
    """

    earliest: date
    latest: date
    text: str
    periods: tuple[Period, ...] = field(compare=False)
    """The period, or the two ends of an interval, without the modifier."""
    modifier: Modifier | None = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Parse the text form. Raises PartialDateError. Results are cached."""
        return _parse(text)

    @classmethod
    def day(cls, day: date) -> "PartialDate":
        return _parse(f"{day:%Y-%m-%d}")

    @classmethod
    def month(cls, year: int, month: int) -> "PartialDate":
        return _parse(f"{year:04}-{month:02}")

    @staticmethod
    def is_text_form(text: str) -> bool:
        """Return whether the text is written like the text form; the date may still be impossible."""
        return _TEXT.fullmatch(text) is not None

    @property
    def precision(self) -> Precision:
        return self.periods[0].precision if len(self.periods) == 1 else Precision.INTERVAL

    @property
    def ends(self) -> list["PartialDate"]:
        """The two ends of an interval, or the only period, without the modifier."""
        return [_parse(text) for text in self._end_texts]

    @property
    def last_day(self) -> date:
        """The last day of the date as it is written: of 1998 in "about 1998", of 30 April in "before May"."""
        return min(self.latest, _days(self.periods[-1])[1])

    def later(self, months: int) -> "PartialDate":
        """Return the date that many months later, never more precise than this one; the month's last day if that month is shorter.

        Raises PartialDateError if its year is out of range.
        """
        is_long = any(period.precision not in (Precision.DAY, Precision.MONTH) for period in self.periods)
        if self.modifier == Modifier.ABOUT and is_long and months % 12:
            return _parse(f"{self.earliest:%Y-%m}/{self.latest:%Y-%m}").later(months)
        ends = zip(self.periods, self._end_texts, strict=True)
        texts = [later for period, text in ends for later in _later(period, text, months)]
        return _parse(text_with_modifier([texts[0], texts[-1]], self.modifier))

    def display(self, language: str | None = None) -> str:
        """Return the date as people write it in `language` (by default the active one): "22 December 2005"."""
        return display_date(self.periods, self.modifier, language or get_language() or "en")

    def __str__(self) -> str:
        return self.display()

    @property
    def _end_texts(self) -> list[str]:
        bare = self.text.removesuffix(" by").removesuffix(" before").replace("~", "")
        return bare.split("/")


def months_between(first: date, last: date) -> int:
    """Count the months from the month of one day to that of the other."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_after(day: date, months: int) -> date:
    """Return the day that many months later; the month's last day if that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8192)
def _parse(text: str) -> PartialDate:
    match = _TEXT.fullmatch(text)
    if not match:
        _refuse(text)
    ends = match[1].split("/")
    modifier = Modifier(match[2]) if match[2] else Modifier.ABOUT if "~" in text else None
    ends = [end.replace("~", "") for end in ends]
    if text != text_with_modifier(ends, modifier):
        _refuse(text)  # "1998~ by", or only one end of an interval is marked
    periods = tuple(_read_period(end, text) for end in ends)
    if modifier == Modifier.BEFORE and Third.LATE in (period.third for period in periods):
        _refuse(text)
    if len(periods) == 2 and periods[0] == periods[1]:
        return _parse(text_with_modifier(ends[:1], modifier))
    first, last = _days(periods[0]), _days(periods[-1])
    if last < first or last[1] < first[1]:
        raise PartialDateError(
            _("The end comes before the beginning: %(last)s is not after %(first)s. Write the earlier date first.")
            % {"first": _parse(ends[0]), "last": _parse(ends[1])}
        )
    earliest, latest = first[0], last[1]
    if modifier == Modifier.ABOUT:
        earliest, latest = _before(*first)[0], _after(*last)[1]
    elif modifier == Modifier.BEFORE:
        earliest, latest = _before(*first)
    return PartialDate(earliest, latest, text, periods, modifier)


def text_with_modifier(ends: list[str], modifier: Modifier | None) -> str:
    """Return the text form of a date from those of its ends, or of its only period, and its modifier."""
    if modifier == Modifier.ABOUT:
        return "/".join("~ ".join(end.split(" ")) if " " in end else f"{end}~" for end in ends)
    return "/".join(ends) + (f" {modifier}" if modifier else "")


def _read_period(end: str, text: str) -> Period:
    """Read one end of a date, whose form is already known to be right. Raises PartialDateError if there is no such date."""
    match = _PERIOD.fullmatch(end)
    if not match or (match[3] and match[4]):
        _refuse(text)
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    third = Third(match[4]) if match[4] else None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PartialDateError(
            _("The year %(year)s is out of range: years from %(first)s to %(last)s are accepted.")
            % {"year": match[1], "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    if not match[2]:
        return Period(Precision.YEAR, date(year, 1, 1), third)
    if match[3]:
        refuse_impossible_day(year, month, day)
        return Period(Precision.DAY, date(year, month, day))
    for precision, codes in _CODES.items():
        if month in codes:
            return Period(precision, date(year, codes[month], 1), third)
    refuse_impossible_month(year, month)
    return Period(Precision.MONTH, date(year, month, 1), third)


_CODES = {Precision.SEASON: SEASONS, Precision.QUARTER: QUARTERS, Precision.HALF: HALVES}


def _days(period: Period) -> tuple[date, date]:
    """Return the first and the last day of a period."""
    start = period.start
    if period.precision == Precision.DAY:
        return start, start
    months = MONTHS[period.precision]
    end = months_after(start, months) - _ONE_DAY
    if period.third is None:
        return start, end
    number = list(Third).index(period.third)
    if months == 1:
        first = start.replace(day=1 + 10 * number)
        return first, end if period.third == Third.LATE else first.replace(day=10 * number + 10)
    first = months_after(start, number * months // 3)
    return first, months_after(first, months // 3) - _ONE_DAY


def _before(first: date, last: date) -> tuple[date, date]:
    """Return the days before a period, as many as the period has: as many months if it consists of whole months."""
    after = last + _ONE_DAY
    start = (
        months_after(first, -months_between(first, after)) if first.day == after.day == 1 else first - (after - first)
    )
    return start, first - _ONE_DAY


def _after(first: date, last: date) -> tuple[date, date]:
    """Return the days after a period, as many as the period has: as many months if it consists of whole months."""
    after = last + _ONE_DAY
    end = months_after(after, months_between(first, after)) if first.day == after.day == 1 else after + (after - first)
    return after, end - _ONE_DAY


def _later(period: Period, text: str, months: int) -> list[str]:
    """Return the text of a period moved by months: two texts of months if it is no period of a calendar then."""
    if period.precision == Precision.DAY:
        return [f"{months_after(period.start, months):%Y-%m-%d}"]
    if period.precision == Precision.MONTH:
        return [f"{months_after(period.start, months):%Y-%m}{text[7:]}"]
    if months % 12 == 0:
        return [f"{period.start.year + months // 12:04}{text[4:]}"]
    first, last = _days(period)
    return [f"{months_after(each.replace(day=1), months):%Y-%m}" for each in (first, last)]


def refuse_impossible_day(year: int, month: int, day: int) -> None:
    refuse_impossible_month(year, month)
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise PartialDateError(
            _("There is no day %(day)s in %(month)s: it has %(days)s days.")
            % {"day": day, "month": PartialDate.month(year, month), "days": days}
        )


def refuse_impossible_month(year: int, month: int) -> None:
    if not 1 <= month <= 12:
        raise PartialDateError(
            _("There is no month %(month)s: write a month from 1 to 12, or its name, as in %(example)s.")
            % {"month": month, "example": PartialDate.month(year, 12)}
        )


def _refuse(text: str) -> NoReturn:
    raise PartialDateError(_("“%(text)s” could not be read as a date.") % {"text": quotable(text)})


def quotable(text: str) -> str:
    """Return the beginning of a text that can be shown and stored in a message, whatever the text contains."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text.strip()[:MAX_QUOTED_LENGTH]
    )
