"""Hold what the modules of partial dates share: precisions, the years that are accepted, and EDTF's codes for parts of a year."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1945, 2100


class PartialDateError(ValueError):
    """Report a text that is no partial date; the message explains, in the reader's language, why and what to write instead."""


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    SEASON = "season", _("season")
    HALF = "half", _("half-year")
    YEAR = "year", _("year")
    INTERVAL = "interval", _("interval")


MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.SEASON: 3, Precision.HALF: 6, Precision.YEAR: 12}
"""How many months each of them has."""

# EDTF puts the parts of a year where a month would be.
SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}
"""The codes of spring to winter with their first months. The winter of a year ends in February of the next one."""
QUARTERS = {33: 1, 34: 4, 35: 7, 36: 10}
HALVES = {40: 1, 41: 7}
WINTER = 24


class Third(StrEnum):
    """The part of a month or of a longer period; EDTF has no form for it."""

    EARLY = "early"
    MID = "mid"
    LATE = "late"


class Modifier(StrEnum):
    """What qualifies a whole date."""

    ABOUT = "about"
    BY = "by"
    BEFORE = "before"


class Period(NamedTuple):
    """A day, month, quarter, season, half or year, or a third of one."""

    precision: Precision
    start: date
    """The first day of the whole period, even if only a third of it is meant."""
    third: Third | None = None
