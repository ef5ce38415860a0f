"""Record who handed which action points over to whom."""

from uuid import UUID

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
        """Return all of them for coordinators, and those to the user for everybody else."""
        return self if user.is_coordinating else self.filter(successor=user)

    def with_submission(self, submission: UUID | None) -> "Handover | None":
        """Return the hand-over that this submission of the form created. One query at most."""
        return self.filter(submission=submission).first() if submission else None

    def with_people(self) -> "HandoverQuerySet":
        return self.select_related("predecessor", "successor", "created_by")


class Handover(AppendOnlyModel):
    """Record one hand-over. Append only."""

    predecessor = models.ForeignKey(
        User, verbose_name=_("predecessor"), on_delete=models.PROTECT, related_name="handovers_given"
    )
    successor = models.ForeignKey(
        User, verbose_name=_("successor"), on_delete=models.PROTECT, related_name="handovers_taken"
    )
    reason = models.CharField(_("reason"), max_length=500, validators=[validate_line])
    action_points = models.ManyToManyField(ActionPoint, verbose_name=_("action points"), related_name="handovers")
    deactivated = models.BooleanField(_("the predecessor was deactivated"), default=False)
    submission = models.UUIDField(_("submission"), null=True, unique=True, editable=False)
    """Names one filled-in form, so that sending it twice hands over once."""
    created_by = models.ForeignKey(User, verbose_name=_("created by"), on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
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
