"""Days that people say something happened on."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.dates.parsing import named_day
from tracker.dates.parts import Precision
from tracker.dates.value import PartialDate


def not_to_come(when: PartialDate | None, today: date, message: str) -> PartialDate | None:
    """Return the date of a report or event. Raises ValidationError with `message` if it begins in the future, with a message of its own if
    it has two ends and the second one is in the future. A period that contains today ("November 2026") is accepted.
    """
    if when and when.earliest > today:
        raise ValidationError(message)
    if when and when.precision == Precision.INTERVAL and when.latest > today:
        params = {"end": when.ends[1], "today": PartialDate.day(today)}
        raise ValidationError(_("%(end)s is still to come. Let it end today, %(today)s, or earlier."), params=params)
    return when


def with_days(typed: dict[str, list[str]], names: Iterable[str], today: date) -> dict[str, list[str]]:
    """What was typed, with today and yesterday as the days that they are: the fields of these names are read on another day."""
    return typed | {name: [_as_day(value, today) for value in typed[name]] for name in names if name in typed}


def _as_day(value: str, today: date) -> str:
    day = named_day(value, today)
    return f"{day:%Y-%m-%d}" if day else value
