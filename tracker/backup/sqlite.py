"""Copy a SQLite database while it is used, and fingerprint a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tracker.backup import fingerprints
from tracker.backup.fingerprints import Fingerprint


def copy(source: Path, target: Path) -> None:
    """Copy the database as it is at one moment, with what is still in its write-ahead log, into one file."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as before,
        closing(sqlite3.connect(target)) as after,
    ):
        before.backup(after)
        after.execute("PRAGMA journal_mode=DELETE")


def tables(path: Path) -> dict[str, Fingerprint]:
    """Fingerprint each table. Raises sqlite3.DatabaseError if the file is damaged."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        (state,) = connection.execute("PRAGMA integrity_check").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        wanted = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [name for (name,) in connection.execute(wanted)]
        return {name: fingerprints.of_rows(connection.execute(f'SELECT * FROM "{name}"')) for name in sorted(names)}  # noqa: S608
