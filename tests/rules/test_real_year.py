"""Play a simulated year in the tracker, and compare its figures, parts and digests with the obvious model.

The ordinary run compares some ten days of one year. `YEAR_SEEDS` and `YEAR_EVERY` are for more (see `tests.nightly`).
"""

import os
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from actions.reminders.planning import plan
from tests.rules.pictures import Tracker, active, modelled, modelled_digests, modelled_waiting
from tests.rules.real_world import RealWorld
from tests.rules.year import simulated_year

pytestmark = pytest.mark.one_database  # test_real_rules.py compares the rules on each database

SEEDS = [int(seed) for seed in os.environ.get("YEAR_SEEDS", "1").split(",")]
EVERY = int(os.environ.get("YEAR_EVERY", "36"))
"""Days between two comparisons."""
PLANNED_AT = time(14)
"""In UTC: the morning in New York, so that the digests of the day are due everywhere."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_of_digests_and_figures_is_that_of_the_obvious_model(db: Any, seed: int):
    """Each day's digests are planned before anything else happens on it. One person in four is asked what waits for them, in turn."""
    world = RealWorld()
    days = sent = 0
    compares_digests = True
    for number, (day, events) in enumerate(simulated_year(seed, merging=False)):
        if number:
            plan(datetime.combine(day, PLANNED_AT, UTC))
        compares_digests |= number % EVERY == 0
        if compares_digests and begins_a_period(world, day):
            digests = Tracker(world).digests(day)
            assert digests == modelled_digests(world.network, day), day
            days, sent, compares_digests = days + 1, sent + len(digests), False
        for event in events:
            world.play(event)
        if number % EVERY == EVERY - 1:
            tracker, people = Tracker(world), active(world.network)[number // EVERY % 4 :: 4]
            assert tracker.picture(day) == modelled(world.network, day), day
            assert tracker.waiting(day, people) == modelled_waiting(world.network, day, people), day

    assert days > 5
    assert sent > days


def begins_a_period(world: RealWorld, day: date) -> bool:
    return any(agenda.state == "open" and day in agenda.period_starts for agenda in world.network.agendas.values())
