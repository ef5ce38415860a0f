"""Redis is killed, frozen, full or a read-only replica: people sign in and reset passwords as ever, without waiting long."""

import os
import re
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from redis import Redis

from tests import personas, servers
from tests.conftest import worker_environment
from tests.servers import free_port, wait_until
from tracker.embedded.processes import start_child, stop_child

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # the test is about Redis, whatever the database
    pytest.mark.skipif(not shutil.which("redis-server"), reason="Redis is not installed (on Debian: redis-server)"),
]

PASSWORD = "tavo-kemi-runa-sipo"
SECONDS = 5
"""How long a page may take while Redis is away."""


class Browser:
    """Send requests to the tracker as a browser does, with cookies and CSRF tokens, and note how long the slowest took."""

    def __init__(self, address: str) -> None:
        self.address, self.slowest = address, 0.0
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return self._open(path, None)

    def post(self, path: str, **fields: str) -> str:
        """Send the form of a page; return the page that follows. Raises HTTPError for an answer of the 400 or 500 family."""
        page = self._open(path, None)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        return self._open(path, urlencode(fields | {"csrfmiddlewaretoken": token[1]}).encode())

    def _open(self, path: str, data: bytes | None) -> str:
        begun = time.monotonic()
        with self.opener.open(self.address + path, data, timeout=60) as response:
            page = response.read().decode()
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return page


def _signal(server: Redis, number: signal.Signals) -> None:
    os.kill(server.info("server")["process_id"], number)


STATES: dict[str, Callable[[Redis], object]] = {
    "killed": lambda server: _signal(server, signal.SIGKILL),
    "frozen": lambda server: _signal(server, signal.SIGSTOP),
    "full": lambda server: server.config_set("maxmemory", 1),
    "read-only": lambda server: server.replicaof("127.0.0.1", 1),
}


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    with servers.redis() as url, Redis.from_url(url) as client:
        yield client


@pytest.fixture
def site(redis_server: Redis, tmp_path: Path, smtp_server: servers.Mailbox) -> Iterator[str]:
    """Run gunicorn with cache and broker on `redis_server`; yield its address."""
    port, log = free_port(), tmp_path / "gunicorn.log"
    options = redis_server.connection_pool.connection_kwargs
    url = f"redis://{options['host']}:{options['port']}/0"
    environment = os.environ | worker_environment() | {"CELERY_BROKER_URL": url, "CACHE_URL": url}
    environment |= {"EMAIL_URL": smtp_server.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    with log.open("wb") as file:
        child = start_child([*command, "--threads", "4"], env=environment, stdout=file, stderr=file)
        try:
            wait_until(lambda: b"Booting worker" in log.read_bytes(), "gunicorn")
            yield f"http://127.0.0.1:{port}"
        finally:
            stop_child(child)


@pytest.fixture
def person():
    found = personas.person("focal.undp@example.org", agency=personas.agency("UNDP"))
    found.set_password(PASSWORD)
    found.save()
    return found


@pytest.mark.parametrize("state", STATES)
def test_signing_in_and_password_resets_work_while_redis_is_away(site, redis_server, smtp_server, person, state):
    personas.agenda(visible_to="everybody")
    secret = generate_totp_secret()
    warm = Browser(site)
    warm.post("/accounts/login/", login=person.email, password="wrong")
    warm.post("/accounts/password/reset/", email="nobody@example.org")  # opens the connections that break
    STATES[state](redis_server)

    browser = Browser(site)
    failed = browser.post("/accounts/login/", login=person.email, password="wrong")
    signed_in = browser.post("/accounts/login/", login=person.email, password=PASSWORD)
    visitor = Browser(site)
    reset = visitor.post("/accounts/password/reset/", email=person.email)
    searched = visitor.get("/search/?q=train")
    TOTP.activate(person, secret)
    second = Browser(site)
    second.post("/accounts/login/", login=person.email, password=PASSWORD)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with_code = second.post("/accounts/2fa/authenticate/", code=code)

    assert "Sign out" not in failed
    assert "Sign out" in signed_in
    assert "Sign out" in with_code
    assert "mail" in reset
    assert "Search" in searched
    assert [mail["To"] for mail in smtp_server.wait_for(1)] == [person.email]
    assert max(browser.slowest, visitor.slowest, second.slowest) < SECONDS
