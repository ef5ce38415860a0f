"""Dump and restore a PostgreSQL database with PostgreSQL's own programs, and fingerprint it."""

import glob
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from psycopg2.extensions import make_dsn

from tracker.backup import fingerprints
from tracker.backup.fingerprints import Fingerprint

_OF_DJANGO = {"cursor_factory", "client_encoding", "password", "options"}


def dump(target: Path) -> dict[str, Fingerprint]:
    """Dump the database as it is at one moment. Return the fingerprint of each table at that moment. Raises CommandError."""
    program = _find("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run(program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        return tables()


def restore(source: Path) -> None:
    """Restore a dump into the empty database, completely or not at all. Raises CommandError."""
    if connection.introspection.table_names():
        raise CommandError(
            "The database is not empty, so nothing was restored. Create an empty one (createdb), name it in DATABASE_URL, "
            "and give the same command again."
        )
    program = _find("pg_restore")
    _run(program, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source))


def tables() -> dict[str, Fingerprint]:
    """Fingerprint each table. Needs a transaction."""
    return {name: fingerprints.of_rows(_rows(name)) for name in sorted(connection.introspection.table_names())}


def _rows(table: str) -> Iterator[Any]:
    """Read a table in batches, with a cursor of the server."""
    with connection.connection.cursor(name="fingerprint") as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
        yield from cursor


def _find(name: str) -> str:
    """Return the path of a program of PostgreSQL: the newest, because an older one refuses a newer server."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(path.split("/")[4]))
    if program := (found[-1] if found else shutil.which(name)):
        return program
    raise CommandError(
        f"{name} is missing. Install PostgreSQL's client programs (on Debian and Ubuntu: apt-get install postgresql-client) "
        "and give the same command again."
    )


def _run(*command: str) -> None:
    parameters = connection.get_connection_params()
    dsn = make_dsn(**{name: value for name, value in parameters.items() if name not in _OF_DJANGO})
    password = {"PGPASSWORD": parameters["password"]} if "password" in parameters else {}
    done = subprocess.run(
        [*command, f"--dbname={dsn}"], check=False, capture_output=True, text=True, env=os.environ | password
    )
    if done.returncode:
        raise CommandError(f"{Path(command[0]).name} failed, so nothing was stored: {done.stderr.strip()}")
