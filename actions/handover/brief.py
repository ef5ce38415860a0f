"""What the successor has to know: where each action point stands, what was reported last, what comes next."""

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
from actions.reader import state_of
from actions.reminders.models import Digest, ReminderCount
from tracker.mail.templates import send_from_templates
from tracker.people.models import User

UPDATES = 3
"""How many of the latest updates are told of each action point."""

DIGESTS = 20
"""How many of the predecessor's latest digests are looked at."""


@dataclass(frozen=True, slots=True)
class Item:
    action_point: ActionPoint
    reasons: Sequence[str]
    """Why it shows no progress; empty where it shows some."""
    days_since_report: int | None
    updates: Sequence[ProgressUpdate]
    milestones: Sequence[Milestone]
    """Those that are not done, the next first."""
    reminded_at: datetime | None
    """When a digest last told the predecessor of it."""
    unanswered: int
    """In how many periods digests told of it since the last report, whoever got them."""


def brief_of(handover: Handover, reader: User, today: date) -> list[Item]:
    """Of what was handed over, what the reader may see. Eight queries, whatever the number of action points; one where there are none."""
    points = list(handover.action_points.visible_to(reader).in_order().with_context().prefetch_related("milestones"))
    if not points:
        return []
    updates: dict[int, list[ProgressUpdate]] = defaultdict(list)
    for update in ProgressUpdate.objects.current().filter(action_point__in=points).newest_first().with_context():
        if len(updates[update.action_point_id]) < UPDATES:
            updates[update.action_point_id].append(update)
    states = {point.pk: state_of(point, AsOf(today)) for point in points}
    reminded = _reminded(handover.predecessor)
    counts = {count.action_point_id: count for count in ReminderCount.objects.filter(action_point__in=points)}
    return [
        Item(
            action_point=point,
            reasons=[str(reason.label) for reason in rules.attention_reasons(states[point.pk], today)],
            days_since_report=rules.days_since_report(states[point.pk], today),
            updates=updates[point.pk],
            milestones=[milestone for milestone in point.milestones.all() if milestone.done_on is None],
            reminded_at=reminded.get(point.pk),
            unanswered=_unanswered(counts.get(point.pk), updates[point.pk]),
        )
        for point in points
    ]


def send_brief(handover: Handover, today: date) -> bool:
    """Mails it to the successor, in their language. False where the mail did not go out."""
    person = handover.successor
    with translation.override(person.language):
        context = {
            "handover": handover,
            "items": brief_of(handover, person, today),
            "base_url": settings.BASE_URL,
            "link": settings.BASE_URL + handover.get_absolute_url(),
        }
    return send_from_templates("handover/brief", person.email, person.language, context)


def _unanswered(count: ReminderCount | None, updates: Sequence[ProgressUpdate]) -> int:
    """An update since the first of them is an answer, and the count begins anew with the next reminder."""
    if count is None or any(update.recorded_at > count.first_at for update in updates):
        return 0
    return count.count


def _reminded(predecessor: User) -> dict[int, datetime]:
    """When the latest of the digests told of each action point, by its id. One query."""
    found: dict[int, datetime] = {}
    digests = Digest.objects.filter(recipient=predecessor, sent_at__isnull=False).only("snapshot", "sent_at")
    for digest in digests.order_by("-sent_at")[:DIGESTS]:
        for entry in digest.snapshot:
            found.setdefault(entry["action_point"], digest.sent_at)  # type: ignore[arg-type] # not null, as filtered
    return found
