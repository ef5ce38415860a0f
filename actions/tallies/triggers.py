"""The triggers that keep entries, moves, tallies and changes in the transaction of what they follow from.

PostgreSQL runs one function a statement, over all rows that it changed; SQLite one a row. On PostgreSQL each function locks the
entries that it is about before it looks at anything, so of two writers the second sees what the first did.
"""

from collections.abc import Iterator
from typing import Any

from actions.tallies.definitions import (
    DIALECTS,
    ENTRY_COLUMNS,
    MOVE_COLUMNS,
    OWNED,
    TALLY_COLUMNS,
    entries,
    link_tallies,
    move_tallies,
    moves,
    tallies,
)
from actions.tallies.models import TOKENS

_EVENTS = ("INSERT", "UPDATE", "DELETE")
_LEADS, _ASSIGNED = "actions_actionpoint_lead_agencies", "actions_actionpoint_focal_points"
_STANDING = ("status", "last_reported_latest", "snoozed_until", "issue_id", "number")
"""The columns of an action point that its entry follows from."""
SHOWN = {
    "issues_agenda": (),
    "issues_issue": (),
    "actions_actionpoint": (),
    _LEADS: (),
    _ASSIGNED: (),
    "actions_milestone": (),
    "actions_progressupdate": (),
    "actions_progressupdate_participants": (),
    "actions_evidence": (),
    "people_agency": (),
    "people_user": ("name", "email", "is_active"),
}
"""What pages of action points show: tables, with the columns whose change counts (none: all)."""


def upsert(vendor: str, points: str) -> str:
    """Bring the entries of those action points up to date; those that stay as they are, are not written."""
    columns, changed = ", ".join(ENTRY_COLUMNS), ENTRY_COLUMNS[1:]
    return (
        f"INSERT INTO tallies_entry ({columns}) {entries(DIALECTS[vendor], points)} WHERE true"
        f" ON CONFLICT (action_point_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changed)}"
        f" WHERE ({', '.join(f'tallies_entry.{name}' for name in changed)})"
        f" IS DISTINCT FROM ({', '.join(f'excluded.{name}' for name in changed)})"
    )


def renew_moves(points: str, of: str) -> tuple[str, str]:
    """Two statements that bring the moves of those action points up to date. `of` is the condition said of the moves."""
    columns = ", ".join(MOVE_COLUMNS)
    found = moves(points)
    return (
        f"DELETE FROM tallies_move WHERE {of} AND ({columns}) NOT IN ({found})",
        f"INSERT INTO tallies_move ({columns}) SELECT {columns} FROM ({found}) found WHERE NOT EXISTS (SELECT 1 FROM"
        " tallies_move kept WHERE kept.action_point_id = found.action_point_id AND kept.day = found.day)",
    )


def add_tallies(select: str) -> str:
    return f"INSERT INTO tallies_tally ({', '.join(TALLY_COLUMNS)}, count) {select}"


def mark_change(vendor: str) -> str:
    token = f"(random() * {TOKENS})::bigint" if vendor == "postgresql" else f"abs(random() % {TOKENS})"
    return f"INSERT INTO tallies_change (token) VALUES ({token})"


