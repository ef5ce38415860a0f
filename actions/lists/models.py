"""Saved views: lists that people save under a name."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.models import User
from tracker.people.permissions import Right, may
from tracker.text import NameField, validate_line

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


MAX_VIEWS = 20
"""How many views of one agenda a person may save."""


class SavedView(models.Model):
    """The filters of a list of action points, kept as the query of its address."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="saved_views")
    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="saved_views")
    name = NameField(_("name"), max_length=80, validators=[validate_line])
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
    """Return one's own views and those that active people share with the network. One query, two if there are any, none for visitors."""
    if not isinstance(user, User):
        return []
    views = SavedView.objects.filter(Q(person=user) | Q(is_shared=True), agenda=agenda).prefetch_related("person")
    return [view for view in views if view.person_id == user.pk or view.person.is_active]


def removable_views(user: User) -> "models.QuerySet[SavedView]":
    """Return the views that the person may remove: the person's own; for coordinators also those that are shared."""
    own = Q(person=user)
    return SavedView.objects.filter(own | Q(is_shared=True) if may(user, Right.COORDINATE) else own)
