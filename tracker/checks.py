"""What a database must promise before the tracker may trust it. Asked by `migrate`, and by `check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def commits_survive_a_crash(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Without `synchronous_commit` a crash of PostgreSQL forgets what it has just confirmed: a digest could go out twice."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            (mode,) = cursor.fetchone()
        if mode == "off":
            found.append(
                Error(
                    "PostgreSQL confirms what a crash may still undo (synchronous_commit is off): a digest could go out twice.",
                    hint="Set synchronous_commit = on in postgresql.conf, or for this database: ALTER DATABASE ... SET.",
                    id="tracker.E101",
                )
            )
    return found
