"""Display dates the way people write them in their language: by CLDR's patterns and names, which Babel provides.

CLDR has no names for seasons, halves and thirds, so that these are translated strings. What follows "before", "by" or "about" has a second
form: an article in French and Spanish, the genitive in Russian. In English the tracker differs from CLDR in two details: "1st quarter of
2006" has an "of", and a dash between two single words has no spaces.
"""

import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from tracker.dates.parts import Modifier, Period, Precision, Third

_SKELETONS = {Precision.MONTH: "yMMMM", Precision.QUARTER: "yQQQQ", Precision.YEAR: "y"}
_INTERVAL_SKELETONS = {Precision.DAY: ("yMMMMd", "yMMMd"), Precision.MONTH: ("yMMMM",), Precision.YEAR: ("y",)}
"""The first that the language has; not all have one with long months."""

_ENGLISH_QUARTER = "QQQQ 'of' y"
_SHORT_MONTH = re.compile(r"(?<![ML])[ML]{3}(?![ML])")
_PLAIN_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " "})
_CONTRACTIONS = {"fr": ("de le ", "du "), "es": ("de el ", "del ")}

# Of each pair, the first stands alone and the second follows "before", "by" or "about". The keys are first months.
_SEASONS = {
    3: (_("spring %(year)s"), pgettext_lazy("after a preposition", "spring %(year)s")),
    6: (_("summer %(year)s"), pgettext_lazy("after a preposition", "summer %(year)s")),
    9: (_("autumn %(year)s"), pgettext_lazy("after a preposition", "autumn %(year)s")),
    12: (_("winter %(years)s"), pgettext_lazy("after a preposition", "winter %(years)s")),
}
_QUARTERS_AFTER_PREPOSITION = {
    1: _("the 1st quarter of %(year)s"),
    4: _("the 2nd quarter of %(year)s"),
    7: _("the 3rd quarter of %(year)s"),
    10: _("the 4th quarter of %(year)s"),
}
_HALVES = {
    1: (_("1st half of %(year)s"), _("the 1st half of %(year)s")),
    7: (_("2nd half of %(year)s"), _("the 2nd half of %(year)s")),
}
_THIRDS_OF_MONTH = {
    Third.EARLY: (_("early %(month)s"), pgettext_lazy("after a preposition", "early %(month)s")),
    Third.MID: (_("mid-%(month)s"), pgettext_lazy("after a preposition", "mid-%(month)s")),
    Third.LATE: (_("late %(month)s"), pgettext_lazy("after a preposition", "late %(month)s")),
}
_THIRDS_OF_YEAR = {
    Third.EARLY: (_("early %(year)s"), pgettext_lazy("after a preposition", "early %(year)s")),
    Third.MID: (_("mid-%(year)s"), pgettext_lazy("after a preposition", "mid-%(year)s")),
    Third.LATE: (_("late %(year)s"), pgettext_lazy("after a preposition", "late %(year)s")),
}
_THIRDS_OF_SEASON = {
    Third.EARLY: (_("early %(season)s"), pgettext_lazy("after a preposition", "early %(season)s")),
    Third.MID: (_("mid-%(season)s"), pgettext_lazy("after a preposition", "mid-%(season)s")),
    Third.LATE: (_("late %(season)s"), pgettext_lazy("after a preposition", "late %(season)s")),
}
_THIRDS_OF_PART = {
    Third.EARLY: (_("beginning of %(part_of_year)s"), _("the beginning of %(part_of_year)s")),
    Third.MID: (_("middle of %(part_of_year)s"), _("the middle of %(part_of_year)s")),
    Third.LATE: (_("end of %(part_of_year)s"), _("the end of %(part_of_year)s")),
}
_THIRDS = {
    Precision.MONTH: ("month", _THIRDS_OF_MONTH),
    Precision.YEAR: ("year", _THIRDS_OF_YEAR),
    Precision.SEASON: ("season", _THIRDS_OF_SEASON),
    Precision.QUARTER: ("part_of_year", _THIRDS_OF_PART),
    Precision.HALF: ("part_of_year", _THIRDS_OF_PART),
}
_MODIFIERS = {
    Modifier.ABOUT: _("about %(date)s"),
    Modifier.BY: _("by %(date)s"),
    Modifier.BEFORE: _("before %(date)s"),
}


