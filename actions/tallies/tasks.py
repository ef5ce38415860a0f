from celery import shared_task

from actions.tallies.rebuilding import fold
from tracker.locking import repeat_once


@shared_task(name="tallies.fold")
@repeat_once
def fold_tallies() -> int:
    """Keeps what dashboards add up short."""
    return fold()
