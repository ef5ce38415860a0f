"""Select the people who may get a digest."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from actions.reminders.models.digest import Digest
from tracker.people.models import DigestCeiling


def without_digest(today: date) -> Q:
    """People without a digest of that day, and without one so shortly before that their own limit allows no other."""
    digests = Digest.objects.filter(recipient=OuterRef("pk"), asked_about=None)
    first_days = {
        DigestCeiling.FORTNIGHTLY: today - timedelta(days=13),
        DigestCeiling.MONTHLY: today.replace(day=1),
    }
    free = Q(~Exists(digests.filter(day=today)))
    for ceiling, first_day in first_days.items():
        recent = digests.exclude(state=Digest.State.CANCELLED).filter(day__range=(first_day, today))
        free &= ~Q(Exists(recent), digest_ceiling=ceiling)
    return free
