"""Limit how long this process waits for PostgreSQL.

A server that is frozen is not noticed by TCP, because its machine still confirms what it receives, and the server's own time-outs stop with
it. So psycopg2 waits with the functions of this module, which ask now and then whether the server still answers anybody.
"""

import logging
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import Any

import psycopg2
from psycopg2 import extensions

PATIENCE = 3
"""How long a connection that is used again may take to answer, and how long a query runs before the server is asked for a sign of life."""
PAUSE = 2
"""How long nothing asks a server that did not answer."""
LONGEST_ATTEMPT = 10
"""How long others wait for the one thread that asks it again."""

log = logging.getLogger(__name__)


class NoAnswerError(psycopg2.OperationalError):
    """The server did not answer in time."""


class Outage:
    """Remember that the server does not answer: one thread at a time waits for it, and the others fail at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_attempt = 0.0
        self.is_known = False

    def begin(self) -> None:
        with self._lock:
            if not self.is_known:
                log.warning("The database does not answer.")
            self.is_known, self._next_attempt = True, monotonic() + PAUSE

    def end(self) -> None:
        with self._lock:
            if self.is_known:
                log.warning("The database answers again.")
            self.is_known = False

    def forbids_attempt(self) -> bool:
        """Return whether the caller must not ask the server now. False for one caller in each pause, who reports what came of it."""
        with self._lock:
            if not self.is_known:
                return False
            if monotonic() < self._next_attempt:
                return True
            self._next_attempt = monotonic() + LONGEST_ATTEMPT
            return False

    def report_silence(self) -> None:
        """Begin, unless the server had less time than usual (`answer_within`)."""
        if self.is_known or _limit.deadline == inf:
            self.begin()


class _Limit(threading.local):
    deadline: float = inf


outage = Outage()
_limit = _Limit()
_longest = inf
"""How long one query may take in this process."""


def limit_queries(database: dict[str, Any], seconds: int) -> None:
    """Limit each query of this process: by the server, and a little later here, for a server that answers others but not this query."""
    global _longest
    if database["ENGINE"] == "tracker.postgresql":
        database["OPTIONS"]["options"] += f" -c statement_timeout={seconds}s"
        _longest = seconds + PATIENCE


@contextmanager
def answer_within(seconds: float) -> Iterator[None]:
    """Let all waits of this thread in the block end after `seconds` altogether, with NoAnswerError (Django: OperationalError)."""
    before = _limit.deadline
    _limit.deadline = min(before, monotonic() + seconds)
    try:
        yield
    finally:
        _limit.deadline = before


def wait(connection: Any) -> None:
    """Wait for the answer on a connection. Raises NoAnswerError, after which psycopg2 closes the connection."""
    begun = monotonic()
    deadline = min(_limit.deadline, begun + _longest)
    ask_at = begun + PATIENCE if _limit.deadline == inf else inf
    while (state := connection.poll()) != extensions.POLL_OK:
        if _is_ready(connection, state, min(deadline, ask_at)):
            continue
        if monotonic() >= deadline or not server_answers(connection):
            raise NoAnswerError("The database does not answer")
        ask_at = monotonic() + PATIENCE


def server_answers(waiting: Any) -> bool:
    """Return whether the server answers a question on another connection than the one that waits. A refusal is an answer, too."""
    if outage.forbids_attempt():
        return False
    info = waiting.info
    try:
        with answer_within(PATIENCE):
            connection = psycopg2.connect(**info.dsn_parameters, password=info.password)
            try:
                connection.cursor().execute("SELECT 1")
            finally:
                connection.close()
    except NoAnswerError:
        outage.begin()
        return False
    except psycopg2.Error:
        pass
    outage.end()
    return True


def _is_ready(connection: Any, state: int, until: float) -> bool:
    """Wait until the connection can be read or written. False if that takes too long."""
    poller = select.poll()
    poller.register(connection, select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
    return bool(poller.poll(None if until == inf else max(0, until - monotonic()) * 1000))


extensions.set_wait_callback(wait)
