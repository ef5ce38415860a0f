"""What digests cost with many people: `python -m tests.bench.digests --people 10000`.

Each person has ten action points that show no progress. In one run, side by side: planning all of it; writing the mails alone, in one
process, which is the most that one process could send; and sending them, with claim, fresh reading, fence and record, over SMTP to a server
in a process of its own. A sender has its writer in a process of its own, too, on a second processor, which that shares with the database
and the server: measure on a machine that does nothing else. Writing and sending take turns, so that both have their share of what else it
does all the same. Each turn starts a writer, which takes two seconds of it; a worker's turns are longer.
"""

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.scratch import DatabaseClock, scratch_database

# isort: split
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from actions.models import ActionPoint
from actions.reminders import planning, sending
from actions.reminders.composing import mail_of, words_of
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.periods import Period
from issues.models import Agenda, Issue
from tests import personas
from tests.bench.sink import smtp_process
from tracker.mail.delivery import Courier
from tracker.people.models import User

POINTS = 10
MAILED = 2000
"""So many of the digests are written and sent, to get a rate."""
TURN = 1000


def fill(people: int) -> Agenda:
    agenda = personas.agenda("2026")
    found = User.objects.bulk_create(
        User(email=f"person{number}@example.org", name=f"Person {number}", password="!") for number in range(people)
    )
    per_issue = 900
    issues = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=number + 1, title=f"Issue {number + 1}")
        for number in range(people * POINTS // per_issue + 1)
    )
    points = ActionPoint.objects.bulk_create(
        (
            ActionPoint(issue=issues[n // per_issue], number=n % per_issue + 1, title=f"What was agreed, number {n}")
            for n in range(people * POINTS)
        ),
        batch_size=5000,
    )
    owner = ActionPoint.focal_points.through
    owner.objects.bulk_create(
        (owner(actionpoint=point, user=found[n // POINTS]) for n, point in enumerate(points)), batch_size=5000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agenda


def first(count: int) -> list[Digest]:
    """Of those that wait, with what they say."""
    found = Digest.objects.select_related("recipient", "agenda__reminder_schedule", "asked_by")
    return list(found.filter(state=Digest.State.PENDING).order_by("pk")[:count])


def read(digests: list[Digest]) -> None:
    """What each is to say, as a sender reads it."""
    for begin in range(0, len(digests), sending.CLAIMED_AT_ONCE):
        list(sending.read_afresh(digests[begin : begin + sending.CLAIMED_AT_ONCE], timezone.now()))


def write(digests: list[Digest]) -> None:
    for digest in digests:
        mail_of(digest, words_of(digest, digest.snapshot, "en")).message().as_bytes()


def send(last: int) -> int:
    """Up to that digest, as the one sender of a worker does. The number of queries."""
    clock = DatabaseClock()
    with Courier() as courier, connection.execute_wrapper(clock):
        sending.send_due(courier, Digest.objects.filter(pk__lte=last))
    return clock.queries


def ended_children() -> float:
    """Seconds of processor time of processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(task: Callable[[], Any]) -> tuple[float, DatabaseClock]:
    clock, begin = DatabaseClock(), time.perf_counter()
    with connection.execute_wrapper(clock):
        task()
    return time.perf_counter() - begin, clock


def bench_planning(people: int) -> None:
    now = timezone.now()
    schedule = ReminderSchedule.objects.create(agenda=fill(people), starts_on=now.date())
    period = Period(now.date() - timedelta(days=1), now)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, clock = timed(lambda: planning.plan_round(schedule, "UTC", period, now))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{connection.vendor}, {people:,} people with {POINTS} action points each")
    print(f"planning: {seconds:.1f} s, {clock.queries} queries, {grown:.0f} MB of memory more than before")


def bench_sending() -> None:
    taken: dict[str, float] = defaultdict(float)
    with (
        smtp_process() as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
        ),
    ):
        write(first(50))
        for _turn in range(MAILED // TURN):
            if not (digests := first(TURN)):
                break
            last = digests[-1].pk
            taken["writing"] += timed(lambda: write(digests))[0]
            taken["reading"] += timed(lambda: read(digests))[0]
            digests.clear()
            began, processor, writer = time.perf_counter(), time.process_time(), ended_children()
            taken["queries"] += send(last)
            taken["sending"] += time.perf_counter() - began
            taken["sending, processor"] += time.process_time() - processor
            taken["writer, processor"] += ended_children() - writer
    sent = Digest.objects.filter(state=Digest.State.SENT).count()
    both = taken["writing"] + taken["reading"]
    print(f"writing alone: {sent / taken['writing']:.0f} mails a second")
    print(f"reading afresh and writing: {sent / both:.0f} mails a second")
    print(
        f"sending: {sent / taken['sending']:.0f} mails a second, {taken['queries'] / sent:.1f} queries each: "
        f"{taken['writing'] / taken['sending']:.0%} of writing alone, {both / taken['sending']:.0%} of reading and writing"
    )
    print(
        f"processor time a mail: {1000 * taken['sending, processor'] / sent:.1f} ms of the sender, "
        f"{1000 * taken['writer, processor'] / sent:.1f} ms of its writer"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    options = parser.parse_args()
    with scratch_database():
        bench_planning(options.people)
        bench_sending()


if __name__ == "__main__":
    main()
