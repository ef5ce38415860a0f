"""What somebody says who was reminded of an action point that is not theirs, or a coordinator who gives their work to another."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from tracker.people.models import User
from tracker.text import validate_line


class DisclaimerQuerySet(models.QuerySet["Disclaimer"]):
    def standing(self) -> "DisclaimerQuerySet":
        """Those that no coordinator has settled yet."""
        return self.filter(settled_by=None)

    def spoken_for_since(self, told_at: datetime) -> "DisclaimerQuerySet":
        """Those that a coordinator made for the person since then: links that the person had got before do not work any more."""
        return self.filter(made_at__gte=told_at, settled_at=F("made_at"))

    def speak_for(self, person: User, points: Iterable[int], *, reason: str, by: User, now: datetime) -> None:
        """A coordinator takes these action points from the person: settled at once, with whatever the person had said of them."""
        wanted = set(points)
        self.standing().filter(person=person, action_point__in=wanted).update(settled_by=by, settled_at=now)
        self.bulk_create(
            self.model(person=person, action_point_id=pk, reason=reason, made_at=now, settled_by=by, settled_at=now)
            for pk in sorted(wanted)
        )


class Disclaimer(models.Model):
    """ "Not mine": until a coordinator has settled it, the person is not reminded of that action point."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="disclaimers")
    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="disclaimers"
    )
    reason = models.CharField(_("reason"), max_length=500, validators=[validate_line])
    made_at = models.DateTimeField(_("made at"))
    settled_by = models.ForeignKey(
        User, verbose_name=_("settled by"), on_delete=models.PROTECT, null=True, related_name="settled_disclaimers"
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)

    objects = DisclaimerQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("disclaimer")
        verbose_name_plural = _("disclaimers")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "action_point"], condition=Q(settled_by=None), name="disclaimer_standing_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disclaimer_has_reason"),
            models.CheckConstraint(
                condition=Q(settled_by=None, settled_at=None) | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="disclaimer_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.action_point_id}"
