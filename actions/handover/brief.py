"""Collect what a successor needs to know about each action point, and mail it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import translation

from actions import rules
from actions.as_of import AsOf
from actions.handover.models import Handover
from actions.models import ActionPoint, Milestone, ProgressUpdate
from actions.models.action_point_queryset import ActionPointQuerySet
from actions.reader import read_action_points
from actions.reminders.models import Digest, ReminderCount
from tracker.mail.templates import send_from_templates
from tracker.people.models import User

MAX_UPDATES = 3
"""How many of the latest updates the brief shows of each action point."""

MAX_DIGESTS = 20
"""How many of the predecessor's latest digests are searched for the last reminder."""


@dataclass(frozen=True, slots=True)
class ActionPointBrief:
    action_point: ActionPoint
    reasons: Sequence[str]
    """Why it needs attention; empty if it does not."""
    updates: Sequence[ProgressUpdate]
    milestones: Sequence[Milestone]
    """The open ones, in order of their dates."""
    reminded_at: datetime | None
    """When a digest last reminded the predecessor of it."""
    unanswered: int
    """In how many periods digests reminded anybody of it since the last report."""


def points_of(handover: Handover, reader: User) -> ActionPointQuerySet:
    """Return the action points of the hand-over that the reader may see, in order."""
    visible = handover.action_points.visible_to(reader)
    return visible.in_order().with_context().prefetch_related("milestones")


def brief_of(handover: Handover, points: Sequence[ActionPoint], today: date) -> list[ActionPointBrief]:
    """Return a brief for each of these action points of the hand-over. Eleven queries at most; none if there is none."""
    if not points:
        return []
    updates = _latest_updates(points)
    states = {state.pk: state for state in read_action_points([point.pk for point in points], AsOf(today))}
    reminded = _last_reminders(handover.predecessor)
    unanswered = ReminderCount.objects.unanswered_by_action_point(points)
    return [
        ActionPointBrief(
            action_point=point,
            reasons=[str(reason.label) for reason in rules.attention_reasons(states[point.pk], today)],
            updates=updates[point.pk],
            milestones=[milestone for milestone in point.milestones.all() if milestone.done_on is None],
            reminded_at=reminded.get(point.pk),
            unanswered=unanswered.get(point.pk, 0),
        )
        for point in points
    ]


def send_brief(handover: Handover, today: date) -> bool:
    """Mail the brief to the successor, in the successor's language. Return whether the mail was sent."""
    person = handover.successor
    with translation.override(person.language):
        context = {
            "handover": handover,
            "brief": brief_of(handover, list(points_of(handover, person)), today),
            "base_url": settings.BASE_URL,
            "link": settings.BASE_URL + handover.get_absolute_url(),
        }
    return send_from_templates(
        "handover/brief", person.email, person.language, context, reply_to=handover.created_by.email
    )


def _latest_updates(points: Sequence[ActionPoint]) -> dict[int, list[ProgressUpdate]]:
    """Return up to MAX_UPDATES updates of each action point, newest first, by its id."""
    updates: dict[int, list[ProgressUpdate]] = defaultdict(list)
    for update in ProgressUpdate.objects.current().filter(action_point__in=points).newest_first().with_context():
        if len(updates[update.action_point_id]) < MAX_UPDATES:
            updates[update.action_point_id].append(update)
    return updates


def _last_reminders(person: User) -> dict[int, datetime]:
    """Return when a digest last reminded the person of each action point, by its id. One query."""
    sent_at: dict[int, datetime] = {}
    digests = Digest.objects.filter(recipient=person, sent_at__isnull=False).only("snapshot", "sent_at")
    for digest in digests.order_by("-sent_at")[:MAX_DIGESTS]:
        for entry in digest.snapshot:
            sent_at.setdefault(entry["action_point"], digest.sent_at)  # type: ignore[arg-type] # not null, as filtered
    return sent_at
