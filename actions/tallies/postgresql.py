"""The triggers of PostgreSQL: each works once a statement, on all rows that it changed.

Each locks the entries that it is about before it looks at anything, so of two writers the second sees what the first did.
"""

from collections.abc import Iterator

from actions.tallies.definitions import ASSIGNED, ENTRY_COLUMNS, LEADS, link_tallies, move_tallies, tallies
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
    update_led_entries,
    upsert_entries,
    upsert_led_entries,
)

_TABLES = {
    "point": ("actions_actionpoint", ("INSERT", "UPDATE")),
    "point_removed": ("actions_actionpoint", ("DELETE",)),
    "issue": ("issues_issue", ("UPDATE",)),
    "agenda": ("issues_agenda", ("UPDATE",)),
    "milestone": ("actions_milestone", EVENTS),
    "assigned": (ASSIGNED, EVENTS),
    "led": (LEADS, EVENTS),
    "update": ("actions_progressupdate", EVENTS),
    "entry": ("tallies_entry", EVENTS),
    "move": ("tallies_move", EVENTS),
}
_SEEN = {
    "INSERT": "NEW TABLE AS added",
    "UPDATE": "OLD TABLE AS removed NEW TABLE AS added",
    "DELETE": "OLD TABLE AS removed",
}
_ADDED, _REMOVED = "SELECT 1 AS sign, a.* FROM added a", "SELECT -1 AS sign, o.* FROM removed o"
_BOTH = f"({_REMOVED} UNION ALL {_ADDED})"
_THESE = "p.id = ANY(ids)"
_ENTRIES_OF_THESE = "(SELECT * FROM tallies_entry WHERE action_point_id = ANY(ids))"
_LOCK = "PERFORM 1 FROM tallies_entry WHERE action_point_id = ANY(ids) ORDER BY action_point_id FOR UPDATE;"
_REFRESH = "IF cardinality(ids) > 0 THEN PERFORM tallies_refresh(ids); END IF;"
_NOTHING_ADDED = "IF TG_OP = 'INSERT' THEN IF NOT EXISTS (SELECT 1 FROM added) THEN RETURN NULL; END IF; END IF;"
_FLAGS = " ".join(f"{name} boolean := false;" for name in ("is_newest", "is_other", "is_owned_otherwise", "stay"))
_PLANS = "SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off"
"""Planning anew for each list of ids costs more than the work; by index, one by one, is right for few and for many. Left to itself, it
reads all issues to find one.
"""


def triggers() -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION tallies_refresh(ids bigint[]) RETURNS void LANGUAGE plpgsql {_PLANS} AS"
        f" $$ BEGIN {_LOCK} {upsert_entries('postgresql', _THESE)}; END $$"
    )
    for name, body in _bodies().items():
        yield (
            f"CREATE OR REPLACE FUNCTION tallies_{name}() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS"
            f" $$ DECLARE ids bigint[]; {_FLAGS} BEGIN {body} RETURN NULL; END $$"
        )
    for name, (table, events) in _TABLES.items():
        for event in events:
            yield (
                f"CREATE TRIGGER tallies_{name}_{event.lower()} AFTER {event} ON {table} REFERENCING {_SEEN[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION tallies_{name}()"
            )
    for table, event, name in shown_events():
        yield (
            f"CREATE TRIGGER tallies_{name} AFTER {event} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION tallies_shown('{table in CHOSEN_FROM}')"
        )


