"""Find out from when on an agenda and its action points exist: the agreement, or the day on which an action point was added."""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.as_of import AsOf
from issues.models import Agenda
from tracker.dates.parts import Precision
from tracker.dates.value import PartialDate


class Beginning(NamedTuple):
    """From when on an agenda or an action point can be shown."""

    words: str
    day: date
    query_text: str
    """The query of a page for the first day; empty if that is in the future."""


def first_day(agenda: Agenda, added_on: date | None = None) -> date | None:
    """Return the day from which an action point of the agenda exists: on which it was added, otherwise the earliest day of the agreement.

    None if the day of the agreement is not known: then the agenda can be shown for any day.
    """
    return added_on or (agenda.agreed_on.earliest if agenda.agreed_on else None)


def exists(agenda: Agenda, added_on: date | None, day: date) -> bool:
    """Return whether an action point of the agenda that was added on that day, or from the start, existed on the day."""
    first = first_day(agenda, added_on)
    return first is None or first <= day


def beginning(agenda: Agenda, as_of: AsOf, added_on: date | None = None) -> Beginning | None:
    """Return from when on the agenda, or an action point that was added to it, can be shown; None if it existed on the date."""
    day = first_day(agenda, added_on)
    if not as_of.is_past or day is None or day <= as_of.day:
        return None
    words = (
        _("This action point was added on %(when)s.") % {"when": date_format(day)}
        if added_on
        else _agreed_in_words(agenda.agreed_on, as_of.today)
    )
    return Beginning(words, day, urlencode(as_of.query_of(day)) if day <= as_of.today else "")


def _agreed_in_words(when: PartialDate | None, today: date) -> str:
    if when is None:
        return ""
    if when.earliest > today:
        return _("The agenda is to be agreed later (%(when)s).") % {"when": when}
    if when.precision == Precision.DAY and not when.modifier:
        return _("The agenda was agreed on %(when)s.") % {"when": when}
    return _("The agenda was agreed later (%(when)s).") % {"when": when}
