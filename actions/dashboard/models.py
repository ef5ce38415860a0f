"""What people keep of lists: views with a name, and edits of many action points at once that can be undone."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.models import User
from tracker.text import validate_line

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SavedView(models.Model):
    """A list of action points by its filters. They are those of an address, so that a view works for every agenda and in every message."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="saved_views")
    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80, validators=[validate_line])
    query = models.CharField(_("filters"), max_length=2000)
    is_shared = models.BooleanField(_("shared with the network"), default=False)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["person", "agenda", "name"], name="saved_view_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('action_point_list', args=[self.agenda.slug])}?{self.query}"


def offered_views(user: "User | AnonymousUser", agenda: Agenda) -> list[SavedView]:
    """One's own, and those that are shared with the network. One query, none for visitors."""
    if not isinstance(user, User):
        return []
    views = SavedView.objects.filter(Q(person=user) | Q(is_shared=True), agenda=agenda)
    return list(views.select_related("person"))


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
