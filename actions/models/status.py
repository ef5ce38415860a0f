"""Where an action point stands, and how that follows from what was reported on it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from itertools import takewhile
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.dates.value import PartialDate


class ReportedStatus(models.TextChoices):
    """What a progress update can say."""

    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


class ActionStatus(models.TextChoices):
    """Where an action point stands. `NOT_REPORTED` is silence, which nobody picks; `NO_PROGRESS` is an answer."""

    NOT_REPORTED = "not_reported", _("Not reported")
    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


ENDED = (ActionStatus.COMPLETED, ActionStatus.DISCONTINUED)
"""An action point with one of these is not open any more."""


class NoProgressReason(models.TextChoices):
    """Why an open action point shows no progress."""

    NOT_REPORTED = "not_reported", _("Nothing has been reported yet")
    NO_PROGRESS = "no_progress", _("The last report says: no progress")
    SILENT = "silent", _("No update for a long time")
    MILESTONE_PASSED = "milestone_passed", _("A milestone passed without being done")


def days_since(last: date | None, today: date) -> int | None:
    """Return the age of a report in days; None if there is none. A report from where the day is further ahead is from today."""
    return max(0, (today - last).days) if last else None


def no_progress_reasons(
    status: str, days_silent: int | None, silence_days: int, *, late: bool
) -> list[NoProgressReason]:
    """Why an open action point shows no progress, most telling first. `late` says whether a milestone passed undone."""
    found = {
        NoProgressReason.NOT_REPORTED: status == ActionStatus.NOT_REPORTED,
        NoProgressReason.NO_PROGRESS: status == ActionStatus.NO_PROGRESS,
        NoProgressReason.SILENT: days_silent is not None and days_silent > silence_days,
        NoProgressReason.MILESTONE_PASSED: late,
    }
    return [reason for reason, holds in found.items() if holds]


STANDING = [
    "status",
    "last_reported",
    "last_reported_latest",
    "last_happened",
    "last_happened_latest",
    "no_progress_streak",
]
"""The columns of an action point that say where it stands."""


@dataclass(frozen=True, slots=True)
class Report:
    """What of a progress update bears on where its action point stands."""

    number: int
    status: str
    part_only: bool
    happened: PartialDate | None
    reported_on: PartialDate
    position: datetime
    position_day: date
    first_recorded_at: datetime
    """Of its first version."""


REPORT_COLUMNS = (
    "number",
    "status",
    "part_only",
    "happened",
    "reported_on",
    "position",
    "position_day",
    "first_recorded_at",
)
"""The columns of a progress update that a Report is made of, in its order."""


def position_of(reported_on: PartialDate, recorded_at: datetime, zone: tzinfo) -> tuple[datetime, date]:
    """Return an update's place in time, and its day where the author is.

    It is the end of the latest day of the report date there, or the moment of the first recording, whichever is earlier: a vague date never
    places an update after its recording.
    """
    end = datetime.combine(reported_on.latest, time.max, tzinfo=zone)
    return min(end, recorded_at), min(reported_on.latest, recorded_at.astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an action point stands: the columns that it carries for speed."""

    status: ActionStatus
    last_reported: PartialDate | None
    last_reported_day: date | None
    """Of the position of that report."""
    last_happened: PartialDate | None
    no_progress_streak: int = 0
    """How many of the latest reports on the whole action point say "no progress", one after the other."""

    @property
    def columns(self) -> dict[str, Any]:
        """The values of STANDING."""
        return {
            "status": self.status,
            "last_reported": self.last_reported,
            "last_reported_latest": self.last_reported_day,
            "last_happened": self.last_happened,
            "last_happened_latest": self.last_happened.latest if self.last_happened else None,
            "no_progress_streak": self.no_progress_streak,
        }


def standing(reports: Sequence[Report]) -> Standing:
    """Where an action point stands after these reports (those in force: neither superseded nor withdrawn), in any order.

    The latest report on the whole action point decides. Where all tell of a part only, the action point is under way as soon as
    one of the parts is, and never completed: nobody has said that of the whole.
    """
    if not reports:
        return Standing(ActionStatus.NOT_REPORTED, None, None, None)
    latest_first = sorted(reports, key=_recency, reverse=True)
    whole = [ActionStatus(report.status) for report in latest_first if not report.part_only]
    streak = list(takewhile(lambda status: status == ActionStatus.NO_PROGRESS, whole))
    return Standing(
        status=whole[0] if whole else of_parts({report.status for report in reports}),
        last_reported=latest_first[0].reported_on,
        last_reported_day=latest_first[0].position_day,
        last_happened=_latest(report.happened for report in reports if report.happened),
        no_progress_streak=len(streak),
    )


def _latest(days: Iterable[PartialDate]) -> PartialDate | None:
    return max(days, key=lambda when: (when.latest, when.earliest), default=None)


def _recency(report: Report) -> tuple[datetime, datetime, int]:
    return report.position, report.first_recorded_at, report.number


def of_parts(said: Collection[str]) -> ActionStatus:
    """Where an action point stands of which only parts were reported on, by what was said of them."""
    if ReportedStatus.UNDER_WAY in said or ReportedStatus.COMPLETED in said:
        return ActionStatus.UNDER_WAY
    if ReportedStatus.EXPLORING in said:
        return ActionStatus.EXPLORING
    return ActionStatus.NO_PROGRESS
