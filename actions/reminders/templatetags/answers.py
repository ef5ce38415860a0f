"""The answers to the digests of an agenda, for its dashboard."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from actions.reminders.models import ReminderCount
from actions.reminders.models.reminder_count import Answers
from issues.models import Agenda
from tracker.people.permissions import Right, may

register = template.Library()

SHOWN = 5


@dataclass(frozen=True, slots=True)
class UnansweredPart:
    """An agency's part of an action point about which `count` reminders since a day have no answer."""

    reference: str
    title: str
    address: str
    agency: str
    count: int
    since: date


@register.inclusion_tag("reminders/_answers.html")
def digest_answers(agenda: Agenda, reader: Any) -> dict[str, Any]:
    """`{% digest_answers agenda request.user %}`: for coordinators, while the agenda is open; nothing for others. Two queries at most."""
    if not agenda.is_open or not may(reader, Right.COORDINATE):
        return {}
    answers = ReminderCount.objects.answers(timezone.localdate(), agenda).get(agenda.pk, Answers())
    return {"agenda": agenda, "answers": answers, "unanswered": _unanswered(agenda) if answers.unanswered else []}


def _unanswered(agenda: Agenda) -> list[UnansweredPart]:
    counts = ReminderCount.objects.unanswered().filter(part__action_point__issue__agenda=agenda)
    counts = counts.select_related("part__agency", "part__action_point__issue__agenda")
    return [
        UnansweredPart(
            point.reference,
            point.title,
            point.get_absolute_url(),
            counted.part.agency.acronym,
            counted.count,
            counted.first_on,
        )
        for counted in counts.order_by("-count", "first_on", "pk")[:SHOWN]
        for point in [counted.part.action_point]
    ]
