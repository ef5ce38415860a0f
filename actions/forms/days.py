"""Days that people say something happened on."""

from datetime import date

from django.core.exceptions import ValidationError

from tracker.partial_dates import PartialDate


def not_to_come(when: PartialDate | None, today: date, message: str) -> PartialDate | None:
    """Raises ValidationError where all of it is still to come."""
    if when and when.earliest > today:
        raise ValidationError(message)
    return when