@lru_cache(maxsize=8192)
def display_date(periods: tuple[Period, ...], modifier: Modifier | None, language: str) -> str:
    """Return a date that consists of a period, or of the two ends of an interval, and a modifier: "by 22 December 2005"."""
    after = modifier is not None
    with translation.override(language):
        text = _interval(*periods, after=after) if len(periods) == 2 else _period(*periods, after=after)
        if modifier:
            text = _MODIFIERS[modifier] % {"date": text}
    return _contracted(text.translate(_PLAIN_SPACES), language)


@lru_cache(maxsize=16)
def cldr_locale(language: str) -> Locale:
    """Return CLDR's locale for one of Django's language codes; English is British, as the UN writes it."""
    return Locale.parse("en_GB" if language == "en" else translation.to_locale(language))


def _active_locale() -> Locale:
    return cldr_locale(translation.get_language() or "en")


def _period(period: Period, *, after: bool) -> str:
    """Return a period in the active language, in the form that it has alone or after a preposition."""
    if not period.third:
        return _whole(period.precision, period.start, after=after)
    name, thirds = _THIRDS[period.precision]
    return thirds[period.third][after] % {name: _whole(period.precision, period.start, after=True)}


def _whole(precision: Precision, start: date, *, after: bool) -> str:
    years = {"year": start.year, "years": f"{start.year}/{start.year + 1}"}
    if precision == Precision.SEASON:
        return _SEASONS[start.month][after] % years
    if precision == Precision.HALF:
        return _HALVES[start.month][after] % years
    if precision == Precision.QUARTER and after:
        return str(_QUARTERS_AFTER_PREPOSITION[start.month]) % years
    return _after_preposition(precision, _by_cldr(precision, start, after=after), after=after)


def _by_cldr(precision: Precision, start: date, *, after: bool) -> str:
    locale = _active_locale()
    if precision == Precision.DAY:
        return format_date(start, "long", locale)
    if precision == Precision.QUARTER and locale.language == "en":
        return format_date(start, _ENGLISH_QUARTER, locale)
    return format_date(start, _in_case(locale.datetime_skeletons[_SKELETONS[precision]].pattern, after=after), locale)


def _after_preposition(precision: Precision, text: str, *, after: bool) -> str:
    """Add what the language writes between a preposition and a day or a year."""
    if after and precision == Precision.DAY:
        return pgettext("after a preposition", "%(day)s") % {"day": text}
    if after and precision == Precision.YEAR:
        return pgettext("after a preposition", "%(year)s") % {"year": text}
    return text


def _interval(first: Period, last: Period, *, after: bool) -> str:
    """Return the interval between two periods. What they share, such as the year, is not repeated."""
    locale = _active_locale()
    precision = first.precision
    if first.third or last.third or precision != last.precision or precision not in _INTERVAL_SKELETONS:
        ends = (_period(end, after=after) for end in (first, last))
        return locale.interval_formats[None].format(*ends)
    before_dash, after_dash = (
        _in_case(pattern, after=after) for pattern in _interval_patterns(precision, first.start, last.start, locale)
    )
    start = _close_up(format_date(first.start, before_dash, locale), locale)
    text = start + format_date(last.start, after_dash, locale)
    if after and precision == Precision.YEAR:
        return pgettext("after a preposition", "%(years)s") % {"years": text}
    return _after_preposition(precision, text, after=after)


def _in_case(pattern: str, *, after: bool) -> str:
    """Replace the name of a month by the form that it has after a preposition."""
    return pattern.replace("L", "M") if after else pattern


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


def _contracted(text: str, language: str) -> str:
    written, contracted = _CONTRACTIONS.get(language, ("", ""))
    return text.replace(written, contracted) if written else text
