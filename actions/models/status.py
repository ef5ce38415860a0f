"""Where an action point stands, and how that follows from what was reported on it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an action point stands: the columns that it carries for speed."""

    status: ActionStatus
    last_reported: PartialDate | None
    last_happened: PartialDate | None
    no_progress_streak: int = 0
    """How many of the latest reports on the whole action point say "no progress", one after the other."""

    @property
    def columns(self) -> dict[str, Any]:
        """The values of STANDING."""
        return {
            "status": self.status,
            "last_reported": self.last_reported,
            "last_reported_latest": self.last_reported.latest if self.last_reported else None,
            "last_happened": self.last_happened,
            "last_happened_latest": self.last_happened.latest if self.last_happened else None,
            "no_progress_streak": self.no_progress_streak,
        }

    def after(self, report: Report) -> "Standing | None":
        """Where it stands after one report more; None where only all reports together can tell."""
        if report.part_only or (self.last_reported and report.reported_on.latest < self.last_reported.latest):
            return None
        is_no_progress = report.status == ReportedStatus.NO_PROGRESS
        return Standing(
            status=ActionStatus(report.status),
            last_reported=report.reported_on,
            last_happened=_latest(filter(None, [self.last_happened, report.happened])),
            no_progress_streak=self.no_progress_streak + 1 if is_no_progress else 0,
        )


def standing(reports: Sequence[Report]) -> Standing:
    """Where an action point stands after these reports (those in force: neither superseded nor withdrawn), in any order.

    The latest report on the whole action point decides. Where all tell of a part only, the action point is under way as soon as
    one of the parts is, and never completed: nobody has said that of the whole.
    """
    if not reports:
        return Standing(ActionStatus.NOT_REPORTED, None, None)
    latest_first = sorted(reports, key=_recency, reverse=True)
    whole = [ActionStatus(report.status) for report in latest_first if not report.part_only]
    streak = list(takewhile(lambda status: status == ActionStatus.NO_PROGRESS, whole))
    return Standing(
        status=whole[0] if whole else of_parts({report.status for report in reports}),
        last_reported=latest_first[0].reported_on,
        last_happened=_latest(report.happened for report in reports if report.happened),
        no_progress_streak=len(streak),
    )


def _latest(days: Iterable[PartialDate]) -> PartialDate | None:
    return max(days, key=lambda when: (when.latest, when.earliest), default=None)


def _recency(report: Report) -> tuple[date, int]:
    return report.reported_on.latest, report.number


def of_parts(said: Collection[str]) -> ActionStatus:
    """Where an action point stands of which only parts were reported on, by what was said of them."""
    if ReportedStatus.UNDER_WAY in said or ReportedStatus.COMPLETED in said:
        return ActionStatus.UNDER_WAY
    if ReportedStatus.EXPLORING in said:
        return ActionStatus.EXPLORING
    return ActionStatus.NO_PROGRESS
