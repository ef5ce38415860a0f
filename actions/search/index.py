"""The index of words, kept by the database itself: a change that it knows of is found, whoever made it.

PostgreSQL has an index over an expression of each table. SQLite has an FTS5 table beside each table, which triggers keep.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import BooleanField, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from actions.models import ActionPoint, ProgressUpdate
from actions.search.query import Query, words_of
from tracker.people.models import Agency, User

RANKED = 1000
"""So many of one kind are weighed against each other: a word that nearly everything holds must not cost a look at everything."""

_TRIGGERS = ("added", "removed", "changed")

_PARTS = "search_parts_of_words"
"""For lists of action points, which look for parts of words."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is searched, with its columns, the most telling first."""

    model: Any
    columns: tuple[str, ...]
    name: str = ""
    """The column with what it is called, where people look for it by that."""

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def index(self) -> str:
        return f"search_{self.table}"


SOURCES = {
    "action_points": Source(ActionPoint, ("title", "description")),
    "updates": Source(ProgressUpdate, ("narrative", "reason")),
    "agencies": Source(Agency, ("acronym", "name"), name="acronym"),
    "people": Source(User, ("name", "email"), name="name"),
}


def ensure_index(connection: Any) -> None:
    """Make what is missing of the index, and fill it. Costs next to nothing where all is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _ensure_postgresql(cursor)
        else:
            for source in SOURCES.values():
                _ensure_sqlite(cursor, source)


def remove_index(connection: Any) -> None:
    """Of SQLite, so that nothing names the columns that are searched until `ensure_index`."""
    with connection.cursor() as cursor:
        for source in SOURCES.values():
            for when in _TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {source.index}_{when}")
            cursor.execute(f"DROP TABLE IF EXISTS {source.index}")


def rebuild_index(connection: Any) -> None:
    """Fill the index anew from the tables."""
    with connection.cursor() as cursor:
        for source in SOURCES.values():
            if connection.vendor == "postgresql":
                cursor.execute(f"REINDEX INDEX {source.index}")
            else:
                cursor.execute(f"INSERT INTO {source.index}({source.index}) VALUES ('rebuild')")


def ranked(visible: QuerySet[Any], source: Source, query: Query, limit: int) -> list[int]:
    """Ids of those of the visible rows that fit, the best first. Of more than RANKED that fit, some are left out. Two queries at most.

    What has a name comes first if it is called just so, then what is called something that begins so, by name.
    """
    rank = _ranked_by_postgresql if connections[visible.db].vendor == "postgresql" else _ranked_by_sqlite
    found = rank(visible.select_related(None), source, query)
    if source.name:
        found.sort(key=lambda row: _distance(row[1], query))
    return [pk for pk, _ in found[:limit]]


def _distance(name: str, query: Query) -> tuple[int, str]:
    """Of a name from what was typed, for sorting."""
    called, typed = " ".join(words_of(name)), " ".join(query.words)
    if called == typed:
        return 0, ""
    return (1, called) if called.startswith(typed) else (2, "")


def _ranked_by_postgresql(visible: QuerySet[Any], source: Source, query: Query) -> list[tuple[int, Any]]:
    """Ids with names, or with anything where there are none."""
    vector, wanted = _vector(source, f"{source.table}."), [_tsquery(query)]
    fits = RawSQL(f"{vector} @@ to_tsquery('simple', %s)", wanted, BooleanField())  # noqa: S611 - names of ours
    rank = RawSQL(f"ts_rank({vector}, to_tsquery('simple', %s))", wanted, FloatField())  # noqa: S611
    # Without an order: the newest ones first would tempt the planner to walk the whole table for a rare word.
    pks = list(visible.filter(fits).order_by().values_list("pk", flat=True)[:RANKED])
    if not pks:
        return []
    found = source.model._base_manager.filter(pk__in=pks).annotate(rank=rank)
    return list(found.order_by("-rank", "-pk").values_list("pk", source.name or "pk"))


def _ranked_by_sqlite(visible: QuerySet[Any], source: Source, query: Query) -> list[tuple[int, Any]]:
    """Ids with names, or with anything where there are none."""
    index, wanted = source.index, _match(query)
    of_index = f"{source.table}.id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"
    fits = RawSQL(of_index, [wanted], BooleanField())  # noqa: S611 - names of ours
    pks = set(visible.filter(fits).order_by("-pk").values_list("pk", flat=True)[:RANKED])
    if not pks:
        return []
    weights = ", ".join(["5.0", "1.0"][: len(source.columns)])
    with connections[visible.db].cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, {source.name or 'rowid'} FROM {index} WHERE {index} MATCH %s AND rowid BETWEEN %s AND %s "
            f"ORDER BY bm25({index}, {weights}), rowid DESC",
            [wanted, min(pks), max(pks)],
        )
        return [row for row in cursor.fetchall() if row[0] in pks]


def _ensure_postgresql(cursor: Any) -> None:
    names = [*(source.index for source in SOURCES.values()), _PARTS]
    cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = ANY(%s)", [names])
    if cursor.fetchone()[0] == len(names):
        return
    cursor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute(
        "CREATE OR REPLACE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT "
        "AS $$ SELECT translate(lower(public.unaccent('public.unaccent'::regdictionary, $1)), '.@/_-:#&=+', '          ') $$"
    )
    for source in SOURCES.values():
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {source.index} ON {source.table} USING gin (({_vector(source)}))")
    cursor.execute(
        f"CREATE INDEX IF NOT EXISTS {_PARTS} ON actions_actionpoint"
        " USING gin (upper(title::text) gin_trgm_ops, upper(description) gin_trgm_ops)"
    )


def _vector(source: Source, of: str = "") -> str:
    weighted = (
        f"setweight(to_tsvector('simple', search_fold({of}{column})), '{weight}')"
        for column, weight in zip(source.columns, "AB", strict=True)
    )
    return f"({' || '.join(weighted)})"


def _tsquery(query: Query) -> str:
    """Words only, so nothing in it can be taken for an operator."""
    phrases = [f"({' <-> '.join(phrase.words)}{':*' if phrase.is_open else ''})" for phrase in query.wanted]
    left_out = [f"!({' <-> '.join(phrase.words)})" for phrase in query.unwanted]
    return " & ".join([*phrases, *left_out])


def _ensure_sqlite(cursor: Any, source: Source) -> None:
    table, index, columns = source.table, source.index, ", ".join(source.columns)
    cursor.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)",
        [f"{index}_{when}" for when in _TRIGGERS],
    )
    if cursor.fetchone()[0] == 3:
        return
    old, new = (", ".join(f"{row}.{column}" for column in source.columns) for row in ("old", "new"))
    add = f"INSERT INTO {index}(rowid, {columns}) VALUES (new.id, {new});"
    remove = f"INSERT INTO {index}({index}, rowid, {columns}) VALUES ('delete', old.id, {old});"
    cursor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5({columns}, content='{table}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for when, event, work in (
        ("added", "INSERT", add),
        ("removed", "DELETE", remove),
        ("changed", f"UPDATE OF {columns}", remove + add),
    ):
        cursor.execute(f"DROP TRIGGER IF EXISTS {index}_{when}")
        cursor.execute(f"CREATE TRIGGER {index}_{when} AFTER {event} ON {table} BEGIN {work} END")
    cursor.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")


def _match(query: Query) -> str:
    """Each word quoted, so nothing in it can be taken for an operator."""
    phrases = [f'"{" ".join(phrase.words)}"{" *" if phrase.is_open else ""}' for phrase in query.wanted]
    left_out = "".join(f' NOT "{" ".join(phrase.words)}"' for phrase in query.unwanted)
    return f"({' AND '.join(phrases)}){left_out}"
