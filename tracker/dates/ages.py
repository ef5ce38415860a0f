"""Write how long ago a date was, in the date's own precision."""

import math
from datetime import date, timedelta
from typing import Literal

from babel.dates import format_timedelta
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tracker.dates.display import cldr_locale
from tracker.dates.parts import Precision
from tracker.dates.value import PartialDate, months_between

_DAYS = {"day": 1, "month": 30, "year": 365}
"""The days that Babel takes for one of each."""

_NOT_OVER = {
    Precision.MONTH: gettext_lazy("this month"),
    Precision.QUARTER: gettext_lazy("this quarter"),
    Precision.SEASON: gettext_lazy("this season"),
    Precision.HALF: gettext_lazy("this half-year"),
    Precision.YEAR: gettext_lazy("this year"),
}


def age(when: PartialDate, today: date) -> str:
    """Return "today", "yesterday", "12 days ago", "2 months ago" or "3 years ago" for a date that does not begin in the future.

    A month is some months ago, counted from month to month: March is 2 months ago on any day of May. A year is some years ago. An
    interval is as old as its end, a longer period as its last month. A day in the future (other time zones) counts as today.
    """
    period, end = when.periods[-1], when.last_day
    if period.precision == Precision.DAY:
        return _age_of_day(end, today)
    if period.precision == Precision.YEAR and not period.third:
        years = today.year - end.year
        return _ago(years, "year") if years > 0 else str(_NOT_OVER[Precision.YEAR])
    months = months_between(end, today)
    return _ago_in_months(months) if months > 0 else str(_NOT_OVER[period.precision])


def _age_of_day(day: date, today: date) -> str:
    days = (today - day).days
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _ago(days, "day") if days < 61 else _ago_in_months(months_between(day, today) - (today.day < day.day))


def _ago_in_months(months: int) -> str:
    return _ago(months, "month") if months < 24 else _ago(months // 12, "year")


def _ago(count: int, unit: Literal["day", "month", "year"]) -> str:
    passed = timedelta(days=-count * _DAYS[unit])
    locale = cldr_locale(get_language() or "en")
    return format_timedelta(passed, granularity=unit, threshold=math.inf, add_direction=True, locale=locale)
