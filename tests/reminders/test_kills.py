"""A worker that is killed (kill -9) at each step of sending: no duplicate at the mail server, and no digest lost in silence."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.db.models import F
from django.utils import timezone

from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.sending import CLAIMED_AT_ONCE
from actions.reminders.tasks import send_due, tick
from tests import personas
from tests.conftest import worker_environment
from tests.servers import ROOT, celery_worker, wait_until
from tracker.processes import start_child

pytestmark = pytest.mark.django_db(transaction=True)

State = Digest.State
ENDED = [State.SENT, State.UNCERTAIN, State.FAILED, State.CANCELLED]


@pytest.fixture
def digest_due(focal_point):
    current_app.control.purge()
    personas.action_point(title="Joint training").lead_agencies.add(focal_point.agency)
    day = timezone.localdate() - timedelta(days=60)
    return ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on=day)


def let_time_pass():
    """As if an hour had gone by: leases have run out."""
    hour = timedelta(hours=1)
    Digest.objects.filter(lease_until__isnull=False).update(lease_until=F("lease_until") - hour)


def kill_and_recover(smtp_server, tmp_path, **failpoint):
    """A worker dies at the failpoint; a healthy one comes up an hour later. The digest as it ends."""
    mark = tmp_path / "died"
    environment = worker_environment() | {"EMAIL_URL": smtp_server.url}
    dying = {name.upper(): value for name, value in failpoint.items()} | {"FAILPOINT_MARK": str(mark)}
    with celery_worker(environment | dying, app="tests.reminders.failpoints"):
        tick.delay()
        wait_until(mark.exists, "the worker's death")
    let_time_pass()
    with celery_worker(environment):
        tick.delay()
        wait_until(lambda: Digest.objects.filter(state__in=ENDED).exists(), "the end of the digest")
        tick.delay()
        wait_until(lambda: not Digest.objects.exclude(state__in=ENDED).exists(), "all digests")
    return Digest.objects.get()


@pytest.mark.parametrize(
    ("step", "state", "mails"),
    [
        ("claimed", State.SENT, 1),
        ("composed", State.SENT, 1),
        ("connected, not fenced", State.SENT, 1),
        ("fenced, nothing sent", State.UNCERTAIN, 0),
        ("accepted, not recorded", State.UNCERTAIN, 1),
        ("recorded", State.SENT, 1),
    ],
)
def test_killed_worker_makes_no_duplicate_and_loses_nothing_in_silence(
    digest_due, smtp_server, tmp_path, step, state, mails
):
    digest = kill_and_recover(smtp_server, tmp_path, failpoint=step)

    assert (digest.state, len(smtp_server.messages)) == (state, mails)


def test_without_the_fence_a_killed_worker_makes_a_duplicate(digest_due, smtp_server, tmp_path):
    """The control: it shows that the tests above would notice."""
    kill_and_recover(smtp_server, tmp_path, failpoint="accepted, not recorded", fence="off")

    assert len(smtp_server.messages) == 2


def writers_of(worker):
    """The processes that the worker has started to write digests."""
    started = {
        pid for children in Path(f"/proc/{worker}/task").glob("*/children") for pid in children.read_text().split()
    }
    return [int(pid) for pid in started if b"reminders.writing" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(os.cpu_count() == 1, reason="a single processor gets no writer")
def test_writer_ends_with_the_worker_that_is_killed(focal_point, smtp_server):
    current_app.control.purge()
    point, now = personas.action_point(), timezone.now()
    for number in range(CLAIMED_AT_ONCE):
        person = personas.person(f"{number:03}@example.org")
        point.focal_points.add(person)
        personas.digest(person, point, created_at=now, next_attempt_at=now)
    smtp_server.hangs = 0.2
    worker = start_child(
        [sys.executable, "-m", "celery", "-A", "tracker", "worker", "-P", "threads", "-c", "2"],
        cwd=ROOT,
        env=os.environ | worker_environment() | {"EMAIL_URL": smtp_server.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        send_due.delay()
        (writer,) = wait_until(lambda: writers_of(worker.pid), "the writer", 60)
        smtp_server.wait_for(10)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    wait_until(lambda: not Path(f"/proc/{writer}").exists(), "the end of the writer")
    let_time_pass()
    Digest.objects.sweep(timezone.now())
    assert Digest.objects.filter(state=State.UNCERTAIN).count() <= 1
    assert len({mail["To"] for mail in smtp_server.messages}) == len(smtp_server.messages)
