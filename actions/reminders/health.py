"""Whether reminders are alive, for people (an alarm on the coordinator's pages) and for machines (/health/)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.reminders.models import Digest, Heartbeat

STALE_AFTER = timedelta(minutes=5)
"""The tick comes every minute: after this long without one the scheduler, the broker or the workers have stopped."""


@dataclass(frozen=True, slots=True)
class Health:
    last_tick: datetime | None
    """None where there was none yet: the tracker has just been set up, or its scheduler was never started."""
    waiting: int
    """Digests that are due and not sent."""
    undecided: int
    """Uncertain and failed ones, which wait for a coordinator's decision."""
    failed: int
    """Of these, the failed ones."""
    is_alive: bool


def health(now: datetime) -> Health:
    """Four queries."""
    last_tick = Heartbeat.objects.last()
    return Health(
        last_tick=last_tick,
        waiting=Digest.objects.due(now).count(),
        undecided=Digest.objects.undecided().count(),
        failed=Digest.objects.failed().count(),
        is_alive=last_tick is not None and now - last_tick <= STALE_AFTER,
    )


def standstill_since(now: datetime) -> datetime | None:
    """The last tick, where there was one and it is too long ago. One query."""
    last_tick = Heartbeat.objects.last()
    return last_tick if last_tick and now - last_tick > STALE_AFTER else None
