"""The broker is killed (kill -9) while workers send, and comes up again empty: nothing is lost, and nothing is sent twice."""

import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from actions.reminders.models import Digest
from actions.reminders.tasks import tick
from tests import servers
from tests.conftest import worker_environment
from tests.reminders.test_kills import State
from tests.reminders.test_random_kills import PEOPLE, SlowMailbox, add_digests, worker_group
from tests.servers import free_port, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="Redis is not installed (on Debian: redis-server)"),
]


@contextmanager
def ticking(broker: str) -> Iterator[None]:
    """A scheduler in a hurry. What it says while there is no broker is lost."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.3):
            with suppress(OperationalError, OSError), Connection(broker) as connection:
                tick.apply_async(connection=connection, retry=False)  # type: ignore[call-arg] # the stubs do not know it

    scheduler = threading.Thread(target=work)
    scheduler.start()
    try:
        yield
    finally:
        stop.set()
        scheduler.join()


def test_redis_that_is_killed_and_restarted_loses_nothing_and_doubles_nothing(tmp_path: Path):
    port = free_port()
    with servers.smtp(SlowMailbox) as mailbox, ExitStack() as before:
        broker = before.enter_context(servers.redis(port))
        environment = worker_environment() | {"EMAIL_URL": mailbox.url, "CELERY_BROKER_URL": broker}
        add_digests(0)
        with worker_group(environment, tmp_path, "tracker"), ticking(broker):
            mailbox.wait_for(3, 40)
            before.close()
            add_digests(1)
            time.sleep(1)  # while there is no broker
            # A worker may end with its connection (Celery 5.7 with Redis does so now and then): something starts others.
            with servers.redis(port), worker_group(environment, tmp_path, "tracker"):
                wait_until(lambda: not Digest.objects.exclude(state=State.SENT).exists(), "all digests")
                add_digests(2)  # nothing else is under way any more
                wait_until(lambda: not Digest.objects.exclude(state=State.SENT).exists(), "new digests")

    assert Counter(mail["To"] for mail in mailbox.messages) == dict.fromkeys(
        Digest.objects.values_list("recipient__email", flat=True), 1
    )
    assert len(mailbox.messages) == 3 * PEOPLE
