"""What agencies answer about the action points of the note that name them. Append only: an agency's newest answer counts."""

from datetime import datetime

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet
from tracker.people.models import Agency, User
from tracker.text import validate_text

DISSENT_LIMIT = 2_000


class SignOffQuerySet(AppendOnlyQuerySet["SignOff"]):
    def newest(self) -> "SignOffQuerySet":
        """Keep the answer of each agency that counts."""
        later = SignOff.objects.filter(
            action_point=OuterRef("action_point"), agency=OuterRef("agency"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))


class SignOff(AppendOnlyModel):
    """A focal point's answer for an agency: what the note says about an action point is signed off, or the agency dissents."""

    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="sign_offs"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="sign_offs")
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="sign_offs")
    fingerprint = models.CharField(_("fingerprint"), max_length=32)
    dissent = models.TextField(
        _("dissent"),
        blank=True,
        validators=[validate_text, MaxLengthValidator(DISSENT_LIMIT)],
        help_text=_("Empty where the agency agrees."),
    )
    made_at = models.DateTimeField(_("made at"))

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [models.CheckConstraint(condition=~Q(fingerprint=""), name="sign_off_fingerprint_given")]
        indexes = [models.Index(fields=["action_point", "agency", "-id"], name="sign_off_newest")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.action_point_id}"

    @classmethod
    def store(
        cls,
        action_point: ActionPoint,
        agencies: list[Agency],
        *,
        person: User,
        fingerprint: str,
        dissent: str,
        now: datetime,
    ) -> None:
        """Answer for each of the agencies; the same answer is not stored twice. One query, and one for each agency."""
        current = cls.objects.filter(action_point=action_point, agency__in=agencies).newest()
        stored = set(current.values_list("agency", "fingerprint", "dissent"))
        for agency in agencies:
            if (agency.pk, fingerprint, dissent) not in stored:
                cls.objects.create(
                    action_point=action_point,
                    agency=agency,
                    person=person,
                    fingerprint=fingerprint,
                    dissent=dissent,
                    made_at=now,
                )