def _bodies() -> dict[str, str]:
    """What each function does."""
    refresh_own_columns = f"IF cardinality(ids) > 0 THEN {_LOCK} {update_entries('postgresql', _THESE)}; END IF;"
    return {
        "point": f"""
            IF TG_OP = 'INSERT' THEN
                ids := ARRAY(SELECT id FROM added);
                -- There is no entry yet to wait for: the issue and agenda stay as they are until it is there for all.
                PERFORM 1 FROM issues_issue i JOIN issues_agenda a ON a.id = i.agenda_id
                    WHERE i.id IN (SELECT issue_id FROM added) FOR SHARE;
                {_REFRESH}
            ELSE
                ids := ARRAY(SELECT a.id FROM added a JOIN removed o ON o.id = a.id
                    WHERE ({_columns("o", STANDING)}) IS DISTINCT FROM ({_columns("a", STANDING)}));
                {refresh_own_columns}
            END IF;""",
        "point_removed": """
            DELETE FROM tallies_move WHERE action_point_id IN (SELECT id FROM removed);
            DELETE FROM tallies_entry WHERE action_point_id IN (SELECT id FROM removed);""",
        "issue": f"""
            ids := ARRAY(SELECT p.id FROM actions_actionpoint p JOIN added a ON a.id = p.issue_id
                JOIN removed o ON o.id = a.id WHERE (o.number, o.agenda_id) <> (a.number, a.agenda_id));
            {refresh_own_columns}""",
        "agenda": f"""
            ids := ARRAY(SELECT p.id FROM actions_actionpoint p JOIN issues_issue i ON i.id = p.issue_id
                JOIN added a ON a.id = i.agenda_id JOIN removed o ON o.id = a.id
                WHERE o.silence_days <> a.silence_days);
            {refresh_own_columns}""",
        "milestone": f"{_gather('action_point_id')} {_REFRESH}",
        "assigned": f"{_gather('actionpoint_id')} {_REFRESH}",
        "led": f"""
            {_gather("actionpoint_id")} {_LOCK} {_by_event(add_tallies(link_tallies("{rows}")))} {_REFRESH}
            IF TG_OP <> 'INSERT' THEN {remove_led("removed")}; END IF;
            IF TG_OP <> 'DELETE' THEN {upsert_led_entries(_ENTRIES_OF_THESE)}; END IF;""",
        "update": f"""
            {_gather("action_point_id")}
            {_LOCK}
            IF TG_OP = 'INSERT' THEN is_newest := {_ALL_NEWEST}; END IF;
            IF is_newest THEN {"; ".join(move_on("added"))};
            ELSE {"; ".join((*renew_moves(_THESE), *renew_last_updates(_THESE)))};
            END IF;""",
        "entry": f"""
            {_NOTHING_ADDED}
            IF TG_OP = 'UPDATE' THEN
                SELECT count(*) > 0, COALESCE(bool_or(a.is_owned <> o.is_owned), false),
                    COALESCE(bool_and(a.agenda_id = o.agenda_id), true) INTO is_other, is_owned_otherwise, stay
                    FROM added a JOIN removed o USING (action_point_id)
                    WHERE ({_columns("a", _COUNTED)}) IS DISTINCT FROM ({_columns("o", _COUNTED)});
                IF NOT is_other THEN RETURN NULL; END IF;
            END IF;
            IF stay THEN {add_tallies(tallies(_BOTH, stay=True))};
            ELSE {_by_event(add_tallies(tallies("{rows}")))}
            END IF;
            IF TG_OP = 'DELETE' THEN
                DELETE FROM tallies_ledentry WHERE action_point_id IN (SELECT action_point_id FROM removed);
            ELSIF TG_OP = 'INSERT' OR is_owned_otherwise THEN
                {upsert_led_entries("added")};
                {remove_unowned("added")};
            ELSE
                {update_led_entries("added")};
                IF NOT stay THEN {follow_agenda("added")}; END IF;
            END IF;""",
        "move": _NOTHING_ADDED + _by_event(add_tallies(move_tallies("{rows}"))),
        "shown": f"{mark_change('postgresql', 'TG_ARGV[0]::boolean')};",
    }


_COUNTED = tuple(name for name in ENTRY_COLUMNS if name != "action_point_id")
"""What tallies follow from."""

_ALL_NEWEST = f"NOT EXISTS (SELECT 1 FROM added n WHERE NOT ({NEWEST}))"


def _by_event(work: str) -> str:
    """The work on the rows of the statement, `{rows}`, each with its sign."""
    return (
        f"IF TG_OP = 'INSERT' THEN {work.replace('{rows}', f'({_ADDED})')};"
        f" ELSIF TG_OP = 'DELETE' THEN {work.replace('{rows}', f'({_REMOVED})')};"
        f" ELSE {work.replace('{rows}', _BOTH)}; END IF;"
    )


def _gather(column: str) -> str:
    return _by_event(f"ids := ARRAY(SELECT DISTINCT {column} FROM {{rows}} r)")


def _columns(row: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)
