"""The plan of a roll-over: what becomes of each action point of an agenda in the next one. It makes nothing yet: `carry_out.py` does."""

import uuid
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, ActionPointQuerySet
from actions.models.status import ENDED
from issues.models import Agenda, Issue
from issues.numbering import next_number
from tracker.people.models import User
from tracker.text import validate_line, validate_text

if TYPE_CHECKING:
    from datetime import datetime

NUMBER_LIMIT = 999


class Rollover(models.Model):
    """An agenda's way into the next one: one for each agenda, shared by all coordinators."""

    source = models.OneToOneField(
        Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="rollover", editable=False
    )
    slug = models.SlugField(_("short name"), max_length=20, help_text=_("The year, as in 2006/3.2."))
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    started_at = models.DateTimeField(editable=False)
    made = models.OneToOneField(
        Agenda, on_delete=models.SET_NULL, null=True, related_name="made_by_rollover", editable=False
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("roll-over")
        verbose_name_plural = _("roll-overs")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="rollover_title_given"),
            models.CheckConstraint(condition=~Q(made=F("source")), name="rollover_not_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.title}"

    def get_absolute_url(self) -> str:
        """Costs a query unless the source is loaded."""
        return reverse("rollover", args=[self.source.slug])

    @property
    def is_made(self) -> bool:
        return self.made_id is not None

    def points(self) -> ActionPointQuerySet:
        """The action points that are to be decided on, in the agenda's order."""
        return ActionPoint.objects.filter(issue__agenda=self.source_id).in_order()

    def undecided(self) -> ActionPointQuerySet:
        return self.points().filter(rollover_decision=None)

    def undecided_open(self) -> ActionPointQuerySet:
        """Of these, those that are neither completed nor discontinued, whether the agenda is still open or not."""
        return self.undecided().exclude(status__in=ENDED)

    def copy_issues(self) -> None:
        """Start with the issues of the old agenda."""
        PlannedIssue.objects.bulk_create(
            PlannedIssue(
                rollover=self, number=issue.number, title=issue.title, rationale=issue.rationale, copied_from=issue
            )
            for issue in self.source.issues.order_by("number")
        )


class PlannedIssue(models.Model):
    """An issue as the next agenda will have it."""

    rollover = models.ForeignKey(Rollover, on_delete=models.CASCADE, related_name="issues", editable=False)
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(NUMBER_LIMIT)]
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    rationale = models.TextField(_("why it matters"), blank=True, validators=[validate_text])
    copied_from = models.ForeignKey(
        Issue, on_delete=models.SET_NULL, null=True, related_name="planned_copies", editable=False
    )
    made = models.OneToOneField(Issue, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["number"]
        verbose_name = _("planned issue")
        verbose_name_plural = _("planned issues")
        constraints = [
            models.UniqueConstraint(
                fields=["rollover", "number"],
                name="planned_issue_number_unique",
                violation_error_message=_("Another issue has this number already."),
            ),
            models.CheckConstraint(condition=Q(number__range=(1, NUMBER_LIMIT)), name="planned_issue_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="planned_issue_title_given"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def free_number(self, wish: int) -> int:
        """The wish where it is free, else the one after the last. One query or two."""
        if not self.points.filter(number=wish).exists():
            return wish
        return next_number(self.points)


class PlannedPoint(models.Model):
    """An action point as the next agenda will have it. Where it comes from is said by the decisions that lead to it."""

    issue = models.ForeignKey(PlannedIssue, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    made = models.OneToOneField(ActionPoint, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["issue__number", "number"]
        verbose_name = _("planned action point")
        verbose_name_plural = _("planned action points")
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="planned_point_number_unique_in_issue"),
            models.CheckConstraint(condition=Q(number__range=(1, NUMBER_LIMIT)), name="planned_point_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="planned_point_title_given"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """`3.1`. Costs a query unless the issue is loaded."""
        return f"{self.issue.number}.{self.number}"


class Decision(models.Model):
    """What becomes of one action point, why, and who said so.

    A closing decision is shown on the old action point and changes nothing of what was reported on it: a progress update is an agency's
    statement of what happened and can never be taken back, a decision about next year is neither.
    """

    class Kind(models.TextChoices):
        CARRY = "carry", _("Carry forward")
        CLOSE = "close", _("Close")
        MERGE = "merge", _("Merge with others")
        SPLIT = "split", _("Split")
        SUPERSEDE = "supersede", _("Supersede by another one")

    class Outcome(models.TextChoices):
        COMPLETED = "completed", _("Completed")
        DISCONTINUED = "discontinued", _("Discontinued")

    rollover = models.ForeignKey(Rollover, on_delete=models.PROTECT, related_name="decisions")
    action_point = models.OneToOneField(ActionPoint, on_delete=models.PROTECT, related_name="rollover_decision")
    kind = models.CharField(_("what becomes of it"), max_length=10, choices=Kind)
    outcome = models.CharField(_("closed as"), max_length=20, choices=Outcome, blank=True)
    reason = models.CharField(_("because"), max_length=500, validators=[validate_line])
    targets = models.ManyToManyField(PlannedPoint, related_name="decisions")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    revision = models.UUIDField(default=uuid.uuid4)
    """Another one after each change: whoever changes a decision says which one was before the eyes."""

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["carry", "close", "merge", "split", "supersede"]), name="decision_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="close", outcome__in=["completed", "discontinued"])
                | (~Q(kind="close") & Q(outcome="")),
                name="decision_outcome_iff_closed",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.action_point_id}: {self.kind}"

    @property
    def label(self) -> str:
        """ "Carry forward", or "Close: Completed"."""
        if self.outcome:
            return f"{self.get_kind_display()}: {self.get_outcome_display()}"
        return self.get_kind_display()

    @property
    def brings_along(self) -> bool:
        """Whether owners, description and milestones go with it. What supersedes an action point has its own."""
        return self.kind in {self.Kind.CARRY, self.Kind.MERGE, self.Kind.SPLIT}

    def set_again(self, by: User, now: "datetime") -> None:
        self.decided_by, self.decided_at, self.revision = by, now, uuid.uuid4()
