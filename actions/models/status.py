"""Define the statuses of updates and action points, and the reasons why one needs attention."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.dates.fields import PartialDateEdge, PartialDateField


class ReportedStatus(models.TextChoices):
    """The statuses that a progress update can report."""

    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


class ActionStatus(models.TextChoices):
    """The status of an action point or of one agency's part. `NOT_REPORTED` means that there is no update; people report all the others."""

    NOT_REPORTED = "not_reported", _("Not reported")
    NO_PROGRESS = "no_progress", _("No progress")
    EXPLORING = "exploring", _("Exploring")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


ENDED = (ActionStatus.COMPLETED, ActionStatus.DISCONTINUED)
"""Statuses with which no more progress is expected."""


class AttentionReason(models.TextChoices):
    """Why an action point of an open agenda needs attention, the most important first."""

    NO_ONE_RESPONSIBLE = "no_one_responsible", _("No one responsible")
    UPDATE_DUE = "update_due", _("Update due")
    MILESTONE_OVERDUE = "milestone_overdue", _("Milestone overdue")
    NO_PROGRESS = "no_progress", _("No progress")


STATUS_COLUMNS = (
    "status",
    "last_reported",
    "last_reported_day",
    "last_happened",
    "last_happened_latest",
    "no_progress_streak",
    "answered_day",
)
"""Columns derived from the updates. `actions.progress.apply_status` stores them; the history does not include them."""


class HasStatus(models.Model):
    """The columns that are derived from updates: the status and the last report of an action point or of one agency's part."""

    status = models.CharField(
        _("status"), max_length=20, choices=ActionStatus, default=ActionStatus.NOT_REPORTED, editable=False
    )
    last_reported = PartialDateField(_("last reported"), null=True, editable=False)
    last_reported_day = models.DateField(_("day of the last report"), null=True, editable=False)
    last_happened = PartialDateField(_("last dated progress"), null=True, editable=False)
    last_happened_latest = PartialDateEdge(source="last_happened", edge="latest")
    no_progress_streak = models.PositiveIntegerField(_("reports without progress in a row"), default=0, editable=False)
    answered_day = models.DateField(_("day of the answer"), null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ActionStatus.values), name="%(class)s_status_known"),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.NOT_REPORTED) | Q(last_reported__isnull=False),
                name="%(class)s_report_dated",
            ),
        ]
