"""Test that a PostgreSQL server that is frozen keeps pages and commands waiting for seconds only, also behind PgBouncer."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import psycopg2
import pytest

from tests import servers
from tests.servers import ROOT, wait_until

pytestmark = [
    pytest.mark.skipif(not servers.find_postgresql(), reason="PostgreSQL is not installed (on Debian: postgresql)"),
    pytest.mark.one_database,
]
THREADS = 4


@dataclass
class Answer:
    status: int
    seconds: float
    body: str


def ask(address: str) -> Answer:
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            status, body = response.status, response.read().decode()
    except HTTPError as error:
        status, body = error.code, error.read().decode()
    return Answer(status, time.monotonic() - begun, body)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Run a PostgreSQL server with the tables of the tracker; yield its DATABASE_URL."""
    with servers.postgresql() as url:
        ended = run(url, "from django.core.management import call_command as c; c('migrate', verbosity=0)")
        assert ended.returncode == 0, ended.stderr
        yield url


def environment(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def run(url: str, code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=os.environ | environment(url),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(params=["direct", "transaction", "session"])
def url(request: pytest.FixtureRequest, database: str) -> Iterator[str]:
    """Yield the DATABASE_URL of the server itself, and through PgBouncer in both modes."""
    if request.param == "direct":
        yield database
    elif not servers.find_pgbouncer():
        pytest.skip("PgBouncer is not installed")
    else:
        with servers.pgbouncer(database, request.param) as pooled:
            yield pooled


@pytest.fixture
def site(url: str) -> Iterator[tuple[str, Path]]:
    with servers.web_server(environment(url), "--threads", str(THREADS)) as (address, log):
        assert ask(f"{address}/agendas/").status == 200
        yield address, log


def test_pages_answer_503_within_seconds_while_the_database_is_frozen(database, site):
    address, log = site
    page = f"{address}/agendas/"
    with ThreadPoolExecutor(3 * THREADS) as people:
        list(people.map(ask, [page] * THREADS))  # each thread has a connection
        with servers.frozen(database):
            first = list(people.map(ask, [page] * 3 * THREADS))
            later = list(people.map(ask, [page] * 3 * THREADS))
        wait_until(lambda: ask(page).status == 200, "the page")

    assert {answer.status for answer in first + later} == {503}
    assert max(answer.seconds for answer in first) < 10
    assert sorted(answer.seconds for answer in later)[len(later) // 2] < 1
    assert log.read_text().count("The database does not answer.\n") == 1
    assert "Traceback" not in log.read_text()


def test_health_answers_in_json_within_two_seconds_while_the_database_is_frozen(database, site):
    address, _log = site
    monitor = [f"{address}/health/", f"{address}/alive/"]
    with ThreadPoolExecutor(THREADS) as people:
        list(people.map(ask, [f"{address}/health/"] * THREADS))
        with servers.frozen(database):
            health, alive = zip(*(map(ask, monitor) for _ in range(3)), strict=True)

    assert {answer.status for answer in health} == {503}
    assert {answer.body for answer in health} == {'{"status": "the database does not answer"}'}
    assert max(answer.seconds for answer in health) < 2
    assert {answer.status for answer in alive} == {200}


def test_query_under_way_ends_soon_after_the_database_is_frozen(database, url):
    code = "from django.db import connection as c; u = c.cursor(); print('begun', flush=True); u.execute('SELECT pg_sleep(60)')"
    process = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=os.environ | environment(url),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"begun\n"
    time.sleep(0.5)
    with servers.frozen(database):
        begun = time.monotonic()
        _, errors = process.communicate(timeout=30)

    assert b"OperationalError: The database does not answer" in errors
    assert time.monotonic() - begun < 10


def test_pooler_without_a_limit_for_queries_is_reported(database):
    if not servers.find_pgbouncer():
        pytest.skip("PgBouncer is not installed")
    check = "from django.core.management import call_command as c; c('check', databases=['default'])"
    with servers.pgbouncer(database, "transaction") as pooled:
        without = run(pooled, check)
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("ALTER ROLE tracker SET statement_timeout = '30s'")
    with servers.pgbouncer(database, "transaction") as pooled:
        pooled_with = run(pooled, check)
    direct = run(database, check)

    assert "ALTER ROLE tracker SET statement_timeout = '30s'" in without.stderr
    assert [each.stderr.count("ALTER ROLE") for each in (pooled_with, direct)] == [0, 0]


def test_long_query_may_go_on_while_the_server_answers_others(url):
    ended = run(
        url, "from django.db import connection as c; u = c.cursor(); u.execute('SELECT pg_sleep(5)'); print('done')"
    )

    assert (ended.stdout, ended.returncode) == ("done\n", 0)
