"""What came of the digests of an agenda, for its dashboard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from actions.reminders.models import ReminderCount
from actions.reminders.models.reminder_count import Answers
from actions.tallies.remembering import Memory
from issues.models import Agenda
from tracker.people.permissions import Right, may

register = template.Library()

MOST = 10_000
"""Of more action points that were reminded of nothing is counted: it would cost more than the rest of the dashboard."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Unheard:
    """An action point that was reminded of `count` times since an instant, for nothing."""

    reference: str
    title: str
    address: str
    count: int
    since: datetime


@register.simple_tag
def digest_answers(agenda: Agenda, reader: Any, stamp: str) -> SafeString:
    """`{% digest_answers agenda request.user stamp %}`: for coordinators, while the agenda is open; nothing for others.

    Follows each update at once (`stamp`, of `stamps()`), and each digest within a minute. Three queries at most, none where it is
    remembered.
    """
    if agenda.state != Agenda.State.OPEN or not may(reader, Right.COORDINATE):
        return mark_safe("")
    memory = Memory[str](f"{stamp} {_minute()}", "answers", agenda.pk, where="near")
    return mark_safe(  # noqa: S308 - as a template made it
        memory.made or memory.keep(render_to_string("reminders/_answers.html", {"agenda": agenda} | _found(agenda)))
    )


def _minute() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


def _found(agenda: Agenda) -> dict[str, Any]:
    counts = ReminderCount.objects.filter(action_point__issue__agenda=agenda)
    if counts[: MOST + 1].count() > MOST:
        return {"is_cut": True, "most": MOST}
    answers = ReminderCount.objects.answers(agenda).get(agenda.pk, Answers())
    return {"answers": answers, "unheard": _unheard(agenda) if answers.unheard else []}


def _unheard(agenda: Agenda) -> list[Unheard]:
    found = ReminderCount.objects.unheard().filter(action_point__issue__agenda=agenda)
    return [
        Unheard(point.reference, point.title, point.get_absolute_url(), counted.count, counted.first_at)
        for counted in found.select_related("action_point__issue__agenda").order_by("-count", "first_at", "pk")[:SHOWN]
        for point in [counted.action_point]
    ]
