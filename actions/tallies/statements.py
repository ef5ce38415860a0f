"""The statements that triggers and `rebuilding` write the kept tables with."""

from collections.abc import Iterator

from actions.models import ActionStatus
from actions.tallies.definitions import (
    ASSIGNED,
    DIALECTS,
    ENTRY_COLUMNS,
    LAST_COLUMNS,
    LEADS,
    LED_COLUMNS,
    MOVE_COLUMNS,
    TALLY_COLUMNS,
    entries,
    last_updates,
    led_entries,
    moves,
)
from actions.tallies.models import NOBODY, TOKENS

EVENTS = ("INSERT", "UPDATE", "DELETE")
STANDING = ("status", "last_reported_latest", "snoozed_until", "issue_id", "number")
"""The columns of an action point that its entry follows from."""
SHOWN: dict[str, tuple[str, ...]] = {
    "issues_agenda": (),
    "issues_issue": (),
    "actions_actionpoint": (),
    LEADS: (),
    ASSIGNED: (),
    "actions_milestone": (),
    "actions_progressupdate": (),
    "actions_progressupdate_participants": (),
    "actions_evidence": (),
    "people_agency": (),
    "people_user": ("name", "email", "is_active"),
}
"""What pages of action points show: tables, with the columns whose change counts (none: all)."""
CHOSEN_FROM = {"issues_agenda", "issues_issue", ASSIGNED, "people_agency", "people_user"}
"""Of these tables readers choose what a list is filtered by."""


NEWEST = """NOT n.part_only AND n.supersedes_id IS NULL AND n.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM actions_progressupdate u WHERE u.action_point_id = n.action_point_id
        AND u.reported_on_latest >= n.reported_on_latest
        AND (u.reported_on_latest, u.number) > (n.reported_on_latest, n.number))
    AND NOT EXISTS (SELECT 1 FROM tallies_move m WHERE m.action_point_id = n.action_point_id
        AND m.day = n.reported_on_latest AND m.status <> n.status)"""
"""Whether an update `n` is the newest on its action point and tells of the whole, as nearly all are that are logged: then one move at
most is new (`move_on`).
"""


def upsert_entries(vendor: str, points: str) -> str:
    """Bring the entries of those action points up to date (`entries`); those that stay as they are, are not written."""
    return _upsert(
        "tallies_entry", ENTRY_COLUMNS, f"{entries(DIALECTS[vendor], points)} WHERE true", ("action_point_id",)
    )


def update_entries(vendor: str, points: str) -> str:
    """The same of entries that are there, where only what follows from columns of the action points themselves may have changed."""
    found = entries(DIALECTS[vendor], points, own_columns_only=True)
    return _update("tallies_entry", ENTRY_COLUMNS, f"({found})", ("action_point_id",))


def upsert_led_entries(rows: str) -> str:
    """Bring those of these entries up to date; it takes none away."""
    found = f"SELECT * FROM ({led_entries(rows)}) found WHERE true"
    return _upsert("tallies_ledentry", LED_COLUMNS, found, ("action_point_id", "agency_id"))


def update_led_entries(rows: str) -> str:
    """The same of those that are there, where neither who leads the action point nor whether anybody owns it has changed."""
    return _update("tallies_ledentry", LED_COLUMNS[1:], rows, ("action_point_id",))


def remove_unowned(rows: str) -> str:
    """Those of nobody, of entries that somebody owns."""
    return (
        f"DELETE FROM tallies_ledentry WHERE agency_id = {NOBODY}"
        f" AND action_point_id IN (SELECT r.action_point_id FROM {rows} r WHERE r.is_owned)"
    )


def remove_led(links: str) -> str:
    """Those of links that are gone."""
    return (
        "DELETE FROM tallies_ledentry WHERE (action_point_id, agency_id) IN"
        f" (SELECT r.actionpoint_id, r.agency_id FROM {links} r)"
    )


def remove_surplus_led() -> str:
    """Those whose key no source has any more."""
    return (
        "DELETE FROM tallies_ledentry WHERE NOT EXISTS"
        f" (SELECT 1 FROM ({led_entries('tallies_entry')}) found WHERE found.action_point_id = tallies_ledentry.action_point_id"
        " AND found.agency_id = tallies_ledentry.agency_id)"
    )


