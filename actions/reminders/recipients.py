"""Select the people who may get a digest."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from actions.reminders.models.digest import Digest
from issues.models import Agenda
from tracker.people.models import DigestCeiling, User


def accepting_digests(today: date) -> QuerySet[User]:
    """People who are active and accept digests on that day."""
    return User.objects.active().filter(
        Q(digests_paused_until=None) | Q(digests_paused_until__lte=today), wants_digests=True
    )


def without_digest(agenda: Agenda, period_start: date) -> Any:
    """People without a digest of that period, and without one so shortly before that their own limit allows no other."""
    of_person = Digest.objects.filter(recipient=OuterRef("pk"), agenda=agenda, asked_about=None)
    first_days = {
        DigestCeiling.FORTNIGHTLY: period_start - timedelta(days=13),
        DigestCeiling.MONTHLY: period_start.replace(day=1),
    }
    recent = Q(period_start=period_start)
    for ceiling, first_day in first_days.items():
        kept = ~Q(state=Digest.State.CANCELLED)
        recent |= kept & Q(recipient__digest_ceiling=ceiling, period_start__range=(first_day, period_start))
    return ~Exists(of_person.filter(recent))
