"""Store edits of several action points at once, so that they can be undone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.models import User


class BulkEdit(models.Model):
    """One edit of several action points. `changes` has the data to undo it."""

    class Kind(models.TextChoices):
        ADD_LEAD = "add_lead", _("add a lead agency")
        REMOVE_LEAD = "remove_lead", _("remove a lead agency")
        ADD_FOCAL_POINT = "add_focal_point", _("assign a focal point")
        REMOVE_FOCAL_POINT = "remove_focal_point", _("remove a focal point")
        PAUSE = "pause", _("pause reminders")
        SET_DUE = "set_due", _("give their open milestones another date")

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="bulk_edits")
    by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="bulk_edits")
    made_at = models.DateTimeField(_("made at"))
    kind = models.CharField(_("change"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=200)
    """The displayed agency, person, pause or date."""
    changes = models.JSONField(_("changes"))
    """For each change the id of the part, then for persons the person's id (and whether the agency leads because of it), for pauses the day
    and reason before and after. For dates: [milestone id, EDTF before, EDTF after, note before].
    """
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        User, verbose_name=_("undone by"), on_delete=models.PROTECT, null=True, related_name="bulk_edits_undone"
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["add_lead", "remove_lead", "add_focal_point", "remove_focal_point", "pause", "set_due"]
                ),
                name="bulk_edit_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="bulk_edit_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what}"
