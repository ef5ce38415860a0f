"""The statements that triggers and `rebuilding` write the kept tables with."""

from collections.abc import Iterator

from actions.tallies.definitions import DIALECTS, ENTRY_COLUMNS, MOVE_COLUMNS, TALLY_COLUMNS, entries, moves
from actions.tallies.models import TOKENS

EVENTS = ("INSERT", "UPDATE", "DELETE")
LEADS, ASSIGNED = "actions_actionpoint_lead_agencies", "actions_actionpoint_focal_points"
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


def upsert_entries(vendor: str, points: str) -> str:
    """Bring the entries of those action points up to date; those that stay as they are, are not written."""
    columns, changed = ", ".join(ENTRY_COLUMNS), ENTRY_COLUMNS[1:]
    return (
        f"INSERT INTO tallies_entry ({columns}) {entries(DIALECTS[vendor], points)} WHERE true"
        f" ON CONFLICT (action_point_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changed)}"
        f" WHERE ({', '.join(f'tallies_entry.{name}' for name in changed)})"
        f" IS DISTINCT FROM ({', '.join(f'excluded.{name}' for name in changed)})"
    )


def renew_moves(points: str) -> tuple[str, str]:
    """Two statements that bring the moves of those action points up to date."""
    columns, found = ", ".join(MOVE_COLUMNS), moves(points)
    kept = f"SELECT {columns} FROM tallies_move kept WHERE {points.replace('p.id', 'kept.action_point_id')}"
    return (
        f"DELETE FROM tallies_move WHERE ({columns}) IN (SELECT * FROM ({kept} EXCEPT {found}) surplus)",
        f"INSERT INTO tallies_move ({columns}) SELECT * FROM ({found} EXCEPT {kept}) missing",
    )


def add_tallies(select: str) -> str:
    return f"INSERT INTO tallies_tally ({', '.join(TALLY_COLUMNS)}, count) {select}"


def mark_change(vendor: str) -> str:
    token = f"(random() * {TOKENS})::bigint" if vendor == "postgresql" else f"abs(random() % {TOKENS})"
    return f"INSERT INTO tallies_change (token) VALUES ({token})"


def shown_events() -> Iterator[tuple[str, str, str]]:
    """Each table and event that changes what pages show, with a name for it."""
    for table, columns in SHOWN.items():
        for event in EVENTS:
            of = f" OF {', '.join(columns)}" if event == "UPDATE" and columns else ""
            yield table, f"{event}{of}", f"shown_{table}_{event.lower()}"
