"""Select the people who may get a digest."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from actions.reminders.models.digest import Digest
from tracker.people.models import DigestCeiling


def without_digest(today: date) -> Any:
    """People without a digest of that day, and without one so shortly before that their own limit allows no other."""
    of_person = Digest.objects.filter(recipient=OuterRef("pk"), asked_about=None)
    first_days = {
        DigestCeiling.FORTNIGHTLY: today - timedelta(days=13),
        DigestCeiling.MONTHLY: today.replace(day=1),
    }
    recent = Q(day=today)
    for ceiling, first_day in first_days.items():
        kept = ~Q(state=Digest.State.CANCELLED)
        recent |= kept & Q(recipient__digest_ceiling=ceiling, day__range=(first_day, today))
    return ~Exists(of_person.filter(recent))
