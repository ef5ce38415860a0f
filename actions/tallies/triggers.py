"""The triggers that keep entries, moves, tallies and changes in the transaction of what they follow from."""

from hashlib import sha256
from typing import Any

from actions.tallies import postgresql, sqlite


def ensure_triggers(connection: Any, *, anew: bool = False) -> bool:
    """Make them where they are missing or say something else; `anew`, even if they are there. Whether any were made."""
    statements = _named(list((postgresql if connection.vendor == "postgresql" else sqlite).triggers()))
    names = {statement.split()[2] for statement in statements if statement.startswith("CREATE TRIGGER")}
    if not anew and names <= set(_existing(connection)):
        return False
    remove_triggers(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return True


def _named(statements: list[str]) -> list[str]:
    """With a name for each trigger that is another one as soon as any of them does anything else."""
    print_of_all = sha256("".join(statements).encode()).hexdigest()[:6]
    return [
        statement.replace("CREATE TRIGGER tallies_", f"CREATE TRIGGER tallies_{print_of_all}_")
        for statement in statements
    ]


def remove_triggers(connection: Any) -> None:
    with connection.cursor() as cursor:
        for name, table in _existing(connection).items():
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def _existing(connection: Any) -> dict[str, str]:
    """The names of the triggers that are there, with their tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname LIKE 'tallies_%' AND c.relnamespace = current_schema()::regnamespace"
            )
        else:
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tallies_%'")
        return dict(cursor.fetchall())