def _upsert(table: str, columns: tuple[str, ...], select: str, key: tuple[str, ...]) -> str:
    values, changed = _changing(table, columns, "excluded", key)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {select}"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {values} WHERE {changed}"
    )


def _update(table: str, columns: tuple[str, ...], rows: str, key: tuple[str, ...]) -> str:
    values, changed = _changing(table, columns, "found", key)
    same = " AND ".join(f"{table}.{name} = found.{name}" for name in key)
    return f"UPDATE {table} SET {values} FROM {rows} found WHERE {same} AND {changed}"


def _changing(table: str, columns: tuple[str, ...], source: str, key: tuple[str, ...]) -> tuple[str, str]:
    """What is set to the values of the source, and the condition that any of it differs."""
    names = [name for name in columns if name not in key]
    old, new = (", ".join(f"{rows}.{name}" for name in names) for rows in (table, source))
    return ", ".join(f"{name} = {source}.{name}" for name in names), f"({old}) IS DISTINCT FROM ({new})"


def renew_moves(points: str) -> tuple[str, str]:
    """Two statements that bring the moves of those action points up to date."""
    columns, found = ", ".join(MOVE_COLUMNS), moves(points)
    kept = f"SELECT {columns} FROM tallies_move kept WHERE {points.replace('p.id', 'kept.action_point_id')}"
    return (
        f"DELETE FROM tallies_move WHERE ({columns}) IN (SELECT * FROM ({kept} EXCEPT {found}) surplus)",
        f"INSERT INTO tallies_move ({columns}) SELECT * FROM ({found} EXCEPT {kept}) missing",
    )


def renew_last_updates(points: str) -> tuple[str, str]:
    """Two statements that bring what is known of the last updates of those action points up to date."""
    kept = points.replace("p.id", "tallies_lastupdate.action_point_id")
    found = last_updates(f"{points} AND p.id = tallies_lastupdate.action_point_id")
    return (
        f"DELETE FROM tallies_lastupdate WHERE {kept} AND NOT EXISTS ({found})",
        _upsert("tallies_lastupdate", LAST_COLUMNS, last_updates(points), ("action_point_id",)),
    )


def follow_agenda(rows: str) -> str:
    """Where entries went to another agenda, what is known of the last updates goes with them."""
    return _update("tallies_lastupdate", ("action_point_id", "agenda_id"), rows, ("action_point_id",))


def move_on(updates: str) -> tuple[str, str]:
    """Two statements that bring moves and last updates up to date after those updates, which are the newest."""
    stood = (
        "(SELECT m.status FROM tallies_move m WHERE m.action_point_id = n.action_point_id ORDER BY m.day DESC LIMIT 1)"
    )
    return (
        f"INSERT INTO tallies_move ({', '.join(MOVE_COLUMNS)}) SELECT action_point_id, reported_on_latest, status,"
        f" COALESCE(stood, '{ActionStatus.NOT_REPORTED.value}') FROM (SELECT n.*, {stood} AS stood FROM {updates} n) known"
        " WHERE status IS DISTINCT FROM stood",
        f"INSERT INTO tallies_lastupdate ({', '.join(LAST_COLUMNS)})"
        f" SELECT n.action_point_id, e.agenda_id, n.recorded_at FROM {updates} n"
        " JOIN tallies_entry e ON e.action_point_id = n.action_point_id WHERE true"
        " ON CONFLICT (action_point_id) DO UPDATE SET recorded = excluded.recorded"
        " WHERE tallies_lastupdate.recorded < excluded.recorded",
    )


def add_tallies(select: str) -> str:
    return f"INSERT INTO tallies_tally ({', '.join(TALLY_COLUMNS)}, count) {select}"


def mark_change(vendor: str, of_choices: str = "true") -> str:
    """Make the stamp another one, and that of the choices too unless told otherwise."""
    token = f"(random() * {TOKENS})::bigint" if vendor == "postgresql" else f"abs(random() % {TOKENS})"
    return f"INSERT INTO tallies_change (token, of_choices) VALUES ({token}, {of_choices})"


def shown_events() -> Iterator[tuple[str, str, str]]:
    """Each table and event that changes what pages show, with a name for it."""
    for table, columns in SHOWN.items():
        for event in EVENTS:
            of = f" OF {', '.join(columns)}" if event == "UPDATE" and columns else ""
            yield table, f"{event}{of}", f"shown_{table}_{event.lower()}"
