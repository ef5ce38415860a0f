"""The whole way with real parts: a Celery worker of its own takes the task, and the mail arrives at an SMTP server."""

import threading
from typing import Any

import pytest

from actions.reminders import tasks
from actions.reminders.models import Digest
from actions.reminders.tasks import send_due, tick
from tests import personas
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def digest_due(focal_point):
    """Somebody with a part that is due, of an agenda whose period has begun."""
    personas.lead(personas.action_point(title="Joint training"), focal_point.agency)
    return personas.schedule_due(personas.agenda(), focal_point)


def test_worker_has_one_sender_at_a_time(monkeypatch):
    """The second goes without waiting, and calls for no other: the first does."""
    at_it, go_on, begun, called = threading.Event(), threading.Event(), [], []

    def slow(courier: Any, **options: Any) -> None:
        begun.append(1)
        at_it.set()
        go_on.wait(20)

    monkeypatch.setattr(tasks.sending, "send_due", slow)
    monkeypatch.setattr(tasks, "_enqueue_sender", lambda: called.append(1))
    monkeypatch.setattr(tasks.Digest.objects, "due", lambda now: tasks.Digest.objects.none())
    first = threading.Thread(target=tasks.send_due)
    first.start()
    assert at_it.wait(20)
    tasks.send_due()
    go_on.set()
    first.join(20)
    tasks.send_due()

    assert (len(begun), called) == (2, [])


def test_worker_runs_the_tick_and_sends_the_digest_once(digest_due, celery_worker_process, smtp_server, focal_point):
    for _ in range(3):
        tick.delay()

    mail = smtp_server.wait_for(1)[0]
    wait_until(lambda: Digest.objects.filter(state=Digest.State.SENT).first(), "the record of it")
    send_due.delay()
    tick.delay()
    wait_until(lambda: celery_worker_process.read_text().count("succeeded") >= 6, "all tasks")

    assert mail["To"] == focal_point.email
    assert mail["Subject"] == "1 action point needs an update"
    assert len(smtp_server.messages) == 1
    assert Digest.objects.count() == 1
