"""How often an action point was reminded of without an answer: what an escalation goes by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, ActionStatus, ProgressUpdate
from actions.reminders.models.declined_responsibility import Disclaimer
from issues.models import Agenda

UNHEARD = 3
"""So many reminders without an answer are worth a look."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Of how many action points digests told, and what came of it."""

    reminded: int = 0
    answered: int = 0
    """Reported on since."""
    without_progress: int = 0
    """Of those, the ones that stand at "no progress" by what was reported."""
    snoozed: int = 0
    disclaimed: int = 0
    """Somebody said "not mine", and no coordinator has seen to it."""
    unheard: int = 0
    """Had UNHEARD reminders for nothing."""


def answered(action_point: str = "action_point", of_count: str = "") -> Exists:
    """Whether an update came since the first of the reminders that is in force. The names are those by which a query finds the action
    point and its count (`of_count` as in `reminder_count__`).
    """
    return Exists(
        ProgressUpdate.objects.in_force().filter(
            action_point=OuterRef(action_point), recorded_at__gt=OuterRef(f"{of_count}first_at")
        )
    )


class ReminderCountManager(models.Manager["ReminderCount"]):
    def add(self, action_points: Collection[int], period_start: date, now: datetime) -> None:
        """Digests of that period tell of these action points. Counts once a period, and anew after an update. Two queries."""
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

    def unheard(self) -> "models.QuerySet[ReminderCount]":
        """Those of UNHEARD reminders or more for nothing."""
        return self.filter(~answered(), count__gte=UNHEARD)

    def answers(self, agenda: Agenda | None = None) -> dict[int, Answers]:
        """What came of the reminders, of all or of one, by id of the agenda. One query."""
        counts = self.filter(action_point__issue__agenda=agenda) if agenda else self.all()
        counted: Any = (
            counts.alias(
                is_answered=answered(),
                is_disclaimed=Exists(Disclaimer.objects.standing().filter(action_point=OuterRef("action_point"))),
            )
            .order_by()
            .values("action_point__issue__agenda")
            .annotate(
                reminded=Count("pk"),
                answered=Count("pk", filter=Q(is_answered=True)),
                without_progress=Count("pk", filter=Q(is_answered=True, action_point__status=ActionStatus.NO_PROGRESS)),
                snoozed=Count("pk", filter=Q(action_point__snoozed_until__gt=timezone.localdate())),
                disclaimed=Count("pk", filter=Q(is_disclaimed=True)),
                unheard=Count("pk", filter=Q(is_answered=False, count__gte=UNHEARD)),
            )
        )
        return {row.pop("action_point__issue__agenda"): Answers(**row) for row in counted}


class ReminderCount(models.Model):
    """Of one action point: in how many periods digests told of it since `first_at`, until somebody logs an update."""

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
