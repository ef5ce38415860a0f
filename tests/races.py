"""Helper that runs several calls at the same time, each with its own database connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

SECONDS = 10
"""How long each call waits for the others to start."""


def run_at_once(*calls: Callable[[], object]) -> list[object]:
    """Return what each call returned, or the exception that it raised, in the order of the calls. Needs a test with real transactions."""
    all_started = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            all_started.wait(SECONDS)
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
