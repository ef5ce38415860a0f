"""The triggers of SQLite: each works on one row."""

import re
from collections.abc import Iterator

from actions.tallies.definitions import (
    ASSIGNED,
    ENTRY_COLUMNS,
    LEADS,
    MOVE_COLUMNS,
    OWNED,
    link_tallies,
    move_tallies,
    tallies,
)
from actions.tallies.statements import (
    CHOSEN_FROM,
    EVENTS,
    NEWEST,
    STANDING,
    add_tallies,
    follow_agenda,
    mark_change,
    move_on,
    remove_led,
    remove_unowned,
    renew_last_updates,
    renew_moves,
    shown_events,
    update_entries,
    upsert_entries,
    upsert_led_entries,
)

_UPDATES = "actions_progressupdate"
_ROWS = {"INSERT": {"NEW": 1}, "UPDATE": {"OLD": -1, "NEW": 1}, "DELETE": {"OLD": -1}}
"""The rows of each event, with their signs."""


def triggers() -> Iterator[str]:
    point, changed = "actions_actionpoint", f"UPDATE OF {', '.join(STANDING)}"
    yield _trigger("point_added", "INSERT", point, _entry("NEW.id"))
    yield _trigger("point_changed", changed, point, _own_columns("p.id = NEW.id"))
    yield _trigger(
        "point_removed",
        "DELETE",
        point,
        "DELETE FROM tallies_move WHERE action_point_id = OLD.id",
        "DELETE FROM tallies_entry WHERE action_point_id = OLD.id",
    )
    yield _trigger("issue", "UPDATE OF number, agenda_id", "issues_issue", _own_columns("p.issue_id = NEW.id"))
    yield _trigger("agenda", "UPDATE OF silence_days", "issues_agenda", _own_columns("i.agenda_id = NEW.id"))
    for event in EVENTS:
        yield from _of_each_event(event)
    yield from _update_added()
    for table, event, name in shown_events():
        yield _trigger(name, event, table, mark_change("sqlite", str(table in CHOSEN_FROM)))


def _of_each_event(event: str) -> Iterator[str]:
    points = [f"{row}.action_point_id" for row in _ROWS[event]]
    owned = [_owned(f"{row}.actionpoint_id") for row in _ROWS[event]]
    reported = [statement for point in points for statement in _anew(point)]
    links = link_tallies(_rows(event, ("actionpoint_id", "agency_id")))
    for name, table, work in (
        ("milestone", "actions_milestone", [_entry(point) for point in points]),
        ("assigned", ASSIGNED, owned),
        ("led", LEADS, [add_tallies(links), *owned, *_led(event)]),
        *([("update", _UPDATES, reported)] if event != "INSERT" else []),
        ("entry", "tallies_entry", [add_tallies(tallies(_rows(event, ENTRY_COLUMNS))), *_listed(event)]),
        ("move", "tallies_move", [add_tallies(move_tallies(_rows(event, MOVE_COLUMNS)))]),
    ):
        yield _trigger(f"{name}_{event.lower()}", event, table, *work)


def _led(event: str) -> Iterator[str]:
    """What a link to a lead agency does to the entries of agencies."""
    if event != "INSERT":
        yield remove_led("(SELECT OLD.actionpoint_id AS actionpoint_id, OLD.agency_id AS agency_id)")
    if event != "DELETE":
        yield upsert_led_entries("(SELECT * FROM tallies_entry WHERE action_point_id = NEW.actionpoint_id)")


def _listed(event: str) -> Iterator[str]:
    """What an entry does to those of agencies."""
    if event == "DELETE":
        yield "DELETE FROM tallies_ledentry WHERE action_point_id = OLD.action_point_id"
        return
    entry = f"(SELECT {', '.join(f'NEW.{column} AS {column}' for column in ENTRY_COLUMNS)})"
    yield upsert_led_entries(entry)
    if event == "UPDATE":
        yield remove_unowned(entry)
        yield follow_agenda(entry)


def _update_added() -> Iterator[str]:
    newest = re.sub(r"\bn\.", "NEW.", NEWEST)
    added = _rows("INSERT", ("action_point_id", "reported_on_latest", "status", "recorded_at"))
    yield _trigger("update_insert_newest", "INSERT", _UPDATES, *move_on(added), when=newest)
    yield _trigger("update_insert", "INSERT", _UPDATES, *_anew("NEW.action_point_id"), when=f"NOT ({newest})")


def _trigger(name: str, event: str, table: str, *work: str, when: str = "true") -> str:
    return f"CREATE TRIGGER tallies_{name} AFTER {event} ON {table} WHEN {when} BEGIN {'; '.join(work)}; END"


def _anew(point: str) -> tuple[str, ...]:
    return *renew_moves(f"p.id = {point}"), *renew_last_updates(f"p.id = {point}")


def _entry(point: str) -> str:
    return upsert_entries("sqlite", f"p.id = {point}")


def _own_columns(points: str) -> str:
    return update_entries("sqlite", points)


def _owned(point: str) -> str:
    """Links are added with OR IGNORE, which an upsert within the trigger would inherit."""
    now = OWNED.format(point=point)
    return f"UPDATE tallies_entry SET is_owned = {now} WHERE action_point_id = {point} AND is_owned <> {now}"


def _rows(event: str, columns: tuple[str, ...]) -> str:
    selects = (
        f"SELECT {sign} AS sign, {', '.join(f'{row}.{column} AS {column}' for column in columns)}"
        for row, sign in _ROWS[event].items()
    )
    return f"({' UNION ALL '.join(selects)})"
