"""Let 50 people log progress at once, then 200 read: `python -m tests.bench.load --seconds 300` (with DATABASE_URL on PostgreSQL).

Runs gunicorn on a scratch database, which is thrown away afterwards. Fails if an update that was confirmed is not stored, if the numbers
of the updates of an action point are not consecutive, or if a reader gets an error.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.bench.scratch import scratch_database

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from actions.models import ActionPoint, ProgressUpdate
from tests import personas, servers
from tracker.people.models import Role, User

WRITERS, READERS, PAGES_EACH = 50, 200, 5
PAGES = ("/agendas/2005/", "/agendas/2005/dashboard/", "/agendas/2005/action-points/", "/agendas/2005/3.2/", "/my/")


class Person:
    """Send requests of one signed-in person over one connection, and note how long each took."""

    def __init__(self, address: str, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = settings.SESSION_COOKIE_NAME
        self.headers = {"Cookie": f"{cookie}={client.cookies[cookie].value}; {settings.CSRF_COOKIE_NAME}={'c' * 32}"}
        self.host = urlsplit(address).netloc
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    def get(self, path: str) -> int:
        return self._send("GET", path)

    def log_progress(self, path: str, agency: int) -> int:
        """Publish an update, whatever others have published meanwhile. Return the status: 302 if it was stored."""
        form = {
            "status": "under_way",
            "narrative": f"Step {uuid.uuid4()}",
            "agency": agency,
            "submission": uuid.uuid4(),
        }
        return self._send("POST", path, urlencode(form | {"csrfmiddlewaretoken": "c" * 32}))

    def _send(self, method: str, path: str, body: str | None = None) -> int:
        begun = time.monotonic()
        connected = HTTPConnection(self.host, timeout=60)
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        connected.request(method, path, body, headers)
        response = connected.getresponse()
        response.read()
        connected.close()
        self.seconds.append(time.monotonic() - begun)
        self.statuses[response.status] += 1
        return response.status


def run(people: list[Person], work: Callable[[Person], object]) -> None:
    """Let all people work at once, each in a thread, and print the statuses of their answers and how long these took."""
    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(work, people))
    seconds = sorted(each for person in people for each in person.seconds)
    statuses = sum((person.statuses for person in people), Counter[int]())
    median, slow = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
    print(f"{len(people)} at once, {len(seconds)} requests: {dict(statuses)}; median {median:.2f} s, 95 % {slow:.2f} s")


def write(address: str, users: list[User], seconds: int) -> None:
    undp = personas.agency("UNDP")
    points = list(ActionPoint.objects.in_order().select_related("issue__agenda"))
    end = time.monotonic() + seconds

    def work(person: Person) -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            point = points[(number + writers.index(person)) % len(points)]
            person.log_progress(f"{point.get_absolute_url()}updates/", undp.pk)

    before = ProgressUpdate.objects.count()
    writers = [Person(address, user) for user in users[:WRITERS]]
    run(writers, work)
    stored = ProgressUpdate.objects.count() - before
    assert stored == sum(person.statuses[302] for person in writers), "an update was lost"
    for point in points:
        numbers = list(point.progress_updates.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1)), f"the numbers of {point} are not consecutive"
    print(f"{stored} updates stored, {stored / seconds:.0f} a second, all numbers consecutive")


def read(address: str, users: list[User]) -> None:
    readers = [Person(address, user) for user in users]
    run(readers, lambda person: [person.get(path) for path in PAGES[:PAGES_EACH]])
    assert all(person.statuses.keys() == {200} for person in readers), "a reader got an error"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="how long people log progress")
    seconds = parser.parse_args().seconds
    with scratch_database():
        call_command("load_baseline", verbosity=0)
        undp = personas.agency("UNDP")
        users = [
            personas.person(f"load{number}@example.org", Role.COORDINATOR, agency=undp) for number in range(READERS)
        ]
        server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
        environment = {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "TRACKER_DATA": str(settings.DATA_DIR),
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
            "SECRET_KEY": settings.SECRET_KEY,
            "LOG_LEVEL": "WARNING",
        }
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
        subprocess.run(collect, check=True, cwd=servers.ROOT, env=os.environ | environment)
        with servers.web_server(environment, "--workers", "3", "--threads", "8", "--timeout", "120") as (address, _log):
            write(address, users, seconds)
            read(address, users)


if __name__ == "__main__":
    main()
