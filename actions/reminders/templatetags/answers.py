"""The answers to the digests of an agenda, for its dashboard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template

from actions.reminders.models import ReminderCount
from actions.reminders.models.reminder_count import Answers
from issues.models import Agenda
from tracker.people.permissions import Right, may

register = template.Library()

SHOWN = 5


@dataclass(frozen=True, slots=True)
class UnansweredActionPoint:
    """An action point about which `count` reminders since a time have no answer."""

    reference: str
    title: str
    address: str
    count: int
    since: datetime


@register.inclusion_tag("reminders/_answers.html")
def digest_answers(agenda: Agenda, reader: Any) -> dict[str, Any]:
    """`{% digest_answers agenda request.user %}`: for coordinators, while the agenda is open; nothing for others. Two queries at most."""
    if agenda.state != Agenda.State.OPEN or not may(reader, Right.COORDINATE):
        return {}
    answers = ReminderCount.objects.answers(agenda).get(agenda.pk, Answers())
    return {"agenda": agenda, "answers": answers, "unanswered": _unanswered(agenda) if answers.unanswered else []}


def _unanswered(agenda: Agenda) -> list[UnansweredActionPoint]:
    counts = ReminderCount.objects.unanswered().filter(action_point__issue__agenda=agenda)
    return [
        UnansweredActionPoint(point.reference, point.title, point.get_absolute_url(), counted.count, counted.first_at)
        for counted in counts.select_related("action_point__issue__agenda").order_by("-count", "first_at", "pk")[:SHOWN]
        for point in [counted.action_point]
    ]
