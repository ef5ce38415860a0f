"""Display dates the way people write them in their language: by CLDR's patterns and names, which Babel provides.

CLDR has no name for half a year, so that these are translated strings. In English the tracker differs from CLDR in two details: "1st
quarter of 2006" has an "of", and a dash between two single words has no spaces.
"""

import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from django.utils import translation
from django.utils.translation import gettext as _

from tracker.dates.parts import Precision

_SKELETONS = {Precision.MONTH: "yMMMM", Precision.QUARTER: "yQQQQ", Precision.YEAR: "y"}
_INTERVAL_SKELETONS = {Precision.DAY: ("yMMMMd", "yMMMd"), Precision.MONTH: ("yMMMM",), Precision.YEAR: ("y",)}
"""The first that the language has; not all have one with long months."""

_ENGLISH_QUARTER = "QQQQ 'of' y"
_SHORT_MONTH = re.compile(r"(?<![ML])[ML]{3}(?![ML])")
_PLAIN_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " "})


@lru_cache(maxsize=8192)
def display_period(precision: Precision, start: date, language: str) -> str:
    """Return the day, month, quarter, half or year that begins on `start`, such as "22 December 2005"."""
    locale = cldr_locale(language)
    if precision == Precision.HALF:
        return _display_half(start, language)
    if precision == Precision.DAY:
        text = format_date(start, "long", locale)
    elif precision == Precision.QUARTER and locale.language == "en":
        text = format_date(start, _ENGLISH_QUARTER, locale)
    else:
        text = format_skeleton(_SKELETONS[precision], start, locale=locale)
    return text.translate(_PLAIN_SPACES)


@lru_cache(maxsize=8192)
def display_interval(first: tuple[Precision, date], last: tuple[Precision, date], language: str) -> str:
    """Return the interval between two periods, each by its precision and first day. What they share, such as the year, is not
    repeated.
    """
    (precision, start), (last_precision, end) = first, last
    locale = cldr_locale(language)
    if precision == last_precision and precision in _INTERVAL_SKELETONS:
        before, after = _interval_patterns(precision, start, end, locale)
        text = _close_up(format_date(start, before, locale), locale) + format_date(end, after, locale)
    else:
        ends = (display_period(*period, language) for period in (first, last))
        text = locale.interval_formats[None].format(*ends)
    return text.translate(_PLAIN_SPACES)


@lru_cache(maxsize=16)
def cldr_locale(language: str) -> Locale:
    """Return CLDR's locale for one of Django's language codes; English is British, as the UN writes it."""
    return Locale.parse("en_GB" if language == "en" else translation.to_locale(language))


def _display_half(start: date, language: str) -> str:
    with translation.override(language):
        text = _("1st half of %(year)s") if start.month == 1 else _("2nd half of %(year)s")
        return text % {"year": start.year}


def _interval_patterns(precision: Precision, start: date, end: date, locale: Locale) -> list[str]:
    """Return the pattern of each end, which depends on the largest unit in which they differ."""
    unit = "y" if start.year != end.year else "M" if start.month != end.month else "d"
    skeleton = next(name for name in _INTERVAL_SKELETONS[precision] if name in locale.interval_formats)
    return [_with_month_of_long_date(pattern, locale) for pattern in locale.interval_formats[skeleton][unit]]


def _with_month_of_long_date(pattern: str, locale: Locale) -> str:
    """Replace a short month by a long one if the language's long dates have that: not in Chinese, which writes months in numbers."""
    if "MMMM" not in locale.date_formats["long"].pattern:
        return pattern
    return _SHORT_MONTH.sub(lambda match: match[0] + match[0][0], pattern)


def _close_up(start_and_dash: str, locale: Locale) -> str:
    """Drop the spaces around an English dash that follows a single word."""
    words = start_and_dash.split()
    return "".join(words) if locale.language == "en" and len(words) == 2 else start_and_dash
