"""Check and convert the dates in forms about progress."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.dates.parsing import named_day
from tracker.dates.parts import Precision
from tracker.dates.value import PartialDate


def not_to_come(when: PartialDate | None, today: date, message: str) -> PartialDate | None:
    """Return the date of a report or event. Raises ValidationError with `message` if the date begins in the future.

    An interval that ends in the future is an error, too, with a message about its end. A month or year that contains today is valid.
    """
    if when and when.earliest > today:
        raise ValidationError(message)
    if when and when.precision == Precision.INTERVAL and when.last_day > today:
        params = {"end": when.ends[1], "today": PartialDate.day(today)}
        raise ValidationError(_("%(end)s is in the future. End it today, %(today)s, or earlier."), params=params)
    return when


def with_days(typed: dict[str, list[str]], names: Iterable[str], today: date) -> dict[str, list[str]]:
    """Return the typed values with "today" and "yesterday" in these fields replaced by dates.

    A draft may be continued on another day.
    """
    return typed | {name: [_as_day(value, today) for value in typed[name]] for name in names if name in typed}


def _as_day(value: str, today: date) -> str:
    day = named_day(value, today)
    return f"{day:%Y-%m-%d}" if day else value
