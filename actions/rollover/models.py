"""Store the plan of the next agenda: its issues, its action points, and the decisions that lead to them.

The agenda itself is created by `carry_out.py`.
"""

import uuid
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actions.models import ActionPoint, ActionPointQuerySet, Milestone
from actions.models.status import ENDED
from issues.models import Agenda, Issue
from issues.numbering import next_number
from tracker.dates.fields import PartialDateField
from tracker.people.models import User
from tracker.text import validate_line, validate_text

if TYPE_CHECKING:
    from datetime import datetime

MAX_NUMBER = 999


class Rollover(models.Model):
    """Plan the agenda that follows `source`. Each agenda has at most one plan, which all coordinators share."""

    source = models.OneToOneField(
        Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="rollover", editable=False
    )
    slug = models.SlugField(_("short name"), max_length=20, help_text=_("The year, as in 2006/3.2."))
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    started_at = models.DateTimeField(editable=False)
    next_agenda = models.OneToOneField(
        Agenda, on_delete=models.SET_NULL, null=True, related_name="created_by_rollover", editable=False
    )
    carried_out_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    carried_out_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("plan of the next agenda")
        verbose_name_plural = _("plans of the next agendas")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="rollover_title_given"),
            models.CheckConstraint(condition=~Q(next_agenda=F("source")), name="rollover_not_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page. One query unless the source is loaded."""
        return reverse("rollover", args=[self.source.slug])

    @property
    def is_carried_out(self) -> bool:
        return self.next_agenda_id is not None

    def points(self) -> ActionPointQuerySet:
        """Return the action points of the source, in the order of the agenda."""
        return ActionPoint.objects.filter(issue__agenda=self.source_id).in_order()

    def undecided(self) -> ActionPointQuerySet:
        return self.points().filter(rollover_decision=None)

    def undecided_open(self) -> ActionPointQuerySet:
        """Return the undecided action points that are neither completed nor discontinued, even if the agenda is closed."""
        return self.undecided().exclude(status__in=ENDED)

    def copy_issues(self) -> None:
        """Plan a copy of each issue of the source."""
        PlannedIssue.objects.bulk_create(
            PlannedIssue(
                rollover=self, number=issue.number, title=issue.title, rationale=issue.rationale, copied_from=issue
            )
            for issue in self.source.issues.order_by("number")
        )


class PlannedIssue(models.Model):
    """Describe an issue of the next agenda."""

    rollover = models.ForeignKey(Rollover, on_delete=models.CASCADE, related_name="issues", editable=False)
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(MAX_NUMBER)]
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    rationale = models.TextField(_("why it matters"), blank=True, validators=[validate_text])
    copied_from = models.ForeignKey(
        Issue, on_delete=models.SET_NULL, null=True, related_name="planned_copies", editable=False
    )
    created_issue = models.OneToOneField(Issue, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

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
            models.CheckConstraint(condition=Q(number__range=(1, MAX_NUMBER)), name="planned_issue_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="planned_issue_title_given"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def free_number(self, preferred: int) -> int:
        """Return the preferred number if it is free, otherwise the one after the highest. One query or two."""
        if not self.points.filter(number=preferred).exists():
            return preferred
        return next_number(self.points)


class PlannedPoint(models.Model):
    """Describe an action point of the next agenda. The decisions that lead to it say which action points it comes from."""

    issue = models.ForeignKey(PlannedIssue, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    created_action_point = models.OneToOneField(ActionPoint, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["issue__number", "number"]
        verbose_name = _("planned action point")
        verbose_name_plural = _("planned action points")
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="planned_point_number_unique_in_issue"),
            models.CheckConstraint(condition=Q(number__range=(1, MAX_NUMBER)), name="planned_point_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="planned_point_title_given"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """Return its number with that of its issue, such as `3.1`. One query unless the issue is loaded."""
        return f"{self.issue.number}.{self.number}"


class Decision(models.Model):
    """Record what happens to one action point in the next agenda, why, and who decided it.

    Closing an action point here leaves its status and updates as its agencies reported them: the decision is about the next agenda.
    """

    class Kind(models.TextChoices):
        CARRY = "carry", _("Carry forward")
        CLOSE = "close", pgettext_lazy("decision on an action point", "Close")
        MERGE = "merge", _("Merge with others")
        SPLIT = "split", _("Split")
        SUPERSEDE = "supersede", _("Supersede with another one")

    class Outcome(models.TextChoices):
        COMPLETED = "completed", _("Completed")
        DISCONTINUED = "discontinued", _("Discontinued")

    rollover = models.ForeignKey(Rollover, on_delete=models.PROTECT, related_name="decisions")
    action_point = models.OneToOneField(ActionPoint, on_delete=models.PROTECT, related_name="rollover_decision")
    kind = models.CharField(_("what happens to it"), max_length=10, choices=Kind)
    outcome = models.CharField(_("closed as"), max_length=20, choices=Outcome, blank=True)
    reason = models.CharField(_("reason"), max_length=500, validators=[validate_line])
    targets = models.ManyToManyField(PlannedPoint, related_name="decisions")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    version = models.UUIDField(default=uuid.uuid4)
    """Changes with every save, so that a form can detect that somebody else has changed the decision."""

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
        """Return the kind and, for a closed action point, the outcome: "Carry forward", "Close: Completed"."""
        if self.outcome:
            return f"{self.get_kind_display()}: {self.get_outcome_display()}"
        return self.get_kind_display()

    @property
    def continues_work(self) -> bool:
        """Return whether the new action point takes over owners, description and milestones. One that supersedes another does not."""
        return self.kind in {self.Kind.CARRY, self.Kind.MERGE, self.Kind.SPLIT}

    def mark_decided(self, by: User, now: "datetime") -> None:
        """Set who decided and when, and a new version. The caller saves it."""
        self.decided_by, self.decided_at, self.version = by, now, uuid.uuid4()


class MilestoneDecision(models.Model):
    """Record what happens to one milestone whose date has passed: it was done, gets a new date in the next agenda, or is dropped."""

    class Kind(models.TextChoices):
        DONE = "done", _("Done")
        NEW_DATE = "new_date", _("New date")
        DROPPED = "dropped", _("Dropped")

    rollover = models.ForeignKey(Rollover, on_delete=models.CASCADE, related_name="milestone_decisions")
    milestone = models.OneToOneField(Milestone, on_delete=models.CASCADE, related_name="rollover_decision")
    kind = models.CharField(_("what happens to it"), max_length=10, choices=Kind)
    date = PartialDateField(_("date"), null=True)
    """When it was done, or the new date; None if it is dropped."""
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("decision on a milestone")
        verbose_name_plural = _("decisions on milestones")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="dropped", date=None) | Q(kind__in=["done", "new_date"], date__isnull=False),
                name="milestone_decision_date_unless_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.kind}"
