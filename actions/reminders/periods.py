"""When digests fall due: plain arithmetic on days and time zones, without a clock or a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month, on the first such day")


class Weekday(models.IntegerChoices):
    """Numbered as `date.weekday` does."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@dataclass(frozen=True, slots=True)
class Timing:
    """A rhythm with its weekday and hour (0-23, local time of each recipient). No period begins before `starts_on`."""

    rhythm: str
    weekday: int
    hour: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of the rhythm: the day it begins, and the instant (in UTC) its digest is due in the recipient's time zone."""

    start: date
    due_at: datetime


def latest_period(timing: Timing, zone: ZoneInfo, now: datetime, *, since_ever: bool = False) -> Period | None:
    """The newest period that is due on or before `now`; None where the first one is still to come.

    With `since_ever` the rhythm is taken to have gone on before `starts_on`, too, so that there always is one.
    """
    start = _newest_start(timing, now.astimezone(zone).date())
    if _due_at(start, timing.hour, zone) > now:
        start = _newest_start(timing, start - timedelta(days=1))
    if start < timing.starts_on and not since_ever:
        return None
    return Period(start, _due_at(start, timing.hour, zone))


def next_period(timing: Timing, zone: ZoneInfo, now: datetime) -> Period:
    """The first period that is due after `now`."""
    day = max(now.astimezone(zone).date(), timing.starts_on)
    while (start := _newest_start(timing, day)) < timing.starts_on or _due_at(start, timing.hour, zone) <= now:
        day += timedelta(days=1)
    return Period(start, _due_at(start, timing.hour, zone))


@lru_cache(maxsize=1000)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name; UTC where the name is none, so that one wrong entry holds nobody's mail back."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return ZoneInfo("UTC")


def _newest_start(timing: Timing, day: date) -> date:
    """The last day on or before `day` on which a period begins."""
    if timing.rhythm == Rhythm.MONTHLY:
        first = _first_such_day(day.replace(day=1), timing.weekday)
        return first if first <= day else _newest_start(timing, day.replace(day=1) - timedelta(days=1))
    length = 14 if timing.rhythm == Rhythm.FORTNIGHTLY else 7
    anchor = _first_such_day(timing.starts_on, timing.weekday)
    return anchor + timedelta(days=(day - anchor).days // length * length)


def _first_such_day(day: date, weekday: int) -> date:
    """The first such weekday on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _due_at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """An hour that the change to summer time leaves out comes an hour later; one that autumn repeats comes first."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
