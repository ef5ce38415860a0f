"""Define the statuses of updates and action points, and the reasons why one needs attention."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportedStatus(models.TextChoices):
    """The statuses that a progress update can report."""

    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


class ActionStatus(models.TextChoices):
    """The status of an action point. `NOT_REPORTED` means that there is no update; people report all the others."""

    NOT_REPORTED = "not_reported", _("Not reported")
    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


ENDED = (ActionStatus.COMPLETED, ActionStatus.DISCONTINUED)
"""Statuses of action points that are no longer open."""


class NoProgressReason(models.TextChoices):
    """Why an open action point needs attention."""

    NOT_REPORTED = "not_reported", _("Nothing has been reported yet")
    NO_PROGRESS = "no_progress", _("The last report says: no progress")
    SILENT = "silent", _("No update for a long time")
    MILESTONE_PASSED = "milestone_passed", _("A milestone passed without being done")
