"""The record of who handed over whose work to whom, and what went along."""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet
from tracker.people.models import User
from tracker.text import validate_line


class HandoverQuerySet(AppendOnlyQuerySet["Handover"]):
    def visible_to(self, user: User) -> "HandoverQuerySet":
        """Coordinators see all of them, everybody else what was handed over to them."""
        return self if user.is_coordinating else self.filter(successor=user)

    def made_before(
        self, predecessor: User, successor: User, by: User, reason: str, chosen: Collection[int]
    ) -> "Handover | None":
        """Return what the same form made when it was sent before; None if anything is left to do. Up to three queries."""
        same = self.filter(predecessor=predecessor, successor=successor, reason=reason, made_by=by)
        found = same.order_by("-pk").first()
        if found is None or set(found.action_points.values_list("pk", flat=True)) != set(chosen):
            return None
        points = ActionPoint.objects.filter(pk__in=chosen)
        to_do = points.filter(focal_points=predecessor) | points.exclude(focal_points=successor)
        return None if to_do.exists() else found

    def with_people(self) -> "HandoverQuerySet":
        return self.select_related("predecessor", "successor", "made_by")


class Handover(AppendOnlyModel):
    """The record of one hand-over. Append only."""

    predecessor = models.ForeignKey(
        User, verbose_name=_("predecessor"), on_delete=models.PROTECT, related_name="handovers_given"
    )
    successor = models.ForeignKey(
        User, verbose_name=_("successor"), on_delete=models.PROTECT, related_name="handovers_taken"
    )
    reason = models.CharField(_("because"), max_length=500, validators=[validate_line])
    action_points = models.ManyToManyField(ActionPoint, verbose_name=_("action points"), related_name="handovers")
    deactivated = models.BooleanField(_("the predecessor was deactivated"), default=False)
    made_by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("at"))

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.CheckConstraint(condition=~Q(successor=F("predecessor")), name="handover_to_another_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="handover_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"

    def get_absolute_url(self) -> str:
        return reverse("handover", args=[self.pk])
