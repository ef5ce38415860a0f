"""Tell an agenda whose reporting period is long past from one that is being worked on."""

from datetime import date

from django.db.models import Max

from actions.models import ProgressUpdate
from issues.models import Agenda
from tracker.dates.value import PartialDate, months_after

MONTHS_OF_A_ROUND = 12
"""For how many months after a reporting period reports on it are expected. After that the period is long past."""


def long_past_period(agenda: Agenda, today: date) -> PartialDate | None:
    """Return the reporting period of an open or closed agenda if it ended more than a year ago, otherwise None. No query."""
    period: PartialDate | None = agenda.reporting_period
    if period is None or agenda.state == Agenda.State.DRAFT:
        return None
    return period if today > months_after(period.latest, MONTHS_OF_A_ROUND) else None


def end_of_round(agenda: Agenda, period: PartialDate) -> date:
    """Return the day by which the last update of the reporting round was reported.

    The round lasts a year from the end of the reporting `period`. Without an update in that year it ends with the period. One query.
    """
    reported = ProgressUpdate.objects.current().filter(
        action_point__issue__agenda=agenda,
        position_day__range=(period.latest, months_after(period.latest, MONTHS_OF_A_ROUND)),
    )
    return reported.aggregate(last=Max("position_day"))["last"] or period.latest
