"""Writers at the same time: the second sees what the first did, so the kept tables do not drift."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from actions.models import ActionPoint
from actions.tallies.rebuilding import differences, fold
from issues.models import Agenda
from tests import personas
from tests.personas import NOW

WRITERS, STEPS = 4, 25


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_leave_no_difference():
    points = [personas.action_point(number=number).pk for number in (1, 2)]
    agencies = [personas.agency(acronym) for acronym in ("UNDP", "UNSSC")]
    issue = personas.issue()

    def do(chance, number):
        point = ActionPoint.objects.get(pk=chance.choice(points))
        status = chance.choice(["exploring", "under_way", "completed"])
        work = [
            lambda: point.log_progress(personas.progress(status=status), author=None, now=NOW),
            lambda: point.lead_agencies.add(chance.choice(agencies)),
            lambda: point.lead_agencies.remove(chance.choice(agencies)),
            lambda: point.milestones.create(title=f"Milestone {number}", due=f"20{chance.randint(10, 40)}"),
            lambda: Agenda.objects.update(silence_days=chance.randint(30, 300)),
            lambda: ActionPoint.objects.create(issue=issue, number=100 + number, title="New"),
            fold,
        ]
        chance.choice(work)()

    def write(writer):
        chance, done = random.Random(writer), 0
        try:
            for step in range(STEPS):
                with suppress(OperationalError):  # two that wait for each other: one is turned away, whole
                    do(chance, writer * STEPS + step)
                    done += 1
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        done = list(pool.map(write, range(WRITERS)))

    assert sum(done) > WRITERS * STEPS / 2
    assert differences(connection) == 0
