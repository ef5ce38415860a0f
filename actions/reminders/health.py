"""Measure whether reminders work, for people (an alarm on the coordinator's pages) and for machines (/health/)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from actions.reminders.models import Digest, Heartbeat

STALE_AFTER = timedelta(minutes=5)
"""The tick runs every minute: after this time without one the scheduler, the broker or the workers have stopped."""

LATE_AFTER = timedelta(hours=1)
"""The longest time between two attempts at a digest: what waits longer was refused more than once, or nobody sends it."""


@dataclass(frozen=True, slots=True)
class Health:
    last_tick: datetime | None
    """None before the first tick: the tracker has just been set up, or its scheduler was never started."""
    unsent: int
    """Digests that are still to be sent, also those that the mail server refused for now."""
    oldest_unsent: datetime | None
    """When the oldest of them was planned."""
    undecided: int
    """Uncertain and failed ones, which need a coordinator's decision."""
    failed: int
    """Of these, the failed ones."""
    is_alive: bool
    is_late: bool
    """Whether the oldest digest has waited longer than a mail server that works takes."""


def health(now: datetime) -> Health:
    """Count what is unsent, undecided and failed. Four queries."""
    last_tick = Heartbeat.objects.latest_tick()
    unsent = Digest.objects.unsent().aggregate(count=Count("pk"), oldest=Min("created_at"))
    return Health(
        last_tick=last_tick,
        unsent=unsent["count"],
        oldest_unsent=unsent["oldest"],
        undecided=Digest.objects.undecided(now.date()).count(),
        failed=Digest.objects.failed(now.date()).count(),
        is_alive=last_tick is not None and now - last_tick <= STALE_AFTER,
        is_late=unsent["oldest"] is not None and now - unsent["oldest"] > LATE_AFTER,
    )


def stopped_since(now: datetime) -> datetime | None:
    """Return the last tick if it was too long ago. None before the first tick. One query."""
    last_tick = Heartbeat.objects.latest_tick()
    return last_tick if last_tick and now - last_tick > STALE_AFTER else None