def ensure_triggers(connection: Any, *, anew: bool = False) -> bool:
    """Make them where they are missing; `anew`, even if they are there. Whether any were made."""
    statements = list(_postgresql() if connection.vendor == "postgresql" else _sqlite())
    names = {statement.split()[2] for statement in statements if statement.startswith("CREATE TRIGGER")}
    if not anew and names <= set(_existing(connection)):
        return False
    remove_triggers(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return True


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


def _sqlite() -> Iterator[str]:
    def trigger(name: str, event: str, table: str, *work: str) -> str:
        return f"CREATE TRIGGER tallies_{name} AFTER {event} ON {table} BEGIN {'; '.join(work)}; END"

    def entry(point: str) -> str:
        return upsert("sqlite", f"p.id = {point}")

    def owned(point: str) -> str:
        now = OWNED.format(point=point)
        return f"UPDATE tallies_entry SET is_owned = {now} WHERE action_point_id = {point} AND is_owned <> {now}"

    def row(*signed: tuple[int, str], columns: tuple[str, ...]) -> str:
        selects = (
            f"SELECT {sign} AS sign, {', '.join(f'{which}.{column} AS {column}' for column in columns)}"
            for sign, which in signed
        )
        return f"({' UNION ALL '.join(selects)})"

    changed = f"UPDATE OF {', '.join(_STANDING)}"
    yield trigger("point_added", "INSERT", "actions_actionpoint", entry("NEW.id"))
    yield trigger("point_changed", changed, "actions_actionpoint", entry("NEW.id"))
    yield trigger(
        "point_removed",
        "DELETE",
        "actions_actionpoint",
        *(f"DELETE FROM {table} WHERE action_point_id = OLD.id" for table in ("tallies_move", "tallies_entry")),
    )
    yield trigger("issue", "UPDATE OF number, agenda_id", "issues_issue", upsert("sqlite", "p.issue_id = NEW.id"))
    yield trigger("agenda", "UPDATE OF silence_days", "issues_agenda", upsert("sqlite", "i.agenda_id = NEW.id"))
    for event in _EVENTS:
        rows = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[event]
        signed = [(-1 if which == "OLD" else 1, which) for which in rows]
        points = [f"{which}.action_point_id" for which in rows]
        yield trigger(f"milestone_{event.lower()}", event, "actions_milestone", *map(entry, points))
        yield trigger(
            f"assigned_{event.lower()}", event, _ASSIGNED, *(owned(f"{which}.actionpoint_id") for which in rows)
        )
        yield trigger(
            f"led_{event.lower()}",
            event,
            _LEADS,
            add_tallies(link_tallies(row(*signed, columns=("actionpoint_id", "agency_id")))),
            *(owned(f"{which}.actionpoint_id") for which in rows),
        )
        yield trigger(
            f"update_{event.lower()}",
            event,
            "actions_progressupdate",
            *(
                statement
                for point in points
                for statement in (*renew_moves(f"p.id = {point}", f"action_point_id = {point}"), entry(point))
            ),
        )
        yield trigger(
            f"entry_{event.lower()}", event, "tallies_entry", add_tallies(tallies(row(*signed, columns=ENTRY_COLUMNS)))
        )
        yield trigger(
            f"move_{event.lower()}",
            event,
            "tallies_move",
            add_tallies(move_tallies(row(*signed, columns=MOVE_COLUMNS))),
        )
    for table, event in _shown():
        yield trigger(f"shown_{table}_{event.split()[0].lower()}", event, table, mark_change("sqlite"))


def _postgresql() -> Iterator[str]:
    def function(name: str, body: str, arguments: str = "", returns: str = "trigger") -> str:
        declared, end = ("", "") if arguments else ("DECLARE ids bigint[];", "RETURN NULL;")
        return (
            f"CREATE OR REPLACE FUNCTION tallies_{name}({arguments}) RETURNS {returns} LANGUAGE plpgsql AS"
            f" $$ {declared} BEGIN {body}; {end} END $$"
        )

    def triggers(name: str, table: str, events: tuple[str, ...] = _EVENTS) -> Iterator[str]:
        seen = {
            "INSERT": "REFERENCING NEW TABLE AS added",
            "UPDATE": "REFERENCING OLD TABLE AS removed NEW TABLE AS added",
            "DELETE": "REFERENCING OLD TABLE AS removed",
        }
        for event in events:
            yield (
                f"CREATE TRIGGER tallies_{name}_{event.lower()} AFTER {event} ON {table} {seen[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION tallies_{name}()"
            )

    def by_event(work: str) -> str:
        """The work on the rows of the statement, `{rows}`, each with its sign."""
        added, removed = "SELECT 1 AS sign, a.* FROM added a", "SELECT -1 AS sign, o.* FROM removed o"
        return (
            f"IF TG_OP = 'INSERT' THEN {work.replace('{rows}', f'({added})')};"
            f" ELSIF TG_OP = 'DELETE' THEN {work.replace('{rows}', f'({removed})')};"
            f" ELSE {work.replace('{rows}', f'({removed} UNION ALL {added})')}; END IF"
        )

    def gather(column: str) -> str:
        return by_event(f"ids := ARRAY(SELECT DISTINCT {column} FROM {{rows}} r)")

    lock = "PERFORM 1 FROM tallies_entry WHERE action_point_id = ANY(ids) ORDER BY action_point_id FOR UPDATE"
    gone = f"({', '.join(f'o.{name}' for name in _STANDING)}) IS DISTINCT FROM ({', '.join(f'a.{name}' for name in _STANDING)})"
    yield function("refresh", f"{lock}; {upsert('postgresql', 'p.id = ANY(ids)')}", "ids bigint[]", "void")
    yield function(
        "point",
        # A new action point has no entry yet to wait for: its issue and agenda stay as they are until it is there for all.
        "IF TG_OP = 'INSERT' THEN ids := ARRAY(SELECT id FROM added); PERFORM 1 FROM issues_issue i JOIN issues_agenda a"
        " ON a.id = i.agenda_id WHERE i.id IN (SELECT issue_id FROM added) FOR SHARE;"
        f" ELSE ids := ARRAY(SELECT a.id FROM added a JOIN removed o ON o.id = a.id WHERE {gone}); END IF;"
        " IF cardinality(ids) > 0 THEN PERFORM tallies_refresh(ids); END IF",
    )
    yield function(
        "point_removed",
        "DELETE FROM tallies_move WHERE action_point_id IN (SELECT id FROM removed);"
        " DELETE FROM tallies_entry WHERE action_point_id IN (SELECT id FROM removed)",
    )
    yield function(
        "issue",
        "ids := ARRAY(SELECT p.id FROM actions_actionpoint p JOIN added a ON a.id = p.issue_id JOIN removed o ON o.id = a.id"
        " WHERE (o.number, o.agenda_id) <> (a.number, a.agenda_id)); PERFORM tallies_refresh(ids)",
    )
    yield function(
        "agenda",
        "ids := ARRAY(SELECT p.id FROM actions_actionpoint p JOIN issues_issue i ON i.id = p.issue_id JOIN added a"
        " ON a.id = i.agenda_id JOIN removed o ON o.id = a.id WHERE o.silence_days <> a.silence_days);"
        " PERFORM tallies_refresh(ids)",
    )
    yield function("milestone", f"{gather('action_point_id')}; PERFORM tallies_refresh(ids)")
    yield function("assigned", f"{gather('actionpoint_id')}; PERFORM tallies_refresh(ids)")
    yield function(
        "led",
        f"{gather('actionpoint_id')}; {lock}; {by_event(add_tallies(link_tallies('{rows}')))}; PERFORM tallies_refresh(ids)",
    )
    condition, of = "p.id = ANY(ids)", "action_point_id = ANY(ids)"
    yield function(
        "update",
        f"{gather('action_point_id')}; {lock}; {'; '.join(renew_moves(condition, of))}; {upsert('postgresql', condition)}",
    )
    yield function("entry", by_event(add_tallies(tallies("{rows}"))))
    yield function("move", by_event(add_tallies(move_tallies("{rows}"))))
    yield function("shown", mark_change("postgresql"))
    yield from triggers("point", "actions_actionpoint", ("INSERT", "UPDATE"))
    yield from triggers("point_removed", "actions_actionpoint", ("DELETE",))
    yield from triggers("issue", "issues_issue", ("UPDATE",))
    yield from triggers("agenda", "issues_agenda", ("UPDATE",))
    yield from triggers("milestone", "actions_milestone")
    yield from triggers("assigned", _ASSIGNED)
    yield from triggers("led", _LEADS)
    yield from triggers("update", "actions_progressupdate")
    yield from triggers("entry", "tallies_entry")
    yield from triggers("move", "tallies_move")
    for table, event in _shown():
        yield (
            f"CREATE TRIGGER tallies_shown_{table}_{event.split()[0].lower()} AFTER {event} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION tallies_shown()"
        )


def _shown() -> Iterator[tuple[str, str]]:
    for table, columns in SHOWN.items():
        for event in _EVENTS:
            of = f" OF {', '.join(columns)}" if event == "UPDATE" and columns else ""
            yield table, f"{event}{of}"
