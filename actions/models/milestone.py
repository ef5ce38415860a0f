"""Store milestones: planned events of action points, with due dates."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point import ActionPoint
from issues.models import Agenda
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.dates.parsing import LAST_YEAR
from tracker.dates.value import PartialDate, months_between
from tracker.people.models import Agency, User
from tracker.text import validate_line


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def undone(self) -> "MilestoneQuerySet":
        return self.filter(done_on=None)

    def counted_once(self, agendas: QuerySet[Agenda]) -> "MilestoneQuerySet":
        """Exclude open milestones that were copied into one of these agendas, so that each counts once.

        Preparing the next agenda copies a milestone that is not done to the new action point, under the same title. The
        original is excluded even if the copy was renamed, done or removed since.
        """
        carried: Any = ActionPoint.carried_from.through
        successors = carried.objects.filter(
            to_actionpoint=OuterRef(OuterRef("action_point")), from_actionpoint__issue__agenda__in=agendas
        )
        same = Q(title=OuterRef("title")) | Q(title__startswith=Concat(OuterRef("title"), Value(" (")))
        copies = Milestone.history.filter(same, action_point__in=successors.values("from_actionpoint"))
        return self.exclude(Exists(copies), done_on=None)

    def in_order(self) -> "MilestoneQuerySet":
        return self.order_by(F("due_earliest").asc(nulls_last=True), F("due_latest").asc(nulls_last=True), "id")


class MilestoneManager(models.Manager["Milestone"].from_queryset(MilestoneQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, point: int, title: str) -> "Milestone":
        return self.get(
            action_point__issue__agenda__slug=slug,
            action_point__issue__number=issue,
            action_point__number=point,
            title=title,
        )


MAX_MILESTONES = 100
"""Maximum number of milestones of an action point. People read them all on its page."""
REASON_LIMIT = 100
"""Maximum length of a reason in the history, in characters."""


def next_turn(due: PartialDate, every_months: int, done: PartialDate | None = None) -> PartialDate | None:
    """Return the first occurrence of a recurring date after `due` that does not end before the occurrence that was `done`.

    Every occurrence is a whole number of repetitions after `due`. Return None if it would be after the last year that dates allow.
    """
    repetitions = 1
    if done:
        repetitions = max(1, months_between(due.latest, done.latest) // every_months)
    following = _turn(due, repetitions * every_months)
    while done and following and following.latest < done.latest:
        repetitions += 1
        following = _turn(due, repetitions * every_months)
    return following


def _turn(due: PartialDate, months: int) -> PartialDate | None:
    """Return the date that many months later, or None if it would be after the last year that dates allow."""
    try:
        return due.later(months)
    except (ValueError, OverflowError):
        return None


class Milestone(models.Model):
    """A planned event of an action point. `due` is a partial date; the milestone is overdue after the latest day of it."""

    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="milestones"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("whose"), on_delete=models.PROTECT, null=True, blank=True, related_name="milestones"
    )
    """The lead agency whose part it belongs to; None if it belongs to all parts."""
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    place = models.CharField(_("place"), max_length=100, blank=True, validators=[validate_line])
    due = PartialDateField(_("due"), null=True, blank=True)
    """Only a recurring milestone can be without a date: its first day is not known, and it is never overdue."""
    due_earliest = PartialDateEdge(source="due", edge="earliest")
    due_latest = PartialDateEdge(source="due", edge="latest")
    due_note = models.CharField(_("note on the date"), max_length=200, blank=True, validators=[validate_line])
    repeats_every_months = models.PositiveSmallIntegerField(
        _("repeats every ... months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    done_on = PartialDateField(_("done on"), null=True, blank=True)
    """When it was done; a recurring one is done once it has no further occurrence."""
    last_done_on = PartialDateField(_("last done on"), null=True, editable=False)
    """When the last occurrence of a recurring milestone was done."""
    history = HistoricalRecords()

    objects = MilestoneManager()

    class Meta:
        ordering = ["due_earliest", "due_latest", "id"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        indexes = [
            models.Index(fields=["due_earliest", "due_latest", "id"], name="milestone_order"),
            models.Index(fields=["due_latest", "id"], name="milestone_due_latest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["action_point", "title"], name="milestone_title_unique_in_action_point"),
            models.CheckConstraint(condition=~Q(title=""), name="milestone_title_given"),
            models.CheckConstraint(
                condition=Q(due__isnull=False) | Q(repeats_every_months__isnull=False),
                name="milestone_dated_unless_recurring",
            ),
            models.CheckConstraint(
                condition=Q(repeats_every_months=None) | Q(repeats_every_months__range=(1, 60)),
                name="milestone_repeats_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def removed_from(cls, action_point: ActionPoint | models.OuterRef) -> models.QuerySet[Any]:
        """Return the history rows of the action point's removed milestones."""
        removed: models.QuerySet[Any] = cls.history.filter(action_point=action_point, history_type="-")
        return removed

    @property
    def in_full(self) -> str:
        """Return the title, followed by the place unless the title contains it."""
        return f"{self.title}, {self.place}" if self.place and self.place not in self.title else self.title

    def natural_key(self) -> tuple[str, int, int, str]:
        return (*self.action_point.natural_key(), self.title)

    natural_key.dependencies = ["actions.actionpoint"]  # type: ignore[attr-defined]

    @property
    def when(self) -> str:
        """Return the due date in words."""
        return str(self.due) if self.due else gettext("no date given")

    @property
    def is_late(self) -> bool:
        """Return whether it was certainly done late: the earliest day of `done_on` is after the latest day of `due`."""
        if not self.done_on or not self.due or self.repeats_every_months or self.done_on.modifier:
            return False
        return self.done_on.earliest > self.due.latest

    def clean(self) -> None:
        """Raise ValidationError if the action point has MAX_MILESTONES others, if the milestone has no date and does not recur, or if it
        recurs but has no second occurrence.

        A second occurrence begins after the first one has ended, and ends by the last year that dates allow.
        """
        self._refuse_too_many()
        due, every = self.due, self.repeats_every_months
        if not due and not every:
            raise ValidationError({"due": gettext("Enter a date. Only a recurring milestone can be without one.")})
        if not isinstance(due, PartialDate) or not every:
            return
        if _turn(due, (months_between(due.earliest, due.latest) // every + 1) * every) is None:
            message = _(
                "It cannot repeat from this date: the next turn would overlap the first one, or end after %(year)s. Choose an "
                "earlier or shorter period, or leave this empty."
            )
            raise ValidationError({"repeats_every_months": ValidationError(message, params={"year": LAST_YEAR})})

    def _refuse_too_many(self) -> None:
        if not self._state.adding or not self.action_point_id:
            return
        if Milestone.objects.filter(action_point=self.action_point_id).count() >= MAX_MILESTONES:
            raise ValidationError(
                gettext(
                    "This action point already has %(limit)s milestones, so this one was not added. Remove those that are no "
                    "longer needed, or change one of them."
                )
                % {"limit": MAX_MILESTONES}
            )

    def mark_done(self, on: PartialDate) -> None:
        """Store when it was done. A recurring milestone gets its next date instead, counted from the due date, if there is one."""
        recurs = self.repeats_every_months
        following = next_turn(self.due, recurs, on) if self.due and recurs else None
        if following:
            self.due, self.due_note, self.last_done_on = following, "", on
        elif recurs and not self.due:
            self.last_done_on = on
        else:
            self.done_on = on
        self.save(update_fields=["due", "due_earliest", "due_latest", "due_note", "last_done_on", "done_on"])

    def remove(self, *, by: User, reason: str) -> None:
        """Delete the milestone. Its history records the last values, the person and the reason."""
        self._history_user, self._change_reason = by, reason  # simple_history stores both
        self.delete()
