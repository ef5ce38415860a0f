"""Days that people say something happened on."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from tracker.dates.parsing import named_day
from tracker.dates.value import PartialDate


def not_to_come(when: PartialDate | None, today: date, message: str) -> PartialDate | None:
    """Raises ValidationError where all of it is still to come."""
    if when and when.earliest > today:
        raise ValidationError(message)
    return when


def with_days(typed: dict[str, list[str]], names: Iterable[str], today: date) -> dict[str, list[str]]:
    """What was typed, with today and yesterday as the days that they are: the fields of these names are read on another day."""
    return typed | {name: [_as_day(value, today) for value in typed[name]] for name in names if name in typed}


def _as_day(value: str, today: date) -> str:
    day = named_day(value, today)
    return f"{day:%Y-%m-%d}" if day else value
