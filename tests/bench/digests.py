"""What digests cost with many people: `python -m tests.bench.digests --people 10000`.

Each person has ten action points that show no progress. In one run, side by side: planning all of it; writing the mails alone, which is the
limit; and sending them, with claim, fence and record, over SMTP to a server in a process of its own.
"""

import argparse
import logging
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
from actions.reminders.models import Digest, DigestQuerySet, ReminderSchedule
from actions.reminders.periods import Period
from issues.models import Agenda, Issue
from tests import personas, servers
from tracker.mail import Courier
from tracker.people.models import User

POINTS = 10
SENDERS = 4
MAILED = 1000
"""So many of the digests are written and sent, to get a rate."""


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


@contextmanager
def smtp_process() -> Iterator[int]:
    """The port of an SMTP server on a core of its own."""
    ports: Any = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=30)
    finally:
        process.terminate()


def _serve(ports: Any) -> None:
    logging.disable()
    with servers.smtp(Counting) as mailbox:
        ports.put(int(mailbox.url.rpartition(":")[2]))
        while True:
            time.sleep(3600)


class Counting(servers.Mailbox):
    """Takes mail without reading it: what a mail server does with it is not what is measured."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return "250 OK"


def write(digests: list[Digest]) -> None:
    for digest in digests:
        mail_of(digest, words_of(digest, digest.snapshot, "en")).message().as_bytes()


def send(digests: list[Digest]) -> int:
    """By as many threads as a worker has, each on a connection of its own. The number of queries."""
    ledger = Digest.objects.filter(pk__lte=max(digest.pk for digest in digests))
    with ThreadPoolExecutor(SENDERS) as pool:
        return sum(sender.result() for sender in [pool.submit(_send, ledger) for _ in range(SENDERS)])


def _send(ledger: DigestQuerySet) -> int:
    clock = DatabaseClock()
    try:
        with Courier() as courier, connection.execute_wrapper(clock):
            sending.send_due(courier, ledger)
    finally:
        connection.close()
    return clock.queries


def timed(task: Callable[[], Any]) -> tuple[float, DatabaseClock]:
    clock, begin = DatabaseClock(), time.perf_counter()
    with connection.execute_wrapper(clock):
        task()
    return time.perf_counter() - begin, clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    people = parser.parse_args().people
    with scratch_database():
        now = timezone.now()
        schedule = ReminderSchedule.objects.create(agenda=fill(people), starts_on=now.date())
        period = Period(now.date() - timedelta(days=1), now)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, clock = timed(lambda: planning.plan_round(schedule, "UTC", period, now))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"{connection.vendor}, {people:,} people with {POINTS} action points each")
        print(f"planning: {seconds:.1f} s, {clock.queries} queries, {grown:.0f} MB of memory more than before")
        digests = list(Digest.objects.select_related("recipient__agency", "agenda").order_by("pk")[:MAILED])
        write(digests[:50])
        limit, _clock = timed(lambda: write(digests))
        with (
            smtp_process() as port,
            override_settings(
                EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
            ),
        ):
            begin = time.perf_counter()
            queries = send(digests)
            taken = time.perf_counter() - begin
        sent = Digest.objects.filter(state=Digest.State.SENT).count()
        print(f"writing alone: {len(digests) / limit:.0f} mails a second")
        print(
            f"sending: {sent / taken:.0f} mails a second ({limit / taken:.0%} of that), {queries / sent:.1f} queries each"
        )


if __name__ == "__main__":
    main()
