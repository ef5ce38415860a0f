"""Count reminders about a part that nobody has answered. Escalation depends on the count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, ActionStatus, Responsibility
from actions.reminders.models.declined_responsibility import DeclinedResponsibility
from actions.states import PartState
from issues.models import Agenda

UNANSWERED_LIMIT = 3
"""Reminders without an answer from which on an action point is shown to coordinators."""

_ANSWERED = Q(part__last_reported_day__gte=F("first_on")) | Q(part__answered_day__gte=F("first_on"))
"""Somebody has reported on the part since the first of the reminders, be the report dated back or not."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many action points digests have listed, and what happened since."""

    reminded: int = 0
    answered: int = 0
    """Reported on since."""
    without_progress: int = 0
    """Of those, the ones with the answer "no progress"."""
    paused: int = 0
    declined: int = 0
    """Somebody answered "not mine", and no coordinator has resolved it."""
    unanswered: int = 0
    """Had UNANSWERED_LIMIT reminders or more without an answer."""


class Reminders(NamedTuple):
    """The reminders about one part."""

    total: int
    first_on: date
    period_start: date

    def unanswered(self, part: PartState, period_start: date | None) -> int:
        """Return how many had no answer, without those of the period that begins on `period_start`."""
        if any(day and day >= self.first_on for day in (part.last_reported_day, part.answered_day)):
            return 0
        return self.total - (self.period_start == period_start)


class ReminderCountManager(models.Manager["ReminderCount"]):
    def add(self, parts: Collection[int], period_start: date, today: date) -> None:
        """Count a reminder about each of these parts: once a period, and from one again after an answer. Two queries."""
        self.filter(part__in=parts, period_start__lt=period_start).update(
            count=Case(When(_answered(), then=1), default=F("count") + 1),
            first_on=Case(When(_answered(), then=models.Value(today)), default=F("first_on")),
            period_start=period_start,
        )
        self.bulk_create(
            [ReminderCount(part_id=pk, count=1, first_on=today, period_start=period_start) for pk in sorted(parts)],
            ignore_conflicts=True,
        )

    def by_part(self, **lookups: Any) -> dict[int, Reminders]:
        """Return the reminders by the ids of the parts. One query."""
        rows: Any = self.filter(**lookups).values_list("part", "count", "first_on", "period_start")
        return {part: Reminders(*values) for part, *values in rows}

    def unanswered(self) -> "models.QuerySet[ReminderCount]":
        """Filter current parts with UNANSWERED_LIMIT reminders or more without an answer."""
        return self.filter(~_ANSWERED, part__until=None, count__gte=UNANSWERED_LIMIT)

    def unanswered_by_action_point(self, points: Collection[ActionPoint]) -> dict[int, int]:
        """Return the most reminders without an answer about a part of each of these action points, by its id. One query."""
        counts = self.filter(~_ANSWERED, part__until=None, part__action_point__in=points).order_by()
        return dict(counts.values_list("part__action_point").annotate(most=Max("count")))

    def answers(self, today: date, agenda: Agenda | None = None) -> dict[int, Answers]:
        """Count the action points of one agenda, or of all by the ids of the agendas, by what happened since the reminders. One query."""
        counts = self.filter(part__until=None)
        if agenda:
            counts = counts.filter(part__action_point__issue__agenda=agenda)
        declined = DeclinedResponsibility.objects.unresolved().filter(action_point=OuterRef("part__action_point"))
        unanswered = ~_ANSWERED & Q(count__gte=UNANSWERED_LIMIT)
        counted: Any = (
            counts.alias(is_declined=Exists(declined))
            .order_by()
            .values("part__action_point__issue__agenda")
            .annotate(
                reminded=_points(Q()),
                answered=_points(_ANSWERED),
                without_progress=_points(_ANSWERED & Q(part__status=ActionStatus.NO_PROGRESS)),
                paused=_points(Q(part__paused_until__gt=today)),
                declined=_points(Q(is_declined=True)),
                unanswered=_points(unanswered),
            )
        )
        return {row.pop("part__action_point__issue__agenda"): Answers(**row) for row in counted}


def _points(which: Q) -> Count:
    """Count action points: one with two such parts counts once."""
    return Count("part__action_point", filter=which or None, distinct=True)


def _answered() -> Exists:
    """Return `_ANSWERED` for an update, which cannot join."""
    first_on = OuterRef("first_on")
    since = Q(last_reported_day__gte=first_on) | Q(answered_day__gte=first_on)
    return Exists(Responsibility.objects.filter(since, pk=OuterRef("part")))


class ReminderCount(models.Model):
    """The number of periods whose digests listed one part since `first_on`, until somebody reports on it."""

    part = models.OneToOneField(Responsibility, on_delete=models.CASCADE, related_name="reminder_count")
    count = models.PositiveIntegerField(_("reminders without an answer"))
    first_on = models.DateField(_("the first of them"))
    period_start = models.DateField(_("the last one's period"))

    objects = ReminderCountManager()

    class Meta:
        verbose_name = _("count of reminders")
        verbose_name_plural = _("counts of reminders")

    def __str__(self) -> str:
        return f"{self.part_id}: {self.count}"
