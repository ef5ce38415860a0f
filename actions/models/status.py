"""The statuses of updates and action points, and the reasons to look at one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportedStatus(models.TextChoices):
    """What a progress update can say."""

    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


class ActionStatus(models.TextChoices):
    """The status of an action point. Nobody picks `NOT_REPORTED`; `NO_PROGRESS` is an answer."""

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
