"""Worker groups that are killed (kill -9) at random moments while they send, with a broker that forgets and servers that crash.

Every test run has a few kills. `python -m tests.nightly` has hundreds (KILLS_COUNT, KILLS_CRASHES, KILLS_SEED), with few digests and with
many (KILLS_PEOPLE).
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from actions.reminders.models import Digest
from actions.reminders.models.digest_queryset import MAX_ATTEMPTS
from actions.reminders.tasks import tick
from tests import personas, servers
from tests.conftest import worker_environment
from tests.reminders.test_kills import ENDED, State, let_time_pass
from tests.servers import ROOT, wait_until
from tracker.embedded.processes import kill_group, start_child

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("KILLS_COUNT", "4"))
CRASHES = bool(os.environ.get("KILLS_CRASHES"))
PEOPLE = int(os.environ.get("KILLS_PEOPLE", "25"))
"""Who get a digest each time."""
MOMENT = 0.5 if PEOPLE < 200 else 5
"""Seconds after the first mail within which workers die: with many digests long enough for what writes ahead to be at work."""
GROUP = 2
"""Worker processes, with one thread each: so many mails can be under way when they die."""


class SlowMailbox(servers.Mailbox):
    """Writes down what it took, and lets a moment go by before it says so: there the worker shall die."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(random.uniform(0, 0.04))
        return answer


@contextmanager
def worker_group(environment: dict[str, str], folder: Path, app: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "-P", "threads", "-c", "1", "-l", "INFO"]
    log = (folder / "workers.log").open("ab")
    group = [
        start_child([*command, "-n", f"w{number}@%h"], cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
        for number in range(GROUP)
    ]
    try:
        yield group
    finally:
        for worker in group:
            kill_group(worker)
            worker.wait()
        log.close()


def ticking(stop: threading.Event) -> None:
    """A scheduler in a hurry."""
    while not stop.wait(0.2):
        with suppress(OperationalError, OSError):
            tick.delay()


def add_digests(day: int) -> None:
    now = timezone.now()
    point = personas.action_point(personas.issue(number=day + 1))
    for number in range(PEOPLE):
        person = personas.person(f"{day}.{number}@example.org")
        personas.assign(point, person)
        personas.digest(person, point, created_at=now, next_attempt_at=now)


def forget() -> None:
    """The broker loses all that it holds."""
    if connection.vendor == "sqlite":
        for queued in Path(current_app.conf.broker_transport_options["data_folder_in"]).glob("*"):
            queued.unlink(missing_ok=True)
    else:
        with current_app.connection() as broker:
            redis: Any = broker.default_channel
            redis.client.flushdb()
            if CRASHES:  # all connections end, as when it is restarted
                redis.client.client_kill_filter(_type="normal")


def crash_postgresql() -> None:
    """Kill one of its processes: it ends all connections, and recovers from its log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        victims = [pid for (pid,) in cursor.fetchall()]
    connection.close()
    for pid in victims[:1]:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)  # until it has noticed
    wait_until(_answers, "PostgreSQL to recover")


def _answers() -> bool:
    try:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return False
    return True


def kill_at_random(tmp_path: Path, app: str = "tracker") -> tuple[Counter[str], Counter[str], int]:
    """How often each Message-ID was taken by the server, digests by state, and how many workers were killed."""
    chance = random.Random(int(os.environ.get("KILLS_SEED", "1")))
    troubles = [lambda: None, lambda: None, forget]
    if CRASHES and connection.vendor == "postgresql":
        troubles += [crash_postgresql]
    killed = 0
    with servers.smtp(SlowMailbox) as mailbox:
        environment = worker_environment() | {"EMAIL_URL": mailbox.url}
        stop = threading.Event()
        scheduler = threading.Thread(target=ticking, args=[stop])
        scheduler.start()
        try:
            for day in range(-(-KILLS // GROUP)):
                add_digests(day)
                before = len(mailbox.messages)
                with worker_group(environment, tmp_path, app):
                    wait_until(lambda: len(mailbox.messages) > before, "the first mail", 90)  # noqa: B023
                    time.sleep(chance.uniform(0, MOMENT))
                    chance.choice(troubles)()
                    time.sleep(chance.uniform(0, 0.3))
                killed += GROUP
                let_time_pass()
            for _ in range(MAX_ATTEMPTS):
                with worker_group(environment, tmp_path, app):
                    wait_until(
                        lambda: not Digest.objects.due(timezone.now() + timedelta(days=1)).exists(),
                        "the rest",
                        90 + KILLS * PEOPLE / 50,
                    )
                if not Digest.objects.exclude(state__in=ENDED).exists():
                    break
                let_time_pass()
        finally:
            stop.set()
            scheduler.join()
        Digest.objects.sweep(timezone.now() + timedelta(days=1))
        taken = Counter(str(mail["Message-ID"]) for mail in mailbox.messages)
    return taken, Counter(Digest.objects.values_list("state", flat=True)), killed


def test_killed_groups_make_no_duplicate_and_each_digest_ends(tmp_path):
    current_app.control.purge()
    begin = time.monotonic()

    taken, states, killed = kill_at_random(tmp_path)

    duplicates = sum(1 for count in taken.values() if count > 1)
    print(
        f"\n{connection.vendor}: {killed} workers killed, {sum(states.values())} digests, {len(taken)} taken by the server, "
        f"{duplicates} twice, {dict(states)}, {time.monotonic() - begin:.0f} s"
    )
    sent = set(Digest.objects.filter(state=State.SENT).values_list("message_id", flat=True))
    known = set(Digest.objects.filter(state__in=[State.SENT, State.UNCERTAIN]).values_list("message_id", flat=True))
    assert duplicates == 0
    assert set(states) <= {State.SENT, State.UNCERTAIN}
    assert sent <= set(taken) <= known
    assert states[State.UNCERTAIN] <= killed + (killed if CRASHES else 0)
