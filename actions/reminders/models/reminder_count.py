"""Count reminders about an action point that nobody has answered. Escalation depends on the count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.reminders.models.declined_responsibility import DeclinedResponsibility
from issues.models import Agenda

UNANSWERED_LIMIT = 3
"""Reminders without an answer from which on an action point is shown to coordinators."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many action points digests have listed, and what happened since."""

    reminded: int = 0
    answered: int = 0
    """Reported on since."""
    without_progress: int = 0
    """Of those, the ones with the answer "no progress"."""
    snoozed: int = 0
    declined: int = 0
    """Somebody answered "not mine", and no coordinator has resolved it."""
    unanswered: int = 0
    """Had UNANSWERED_LIMIT reminders or more without an answer."""


def answered(action_point: str = "action_point", of_count: str = "") -> Exists:
    """Ask whether a current update was recorded since the first of the reminders. The arguments are the names of the action point and of
    its count in the outer query (`of_count` as in `reminder_count__`).
    """
    return Exists(
        ProgressUpdate.objects.current().filter(
            action_point=OuterRef(action_point), recorded_at__gt=OuterRef(f"{of_count}first_at")
        )
    )


class ReminderCountManager(models.Manager["ReminderCount"]):
    def add(self, action_points: Collection[int], period_start: date, now: datetime) -> None:
        """Count a reminder about each of these action points: once a period, and from one again after an update. Two queries."""
        self.filter(action_point__in=action_points, period_start__lt=period_start).update(
            count=Case(When(answered(), then=1), default=F("count") + 1),
            first_at=Case(When(answered(), then=now), default=F("first_at")),
            period_start=period_start,
        )
        self.bulk_create(
            [
                ReminderCount(action_point_id=pk, count=1, first_at=now, period_start=period_start)
                for pk in action_points
            ],
            ignore_conflicts=True,
        )

    def unanswered(self) -> "models.QuerySet[ReminderCount]":
        """Those of UNANSWERED_LIMIT reminders or more without an answer."""
        return self.filter(~answered(), count__gte=UNANSWERED_LIMIT)

    def answers(self, agenda: Agenda | None = None) -> dict[int, Answers]:
        """Count what happened since the reminders of one agenda or of all, by id of the agenda. One query."""
        counts = self.filter(action_point__issue__agenda=agenda) if agenda else self.all()
        counted: Any = (
            counts.alias(
                is_answered=answered(),
                is_declined=Exists(
                    DeclinedResponsibility.objects.unresolved().filter(action_point=OuterRef("action_point"))
                ),
            )
            .order_by()
            .values("action_point__issue__agenda")
            .annotate(
                reminded=Count("pk"),
                answered=Count("pk", filter=Q(is_answered=True)),
                without_progress=Count("pk", filter=Q(is_answered=True, action_point__status=ActionStatus.NO_PROGRESS)),
                snoozed=Count("pk", filter=Q(action_point__snoozed_until__gt=timezone.localdate())),
                declined=Count("pk", filter=Q(is_declined=True)),
                unanswered=Count("pk", filter=Q(is_answered=False, count__gte=UNANSWERED_LIMIT)),
            )
        )
        return {row.pop("action_point__issue__agenda"): Answers(**row) for row in counted}


class ReminderCount(models.Model):
    """The number of periods whose digests listed one action point since `first_at`, until somebody logs an update."""

    action_point = models.OneToOneField(ActionPoint, on_delete=models.CASCADE, related_name="reminder_count")
    count = models.PositiveIntegerField(_("reminders without an answer"))
    first_at = models.DateTimeField(_("the first of them"))
    period_start = models.DateField(_("the last one's period"))

    objects = ReminderCountManager()

    class Meta:
        verbose_name = _("count of reminders")
        verbose_name_plural = _("counts of reminders")

    def __str__(self) -> str:
        return f"{self.action_point_id}: {self.count}"
