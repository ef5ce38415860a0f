"""Making the kept tables anew, saying where they differ from what they follow from, and folding what writers added."""

from collections import Counter
from typing import Any, NamedTuple

from django.db import connections, transaction

from actions.tallies.definitions import (
    DIALECTS,
    ENTRY_COLUMNS,
    LAST_COLUMNS,
    LED_COLUMNS,
    MOVE_COLUMNS,
    TALLY_COLUMNS,
    entries,
    last_updates,
    led_entries,
    moves,
    tallies,
)
from actions.tallies.models import Change, Tally
from actions.tallies.statements import (
    add_tallies,
    mark_change,
    remove_surplus_led,
    renew_last_updates,
    renew_moves,
    upsert_entries,
    upsert_led_entries,
)

_ALL_ENTRIES = "(SELECT 1 AS sign, e.* FROM tallies_entry e)"


def rebuild(connection: Any) -> None:
    """Everything from its sources, in one transaction. Writers wait for it; readers do not."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE tallies_entry, tallies_move IN EXCLUSIVE MODE")
        for table in ("tallies_move", "tallies_entry"):
            cursor.execute(
                f"DELETE FROM {table} WHERE NOT EXISTS"
                f" (SELECT 1 FROM actions_actionpoint p WHERE p.id = {table}.action_point_id)"
            )
        cursor.execute(upsert_entries(connection.vendor, "true"))
        cursor.execute(remove_surplus_led())
        cursor.execute(upsert_led_entries("tallies_entry"))
        for statement in (*renew_moves("true"), *renew_last_updates("true")):
            cursor.execute(statement)
        cursor.execute("DELETE FROM tallies_tally")
        cursor.execute(add_tallies(tallies(_ALL_ENTRIES)))
        change(connection)


def differences(connection: Any) -> int:
    """How many rows of the kept tables are not as their sources say, or missing. Nought unless something went wrong."""
    return sum(
        _differing(connection, kept, right)
        for kept, right in (
            (
                f"SELECT {', '.join(ENTRY_COLUMNS)} FROM tallies_entry",
                entries(DIALECTS[connection.vendor], "true"),
            ),
            (f"SELECT {', '.join(LED_COLUMNS)} FROM tallies_ledentry", led_entries("tallies_entry")),
            (f"SELECT {', '.join(LAST_COLUMNS)} FROM tallies_lastupdate", last_updates("true")),
            (f"SELECT {', '.join(MOVE_COLUMNS)} FROM tallies_move", moves("true")),
            (
                f"SELECT {', '.join(TALLY_COLUMNS)}, sum(count) FROM tallies_tally GROUP BY {', '.join(TALLY_COLUMNS)}"
                " HAVING sum(count) <> 0",
                tallies(_ALL_ENTRIES),
            ),
        )
    )


def _differing(connection: Any, kept: str, right: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT * FROM ({kept}) k EXCEPT SELECT * FROM ({right}) r) surplus"
            f" UNION ALL SELECT count(*) FROM (SELECT * FROM ({right}) r EXCEPT SELECT * FROM ({kept}) k) missing"
        )
        return sum(count for (count,) in cursor.fetchall())


def fold(using: str = "default") -> int:
    """Put the rows that writers added together, one for each thing that is counted. How many rows went.

    May run at any time and twice at once: it adds the sum of just the rows that it took away.
    """
    columns = ", ".join(TALLY_COLUMNS)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "DELETE FROM tallies_tally WHERE id IN (SELECT id FROM (SELECT id, count(*) OVER"
            f" (PARTITION BY {columns}) AS rows_of_it FROM tallies_tally) t WHERE rows_of_it > 1) RETURNING {columns}, count"
        )
        gone = cursor.fetchall()
        sums = Counter[tuple[Any, ...]]()
        for *thing, count in gone:
            sums[tuple(thing)] += count
        Tally.objects.using(using).bulk_create(
            (
                Tally(**dict(zip(TALLY_COLUMNS, thing, strict=True)), count=count)
                for thing, count in sums.items()
                if count
            ),
            batch_size=1000,
        )
        known = list(Change.objects.using(using).values_list("pk", flat=True))
        change(connections[using])
        Change.objects.using(using).filter(pk__in=known).delete()
    return len(gone)


def change(connection: Any) -> None:
    """From now on the stamp is another one, and pages are made anew."""
    with connection.cursor() as cursor:
        cursor.execute(mark_change(connection.vendor))


class Stamps(NamedTuple):
    """Each differs whenever something may have changed, also after a backup was restored."""

    shown: str
    """What pages show."""
    choices: str
    """What readers choose from."""


def stamps(using: str = "default") -> Stamps:
    """One query."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(token), count(*) FILTER (WHERE of_choices), sum(token) FILTER (WHERE of_choices)"
            " FROM tallies_change"
        )
        shown, sum_shown, choices, sum_choices = cursor.fetchone()
        return Stamps(f"{shown}.{sum_shown}", f"{choices}.{sum_choices}")
