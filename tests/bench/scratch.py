"""Shared parts of the benchmarks: the settings, a temporary database, and a clock for the time spent in it.

Import this module before any module of the tracker.
"""
# ruff: noqa: E402 (the settings are set before the imports that read them)

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection


class DatabaseClock:
    """Add up the milliseconds spent in the database and count the queries."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        begin = time.perf_counter()
        self.queries += 1
        try:
            return execute(*query)
        finally:
            self.spent += 1000 * (time.perf_counter() - begin)


@contextmanager
def scratch_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
