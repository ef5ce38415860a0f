"""Hold what the modules of partial dates share: precisions, the years that are accepted, and EDTF's codes for parts of a year."""

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1945, 2100

# EDTF puts the parts of a year where a month would be: 33 to 36 are its quarters, 40 and 41 its halves.
QUARTERS = {33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12)}
HALVES = {40: (1, 6), 41: (7, 12)}


class PartialDateError(ValueError):
    """Report a text that is no partial date; the message explains, in the reader's language, why and what to write instead."""


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF = "half", _("half-year")
    YEAR = "year", _("year")
    INTERVAL = "interval", _("interval")
