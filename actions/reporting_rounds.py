"""Tell an agenda whose reporting period is long past from one that is being worked on."""

from datetime import date

from django.db.models import Max

from actions.models import ProgressUpdate
from issues.models import Agenda
from tracker.dates.value import months_after

MONTHS_OF_A_ROUND = 12
"""For how many months after a reporting period reports on it are expected. After that the period is long past."""


def is_long_past(agenda: Agenda, today: date) -> bool:
    """Return whether the reporting period of an open or closed agenda ended more than a year ago. No query."""
    period = agenda.reporting_period
    return (
        bool(period) and agenda.state != Agenda.State.DRAFT and today > months_after(period.latest, MONTHS_OF_A_ROUND)
    )


def end_of_round(agenda: Agenda) -> date:
    """Return the day by which the last update of the reporting round was reported.

    The round lasts a year from the end of the reporting period. Without an update in that year it ends with the period. One query.
    """
    period_end = agenda.reporting_period.latest
    reported = ProgressUpdate.objects.current().filter(
        action_point__issue__agenda=agenda,
        position_day__range=(period_end, months_after(period_end, MONTHS_OF_A_ROUND)),
    )
    return reported.aggregate(last=Max("position_day"))["last"] or period_end
