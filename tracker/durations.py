"""Write lengths of time in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def in_words(days: int) -> str:
    """Return a number of days as "12 days", "5 months" or "20 years", rounded down to one unit; "today" for less than a day."""
    if days < 1:
        return _("today")
    if days < 61:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days < 731:
        months = int(days / 30.4375)
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    years = int(days / 365.25)
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
