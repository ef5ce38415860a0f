"""Store a date as precisely as it is known and never more: a day, month, quarter, half, year, or an interval of these.

The text form is a small, strict part of EDTF (ISO 8601-2). It has a parser of its own because the library `edtf` takes milliseconds
a date and accepts much that can neither be displayed nor sorted; the tests compare the two.
"""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.dates.display import display_interval, display_period
from tracker.dates.parts import FIRST_YEAR, HALVES, LAST_YEAR, QUARTERS, PartialDateError, Precision

MAX_EDTF_LENGTH = len("2005-12-22/2005-12-24")
MAX_QUOTED_LENGTH = 60

_EDTF = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """Hold a date as precise as it is known. Create one with `parse`, `day` or `month`, or from what people type with
    `tracker.dates.parsing.parse_typed`, never with the constructor.

    Two are equal if their EDTF texts are. They sort by their earliest day, then by their latest one (both inclusive).
    """

    earliest: date
    latest: date
    text: str
    precision: Precision = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Parse EDTF: `2005-12-22`, `2005-12`, `2005`, quarters `2005-33` to `2005-36`, halves `2005-40` and `2005-41`,
        or two of these as in `2006-05-16/2006-05-18`. Raises PartialDateError. Results are cached.
        """
        return _parse(text)

    @classmethod
    def day(cls, day: date) -> "PartialDate":
        return _parse(f"{day:%Y-%m-%d}")

    @classmethod
    def month(cls, year: int, month: int) -> "PartialDate":
        return _parse(f"{year:04}-{month:02}")

    @property
    def ends(self) -> list["PartialDate"]:
        """The two ends of an interval; of any other date, only itself."""
        return [_parse(end) for end in self.text.split("/")]

    def later(self, months: int) -> "PartialDate":
        """Return the date that many months later, as precise as this one; the month's last day if that month is shorter.

        Raises PartialDateError if its year is out of range.
        """
        if self.precision == Precision.INTERVAL:
            begin, end = (each.later(months) for each in self.ends)
            return _parse(f"{begin.ends[0].text}/{end.ends[-1].text}")
        if self.precision == Precision.DAY:
            return PartialDate.day(months_after(self.earliest, months))
        if months % 12 == 0:
            return _parse(f"{self.earliest.year + months // 12:04}{self.text[4:]}")
        first, last = months_after(self.earliest, months), months_after(self.latest.replace(day=1), months)
        return _parse(f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}/{last:%Y-%m}")

    def display(self, language: str | None = None) -> str:
        """Return the date as people write it in `language` (by default the active one): "22 December 2005"."""
        language = language or get_language() or "en"
        periods = [(end.precision, end.earliest) for end in self.ends]
        return display_interval(*periods, language) if len(periods) == 2 else display_period(*periods[0], language)

    def __str__(self) -> str:
        return self.display()


def months_between(first: date, last: date) -> int:
    """Count the months from the month of one day to that of the other."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_after(day: date, months: int) -> date:
    """Return the day that many months later; the month's last day if that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8192)
def _parse(text: str) -> PartialDate:
    start, slash, end = text.partition("/")
    if not slash:
        return _parse_one(text)
    first, last = _parse_one(start), _parse_one(end)
    if last.earliest < first.earliest or last.latest < first.latest:
        raise PartialDateError(
            _("The end comes before the beginning: %(last)s is not after %(first)s. Write the earlier date first.")
            % {"first": first, "last": last}
        )
    return first if first == last else PartialDate(first.earliest, last.latest, text, Precision.INTERVAL)


def _parse_one(text: str) -> PartialDate:
    match = _EDTF.fullmatch(text)
    if not match:
        raise PartialDateError(_("“%(text)s” could not be read as a date.") % {"text": quotable(text)})
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PartialDateError(
            _("The year %(year)s is out of range: years from %(first)s to %(last)s are accepted.")
            % {"year": match[1], "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    if not match[2]:
        return PartialDate(date(year, 1, 1), date(year, 12, 31), text, Precision.YEAR)
    if match[3]:
        return PartialDate(*_only_day(year, month, day), text, Precision.DAY)
    if month in QUARTERS:
        return PartialDate(*_edges(year, *QUARTERS[month]), text, Precision.QUARTER)
    if month in HALVES:
        return PartialDate(*_edges(year, *HALVES[month]), text, Precision.HALF)
    _refuse_month(year, month)
    return PartialDate(*_edges(year, month, month), text, Precision.MONTH)


def _edges(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _only_day(year: int, month: int, day: int) -> tuple[date, date]:
    _refuse_month(year, month)
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise PartialDateError(
            _("There is no day %(day)s in %(month)s: it has %(days)s days.")
            % {"day": day, "month": PartialDate.month(year, month), "days": days}
        )
    return date(year, month, day), date(year, month, day)


def _refuse_month(year: int, month: int) -> None:
    if not 1 <= month <= 12:
        raise PartialDateError(
            _("There is no month %(month)s: write a month from 1 to 12, or its name, as in %(example)s.")
            % {"month": month, "example": PartialDate.month(year, 12)}
        )


def quotable(text: str) -> str:
    """Return the beginning of a text that can be shown and stored in a message, whatever the text contains."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text.strip()[:MAX_QUOTED_LENGTH]
    )
