"""Measure whether reminders work, for people (an alarm on the coordinator's pages) and for machines (/health/)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.reminders.models import Digest, Heartbeat

STALE_AFTER = timedelta(minutes=5)
"""The tick runs every minute: after this time without one the scheduler, the broker or the workers have stopped."""


@dataclass(frozen=True, slots=True)
class Health:
    last_tick: datetime | None
    """None before the first tick: the tracker has just been set up, or its scheduler was never started."""
    waiting: int
    """Digests that are due and not sent."""
    undecided: int
    """Uncertain and failed ones, which need a coordinator's decision."""
    failed: int
    """Of these, the failed ones."""
    is_alive: bool


def health(now: datetime) -> Health:
    """Count what is waiting, undecided and failed. Four queries."""
    last_tick = Heartbeat.objects.latest_tick()
    return Health(
        last_tick=last_tick,
        waiting=Digest.objects.due(now).count(),
        undecided=Digest.objects.undecided(now.date()).count(),
        failed=Digest.objects.failed(now.date()).count(),
        is_alive=last_tick is not None and now - last_tick <= STALE_AFTER,
    )


def stopped_since(now: datetime) -> datetime | None:
    """Return the last tick if it was too long ago. None before the first tick. One query."""
    last_tick = Heartbeat.objects.latest_tick()
    return last_tick if last_tick and now - last_tick > STALE_AFTER else None
