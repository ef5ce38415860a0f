"""What the kept tables hold, said once in SQL: triggers and `rebuild` use the same text, for both databases.

Each text has its source in braces:
`{points}` is a condition on action points `p`, or `{rows}` a table of entries (with a `sign` to count them).
"""

from dataclasses import dataclass

from actions.models import ActionStatus, ReportedStatus
from actions.models.status import ENDED
from actions.tallies.models import FOREVER, NEVER, NOBODY


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says the few things that it says in its own way. Days are `day`, numbers `days`."""

    least: str
    greatest: str
    date: str
    plus: str

    def day(self, text: str) -> str:
        return self.date.format(text)

    def after(self, day: str, days: str) -> str:
        return self.plus.format(day=day, days=days)


DIALECTS = {
    "postgresql": Dialect("LEAST", "GREATEST", "DATE '{}'", "({day} + {days})"),
    "sqlite": Dialect("min", "max", "'{}'", "date({day}, ({days}) || ' days')"),
}

_RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(ActionStatus.values))
_ENDED = ", ".join(f"'{status.value}'" for status in ENDED)
_UNMOVED = f"'{ActionStatus.NOT_REPORTED.value}', '{ActionStatus.NO_PROGRESS.value}'"
_IN_FORCE = (
    "{0}.withdrawn_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM actions_progressupdate newer WHERE newer.supersedes_id = {0}.id)"
)

LEADS, ASSIGNED = "actions_actionpoint_lead_agencies", "actions_actionpoint_focal_points"
ENTRY_COLUMNS = (
    "action_point_id",
    "agenda_id",
    "place",
    "rank",
    "is_open",
    "is_owned",
    "reported",
    "milestone_due",
    "first_due",
    "last_due",
    "snoozed_until",
    "shows_after",
)
LED_COLUMNS = ("agency_id", *(name for name in ENTRY_COLUMNS if name != "is_owned"))
OWNED = (
    f"(EXISTS (SELECT 1 FROM {LEADS} l WHERE l.actionpoint_id = {{point}})"
    f" OR EXISTS (SELECT 1 FROM {ASSIGNED} f WHERE f.actionpoint_id = {{point}}))"
)
_UNDONE = "FROM actions_milestone m WHERE m.action_point_id = p.id AND m.done_on IS NULL"
_OF_OTHERS = {
    "is_owned": OWNED.format(point="p.id"),
    "milestone_due": f"(SELECT min(m.due_latest) {_UNDONE} AND m.repeats_every_months IS NULL)",
    "first_due": f"(SELECT min(m.due_latest) {_UNDONE})",
    "last_due": "(SELECT max(CASE WHEN m.repeats_every_months IS NULL THEN m.due_latest ELSE {forever} END)"
    f" {_UNDONE})",
}
"""What of an entry follows from other tables than that of action points."""
LAST_COLUMNS = ("action_point_id", "agenda_id", "recorded")
TALLY_COLUMNS = ("agenda_id", "agency_id", "kind", "status", "day")
MOVE_COLUMNS = ("action_point_id", "day", "status", "before")


def entries(dialect: Dialect, points: str, *, own_columns_only: bool = False) -> str:
    """The entries of those action points `p` (of issues `i`). Where only columns of their own have changed, the rest is taken from the
    entries that are there.
    """
    never, forever = dialect.day(NEVER.isoformat()), dialect.day(FOREVER.isoformat())
    silent_after = dialect.after("known.reported", "known.silence_days")
    # The day before the first day of the calendar is none.
    awake = f"{dialect.greatest}(known.snoozed_until, {dialect.day('0001-01-02')})"
    held_back = f"COALESCE({dialect.after(awake, '-1')}, {never})"
    stirs = f"{dialect.least}({silent_after}, COALESCE(known.milestone_due, {forever}))"
    kept = "JOIN tallies_entry e ON e.action_point_id = p.id" if own_columns_only else ""
    of_others = ", ".join(
        f"{f'e.{name}' if kept else found.replace('{forever}', forever)} AS {name}"
        for name, found in _OF_OTHERS.items()
    )
    return f"""
        SELECT known.action_point_id, known.agenda_id, known.place, CASE known.status {_RANKS} END AS rank,
            known.status NOT IN ({_ENDED}) AS is_open, known.is_owned, known.reported, known.milestone_due,
            known.first_due, known.last_due, known.snoozed_until,
            CASE WHEN known.status IN ({_ENDED}) THEN NULL WHEN known.status IN ({_UNMOVED}) THEN {held_back}
                ELSE {dialect.greatest}({stirs}, {held_back}) END AS shows_after
        FROM (
            SELECT p.id AS action_point_id, i.agenda_id, i.number * 1000 + p.number AS place, p.status,
                COALESCE(p.last_reported_latest, {never}) AS reported, p.snoozed_until, a.silence_days, {of_others}
            FROM actions_actionpoint p JOIN issues_issue i ON i.id = p.issue_id JOIN issues_agenda a ON a.id = i.agenda_id {kept}
            WHERE {points}
        ) known"""


def led_entries(rows: str) -> str:
    """These entries once for each agency that leads the action point, and once for nobody where nobody owns it."""
    columns = ", ".join(f"r.{name}" for name in LED_COLUMNS[1:])
    return (
        f"SELECT l.agency_id, {columns} FROM {rows} r"
        f" JOIN {LEADS} l ON l.actionpoint_id = r.action_point_id"
        f" UNION ALL SELECT {NOBODY}, {columns} FROM {rows} r WHERE NOT r.is_owned"
    )


def moves(points: str) -> str:
    """How those action points `p` came to stand where, as `actions.models.status.standing` weighs what is in force."""
    of_part = (
        f"CASE WHEN NOT u.part_only THEN 0 WHEN u.status IN ('{ReportedStatus.UNDER_WAY.value}',"
        f" '{ReportedStatus.COMPLETED.value}') THEN 3 WHEN u.status = '{ReportedStatus.EXPLORING.value}' THEN 2 ELSE 1 END"
    )
    so_far = "OVER (PARTITION BY u.action_point_id ORDER BY u.reported_on_latest, u.number)"
    return f"""
        SELECT action_point_id, day, status, before FROM (
            SELECT action_point_id, day, status,
                COALESCE(lag(status) OVER (PARTITION BY action_point_id ORDER BY day),
                    '{ActionStatus.NOT_REPORTED.value}') AS before
            FROM (
                SELECT action_point_id, day, back,
                    CASE WHEN wholes > 0 THEN max(whole) OVER (PARTITION BY action_point_id, wholes)
                        WHEN parts = 3 THEN '{ActionStatus.UNDER_WAY.value}'
                        WHEN parts = 2 THEN '{ActionStatus.EXPLORING.value}'
                        ELSE '{ActionStatus.NO_PROGRESS.value}' END AS status
                FROM (
                    SELECT u.action_point_id, u.reported_on_latest AS day,
                        CASE WHEN u.part_only THEN NULL ELSE u.status END AS whole,
                        sum(CASE WHEN u.part_only THEN 0 ELSE 1 END) {so_far} AS wholes,
                        max({of_part}) {so_far} AS parts,
                        row_number() OVER (PARTITION BY u.action_point_id, u.reported_on_latest ORDER BY u.number DESC) AS back
                    FROM actions_progressupdate u
                    WHERE {_IN_FORCE.format("u")} AND {points.replace("p.id", "u.action_point_id")}
                ) reports
            ) daily WHERE back = 1
        ) changes WHERE before <> status"""


def last_updates(points: str) -> str:
    """When the last update in force of each of those action points `p` was recorded."""
    return (
        "SELECT p.id AS action_point_id, i.agenda_id, max(u.recorded_at) AS recorded FROM actions_progressupdate u"
        " JOIN actions_actionpoint p ON p.id = u.action_point_id JOIN issues_issue i ON i.id = p.issue_id"
        f" WHERE {_IN_FORCE.format('u')} AND {points} GROUP BY p.id, i.agenda_id"
    )


def tallies(rows: str, *, stay: bool = False) -> str:
    """What these entries add, each with its sign: sums that are not nought. Where all `stay` in their agendas, their moves add nothing."""
    moved = f"FROM {rows} r JOIN tallies_move m ON m.action_point_id = r.action_point_id"
    return _summed(
        f"""SELECT r.agenda_id, CAST(NULL AS bigint) AS agency_id, k.kind,
                CASE WHEN k.kind = 'status' THEN {_status("r")} ELSE '' END AS status,
                CASE k.kind WHEN 'reported' THEN r.reported WHEN 'shows' THEN r.shows_after
                    WHEN 'late' THEN r.milestone_due WHEN 'snoozed' THEN r.snoozed_until END AS day, r.sign
            FROM {rows} r CROSS JOIN {_kinds("status", "unowned", "reported", "shows", "late", "snoozed")} k
            WHERE CASE k.kind WHEN 'status' THEN true WHEN 'unowned' THEN NOT r.is_owned
                WHEN 'late' THEN r.is_open AND r.milestone_due IS NOT NULL
                WHEN 'snoozed' THEN r.is_open AND r.snoozed_until IS NOT NULL ELSE r.is_open END
            UNION ALL {_of_agencies(f"{rows} r JOIN {LEADS} l ON l.actionpoint_id = r.action_point_id")}
            {"" if stay else f"UNION ALL {_of_moves(moved)}"}"""
    )


def link_tallies(links: str) -> str:
    """What these links to lead agencies (`actionpoint_id`, `agency_id`, `sign`) add."""
    return _summed(_of_agencies(f"{links} l JOIN tallies_entry r ON r.action_point_id = l.actionpoint_id"))


def move_tallies(moved: str) -> str:
    """What these moves, each with its sign, add."""
    return _summed(_of_moves(f"FROM {moved} m JOIN tallies_entry r ON r.action_point_id = m.action_point_id"))


def _of_agencies(source: str) -> str:
    return f"""
        SELECT r.agenda_id, l.agency_id, k.kind, CASE WHEN k.kind = 'status' THEN {_status("r")} ELSE '' END AS status,
            CASE WHEN k.kind = 'shows' THEN r.shows_after END AS day, sign
        FROM {source} CROSS JOIN {_kinds("status", "shows")} k WHERE k.kind = 'status' OR r.is_open"""


def _of_moves(source: str) -> str:
    return (
        f"SELECT r.agenda_id, CAST(NULL AS bigint) AS agency_id, 'stood' AS kind, m.status, m.day, sign {source}"
        f" UNION ALL SELECT r.agenda_id, NULL, 'stood', m.before, m.day, -sign {source}"
    )


def _kinds(*kinds: str) -> str:
    selects = " UNION ALL ".join(f"SELECT '{kind}' AS kind" for kind in kinds)
    return f"({selects})"


def _status(row: str) -> str:
    cases = " ".join(f"WHEN {rank} THEN '{status}'" for rank, status in enumerate(ActionStatus.values))
    return f"CASE {row}.rank {cases} END"


def _summed(select: str) -> str:
    columns = ", ".join(TALLY_COLUMNS)
    return f"SELECT {columns}, sum(sign) AS count FROM ({select}) counted GROUP BY {columns} HAVING sum(sign) <> 0"
