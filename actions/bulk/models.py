"""Edits of several action points at once, which can be undone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.models import User


class BulkEdit(models.Model):
    """One change to several action points. `changes` holds what it did, so that it can be undone."""

    class Kind(models.TextChoices):
        ADD_LEAD = "add_lead", _("add a lead agency")
        REMOVE_LEAD = "remove_lead", _("take a lead agency away")
        ADD_FOCAL_POINT = "add_focal_point", _("add a focal point")
        REMOVE_FOCAL_POINT = "remove_focal_point", _("take a focal point away")
        SET_DUE = "set_due", _("give their open milestones another date")

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="bulk_edits")
    by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="bulk_edits")
    made_at = models.DateTimeField(_("made at"))
    kind = models.CharField(_("change"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=200)
    """The agency, the person or the date, in words."""
    changes = models.JSONField(_("changes"))
    """Pairs of an action point and the agency or person, or of a milestone with its date (EDTF) before and after, and its note before."""
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
                condition=Q(kind__in=["add_lead", "remove_lead", "add_focal_point", "remove_focal_point", "set_due"]),
                name="bulk_edit_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="bulk_edit_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what}"
