"""Calculate when digests are due, from days and time zones, without a clock or a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month, on the first such day")


class Weekday(models.IntegerChoices):
    """Days of the week, with the numbers of `date.weekday`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@dataclass(frozen=True, slots=True)
class Timing:
    """A rhythm with its days of the week and hour (0-23, local time of each recipient). No period begins before `starts_on`."""

    rhythm: str
    weekdays: tuple[int, ...]
    hour: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of the rhythm: the day on which it begins, and the time (in UTC) at which its digest is due in the recipient's time zone."""

    start: date
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DigestRules:
    """What decides which parts of an agenda a digest lists.

    After `escalate_after` reminders without an answer a part is listed for the agency's other focal points, too; after twice as many for
    the coordinators.
    """

    today: date
    """The recipient's date."""
    period_start: date | None = None
    """The day on which the agenda's present period began. None for a reminder that a coordinator sends by hand."""
    escalate_after: int | None = None


def latest_period(timing: Timing, zone: ZoneInfo, now: datetime, *, since_ever: bool = False) -> Period | None:
    """Return the newest period that is due on or before `now`; None before the first one, or if no day begins one.

    With `since_ever` the rhythm also applies before `starts_on`.
    """
    start = _newest_start(timing, now.astimezone(zone).date())
    if start and _due_at(start, timing.hour, zone) > now:
        start = _newest_start(timing, start - timedelta(days=1))
    if not start or (start < timing.starts_on and not since_ever):
        return None
    return Period(start, _due_at(start, timing.hour, zone))


def next_period(timing: Timing, zone: ZoneInfo, now: datetime) -> Period | None:
    """Return the first period that is due after `now`; None if no day begins one."""
    start: date | None = max(now.astimezone(zone).date(), timing.starts_on)
    if start and (not _begins(timing, start) or _due_at(start, timing.hour, zone) <= now):
        start = following_start(timing, start)
    return Period(start, _due_at(start, timing.hour, zone)) if start else None


def following_start(timing: Timing, start: date) -> date | None:
    """Return the day on which the period after the one of `start` begins; None if no day begins one."""
    return next((day for day in _days_from(start + timedelta(days=1), 1) if _begins(timing, day)), None)


def _newest_start(timing: Timing, day: date) -> date | None:
    """The last day on or before `day` on which a period begins; None if no day begins one."""
    return next((each for each in _days_from(day, -1) if _begins(timing, each)), None)


def _days_from(day: date, step: int) -> Iterator[date]:
    """Iterate over that day and those after it (or before it), for long enough to find two turns of any rhythm."""
    return (day + timedelta(days=step * number) for number in range(70))


def _begins(timing: Timing, day: date) -> bool:
    """Return whether a period begins on that day. Every two weeks is counted from the first such day on or after `starts_on`."""
    if day.weekday() not in timing.weekdays:
        return False
    if timing.rhythm == Rhythm.MONTHLY:
        return not any((day - timedelta(days=back)).weekday() in timing.weekdays for back in range(1, min(day.day, 8)))
    if timing.rhythm == Rhythm.FORTNIGHTLY:
        first = next(each for each in _days_from(timing.starts_on, 1) if each.weekday() in timing.weekdays)
        return (_monday(day) - _monday(first)).days % 14 == 0
    return True


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _due_at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """An hour that the change to summer time skips becomes the next one; of one that autumn repeats the first is taken."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
