"""Partial dates: a day, month, quarter, half, year or an interval of these, as precise as it is known and never more.

The text form is a small, strict part of EDTF (ISO 8601-2), read by a parser of our own: the library `edtf` takes milliseconds
a date and accepts much more than we can show or sort. The tests ask that library whether we read our part of EDTF right.
"""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db import models
from django.utils import dateformat, dates, formats, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tracker.dates.parsing import (
    FIRST_YEAR,
    HALVES,
    LAST_YEAR,
    QUARTERS,
    PartialDateError,
    not_edtf,
    part_of_year,
    to_edtf,
)

__all__ = ["LONGEST_EDTF", "PartialDate", "PartialDateError", "Precision", "months_after", "months_between"]

LONGEST_EDTF = len("2005-12-22/2005-12-24")

_EDTF = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class Precision(models.TextChoices):
    DAY = "day", gettext_lazy("day")
    MONTH = "month", gettext_lazy("month")
    QUARTER = "quarter", gettext_lazy("quarter")
    HALF = "half", gettext_lazy("half-year")
    YEAR = "year", gettext_lazy("year")
    INTERVAL = "interval", gettext_lazy("interval")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date as precise as it is known. Made by `parse`, `read`, `day` or `month`, never by its constructor.

    Two are equal when their EDTF texts are; they sort by their earliest day, then by their latest one (both inclusive).
    """

    earliest: date
    latest: date
    text: str
    precision: Precision = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read EDTF: `2005-12-22`, `2005-12`, `2005`, quarters `2005-33` to `2005-36`, halves `2005-40` and `2005-41`,
        or two of these as in `2006-05-16/2006-05-18`. Raises PartialDateError. Cached: costs next to nothing.
        """
        return _parse(text)

    @classmethod
    def read(cls, typed: str, language: str | None = None, *, today: date) -> "PartialDate":
        """Read what people type: EDTF, or words in English and in `language` (the active one, unless it is given).
        The messages have examples of this year, which `today` is in.

        Raises PartialDateError, whatever the text holds.
        """
        return _parse(to_edtf(typed, language or get_language() or "en", today))

    @classmethod
    def day(cls, day: date) -> "PartialDate":
        return _parse(f"{day:%Y-%m-%d}")

    @classmethod
    def month(cls, year: int, month: int) -> "PartialDate":
        return _parse(f"{year:04}-{month:02}")

    def later(self, months: int) -> "PartialDate":
        """So many months later and as precise; on a month's last day where it is shorter."""
        if self.precision == Precision.INTERVAL:
            return _parse("/".join(_parse(end).later(months).text for end in self.text.split("/")))
        if self.precision == Precision.DAY:
            return PartialDate.day(months_after(self.earliest, months))
        if months % 12 == 0:
            return _parse(f"{self.earliest.year + months // 12:04}{self.text[4:]}")
        first, last = months_after(self.earliest, months), months_after(self.latest.replace(day=1), months)
        return _parse(f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}/{last:%Y-%m}")

    def display(self, language: str | None = None) -> str:
        """As people write it in `language` (the active one, unless it is given): "22 December 2005". Cached."""
        return _display(self.text, language or get_language() or "en")

    def __str__(self) -> str:
        return self.display()


def months_between(first: date, last: date) -> int:
    """From the month of one day to that of the other."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_after(day: date, months: int) -> date:
    """On the month's last day where it is shorter."""
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
        raise not_edtf(text)
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
        return PartialDate(*_months(year, *QUARTERS[month]), text, Precision.QUARTER)
    if month in HALVES:
        return PartialDate(*_months(year, *HALVES[month]), text, Precision.HALF)
    _refuse_month(year, month)
    return PartialDate(*_months(year, month, month), text, Precision.MONTH)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
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


@lru_cache(maxsize=8192)
def _display(text: str, language: str) -> str:
    value = _parse(text)
    with translation.override(language):
        if value.precision != Precision.INTERVAL:
            return _display_one(value, language)
        first, last = (_parse(end) for end in text.split("/"))
        return _display_interval(first, last, language)


def _display_one(value: PartialDate, language: str) -> str:
    if value.precision == Precision.DAY:
        return dateformat.format(value.earliest, _format("DATE_FORMAT", language))
    if value.precision == Precision.MONTH:
        return dateformat.format(value.earliest, _format("YEAR_MONTH_FORMAT", language))
    if value.precision == Precision.YEAR:
        return dateformat.format(value.earliest, "Y年" if language == "zh-hans" else "Y")
    return part_of_year(int(value.text[5:]), value.text[:4])


def _display_interval(first: PartialDate, last: PartialDate, language: str) -> str:
    """Both ends; what they share (the year, the month) is said once."""
    start, end = first.earliest, last.earliest
    precisions = {first.precision, last.precision}
    if precisions == {Precision.YEAR}:
        return f"{_display_one(first, language)}–{_display_one(last, language)}"
    if start.year == end.year and precisions == {Precision.MONTH}:
        return _display_months(start, end, language)
    if start.year == end.year and precisions == {Precision.DAY}:
        whole = _format("DATE_FORMAT", language)
        if start.month == end.month:
            return dateformat.format(end, whole.replace("j", f"{start.day}–j"))
        short = _format("MONTH_DAY_FORMAT", language)
        before, after = (whole, short) if whole.startswith("Y") else (short, whole)
        return f"{dateformat.format(start, before)} – {dateformat.format(end, after)}"
    return f"{_display_one(first, language)} – {_display_one(last, language)}"


def _display_months(start: date, end: date, language: str) -> str:
    names = [str(dates.MONTHS[start.month]), str(dates.MONTHS[end.month])]
    if language == "ru":  # Django's Russian months have a capital, for the beginning of a line.
        names[1] = names[1].lower()
    both = "".join(f"\\{letter}" for letter in "–".join(names))
    pattern = _format("YEAR_MONTH_FORMAT", language)
    return dateformat.format(end, pattern.replace("n月", f"{start.month}月–n月").replace("F", both))


def _format(name: str, language: str) -> str:
    """Our format of this name in `language` (`tracker/formats`), or Django's."""
    return formats.get_format(name, lang=language)
