"""A person's statement that an action point is not theirs, or a coordinator's on their behalf when the work goes to somebody else."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from tracker.people.models import User
from tracker.text import validate_line


class DeclinedResponsibilityQuerySet(models.QuerySet["DeclinedResponsibility"]):
    def unresolved(self) -> "DeclinedResponsibilityQuerySet":
        """Those that no coordinator has resolved yet."""
        return self.filter(resolved_by=None)

    def declined_on_behalf_since(self, instant: datetime) -> "DeclinedResponsibilityQuerySet":
        """Those that a coordinator recorded for the person since then. They end the answer links that the person got before."""
        return self.filter(made_at__gte=instant, resolved_at=F("made_at"))

    def decline_on_behalf_of(
        self, person: User, points: Iterable[int], *, reason: str, by: User, now: datetime
    ) -> None:
        """Record for a coordinator that these action points are not the person's any more, resolved at once. Also resolve what the
        person had declined of them.
        """
        wanted = set(points)
        self.unresolved().filter(person=person, action_point__in=wanted).update(resolved_by=by, resolved_at=now)
        self.bulk_create(
            self.model(person=person, action_point_id=pk, reason=reason, made_at=now, resolved_by=by, resolved_at=now)
            for pk in sorted(wanted)
        )


class DeclinedResponsibility(models.Model):
    """ "Not mine": until a coordinator has resolved it, the person gets no reminders about that action point."""

    person = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="declined_responsibilities"
    )
    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="declined_responsibilities"
    )
    reason = models.CharField(_("reason"), max_length=500, validators=[validate_line])
    made_at = models.DateTimeField(_("made at"))
    resolved_by = models.ForeignKey(
        User,
        verbose_name=_("resolved by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="resolved_declined_responsibilities",
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True)

    objects = DeclinedResponsibilityQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("declined responsibility")
        verbose_name_plural = _("declined responsibilities")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "action_point"], condition=Q(resolved_by=None), name="declined_unresolved_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="declined_has_reason"),
            models.CheckConstraint(
                condition=Q(resolved_by=None, resolved_at=None)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="declined_resolved_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.action_point_id}"
