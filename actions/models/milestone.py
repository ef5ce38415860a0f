"""Milestones: what is to come on an action point, and by when."""

from datetime import date, timedelta
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point import ActionPoint
from issues.models import Agenda
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.dates.parsing import LAST_YEAR
from tracker.dates.value import PartialDate, months_between
from tracker.people.models import User
from tracker.text import validate_line


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def undone(self) -> "MilestoneQuerySet":
        return self.filter(done_on=None)

    def counted_once(self, agendas: QuerySet[Agenda]) -> "MilestoneQuerySet":
        """Without those that live on in one of these agendas: they were not done when their action point was carried to another,
        which got a milestone of the same title. What became of that since (a new title, done, removed) does not matter."""
        carried: Any = ActionPoint.carried_from.through
        successors = carried.objects.filter(
            to_actionpoint=OuterRef(OuterRef("action_point")), from_actionpoint__issue__agenda__in=agendas
        )
        same = Q(title=OuterRef("title")) | Q(title__startswith=Concat(OuterRef("title"), Value(" (")))
        copies = Milestone.history.filter(same, action_point__in=successors.values("from_actionpoint"))
        return self.exclude(Exists(copies), done_on=None)

    def in_order(self) -> "MilestoneQuerySet":
        return self.order_by("due_earliest", "due_latest", "id")


class MilestoneManager(models.Manager["Milestone"].from_queryset(MilestoneQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, point: int, title: str) -> "Milestone":
        return self.get(
            action_point__issue__agenda__slug=slug,
            action_point__issue__number=issue,
            action_point__number=point,
            title=title,
        )


REASON_LIMIT = 100
"""Characters that the history has for a reason."""


def next_turn(
    due: PartialDate, every_months: int, today: date, edge: Literal["earliest", "latest"]
) -> PartialDate | None:
    """Find the first turn of a date that recurs whose earliest (or latest) day is today or later. None past the last year of dates."""
    months = max(0, months_between(getattr(due, edge), today) // every_months * every_months)
    try:
        while getattr(turn := due.later(months), edge) < today:
            months += every_months
    except (ValueError, OverflowError):
        return None
    return turn


class Milestone(models.Model):
    """Something to be done by a date. `due` is a partial date: it has passed when its latest day has."""

    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="milestones"
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    place = models.CharField(_("place"), max_length=100, blank=True, validators=[validate_line])
    due = PartialDateField(_("due"))
    due_earliest = PartialDateEdge(source="due", edge="earliest")
    due_latest = PartialDateEdge(source="due", edge="latest")
    due_note = models.CharField(_("note on the date"), max_length=200, blank=True, validators=[validate_line])
    repeats_every_months = models.PositiveSmallIntegerField(
        _("repeats every ... months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    done_on = PartialDateField(_("done on"), null=True, blank=True)
    history = HistoricalRecords()

    turn: PartialDate | None = None
    """In memory only: when one that recurs is due next, where a page shows it."""

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
                condition=Q(repeats_every_months=None) | Q(repeats_every_months__range=(1, 60)),
                name="milestone_repeats_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def removed_from(cls, action_point: ActionPoint) -> models.QuerySet[Any]:
        """The rows of history of the action point's milestones that were removed."""
        found: models.QuerySet[Any] = cls.history.filter(action_point=action_point, history_type="-")
        return found

    @property
    def in_full(self) -> str:
        """With its place, unless the title names it."""
        return f"{self.title}, {self.place}" if self.place and self.place not in self.title else self.title

    def natural_key(self) -> tuple[str, int, int, str]:
        return (*self.action_point.natural_key(), self.title)

    natural_key.dependencies = ["actions.actionpoint"]  # type: ignore[attr-defined]

    @property
    def is_late(self) -> bool:
        """Done after it was due, and surely so: the earliest day of the one lies after the latest of the other."""
        return bool(self.done_on and not self.repeats_every_months and self.done_on.earliest > self.due.latest)

    def next_due(self, today: date) -> PartialDate | None:
        """Its date or, where it recurs, that of its first turn that is not over. None if there is no such turn."""
        if not self.repeats_every_months:
            return self.due
        return next_turn(self.due, self.repeats_every_months, today, "latest")

    def clean(self) -> None:
        """Refuse a repetition without a second turn: one that begins after the first has ended, before the last year of dates is over."""
        due, every = self.due, self.repeats_every_months
        if (
            isinstance(due, PartialDate)
            and every
            and not next_turn(due, every, due.latest + timedelta(days=1), "earliest")
        ):
            message = _(
                "With this date it cannot repeat: no second turn begins after the first one and ends by %(year)s. "
                "Choose a shorter or earlier date, or leave this empty."
            )
            raise ValidationError({"repeats_every_months": ValidationError(message, params={"year": LAST_YEAR})})

    def mark_done(self, on: PartialDate) -> None:
        """One that recurs ends with it."""
        self.done_on = on
        self.save(update_fields=["done_on"])

    def remove(self, *, by: User, reason: str) -> None:
        """Take it away, as a duplicate or because it was dropped. Its history keeps what it said, who removed it and why."""
        self._history_user, self._change_reason = by, reason  # go into the history
        self.delete()
