"""Statements that are made once and run often: for the few places where making one costs more than running it.

Django makes the SQL once a process; PostgreSQL plans it once a connection (PREPARE), where SQLite does so by itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.models import Expression, Model, QuerySet, sql


class Param(Expression):
    """Stands in a prepared statement for a value that is given when it runs. `field`, of a model, says how it is stored."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class _Compiled:
    """The SQL of a statement, with Params among its parameters."""

    _numbers = count()

    def __init__(self, statement: str, params: tuple[Any, ...]) -> None:
        self._statement, self._params = statement, params
        self._planned: WeakKeyDictionary[Any, tuple[str, list[Param]]] = WeakKeyDictionary()

    def execute(self, cursor: Any, connection: Any, values: dict[str, Any], first: "Step | None" = None) -> None:
        """One query, with what is to be done `first` in the same trip; once a connection of PostgreSQL others to have them planned."""
        if connection.vendor == "postgresql":
            statement, params = self._call(connection, values)
            if first:
                before, more = first.compiled._call(connection, first.values)
                statement, params = f"{before}; {statement}", [*more, *params]
            cursor.execute(statement, params)
        else:
            if first:
                first.compiled.execute(cursor, connection, first.values)
            cursor.execute(self._statement, _stored(self._params, values, connection))

    def _call(self, connection: Any, values: dict[str, Any]) -> tuple[str, list[Any]]:
        statement, given = self._planned.get(connection.connection) or self._plan(connection)
        return statement, _stored(given, values, connection)

    def _plan(self, connection: Any) -> tuple[str, list[Param]]:
        """How it is run on that connection, and what with."""
        name = f"tracker_{next(self._numbers)}"
        given = {param.name: param for param in self._params if isinstance(param, Param)}
        places = {name: f"${place}" for place, name in enumerate(given, 1)}
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            words = [
                places[param.name] if isinstance(param, Param) else cursor.mogrify("%s", [param]).decode()
                for param in self._params
            ]
            cursor.execute(f"PREPARE {name} AS {self._statement % tuple(words)}")
        statement = f"EXECUTE {name}" + (f" ({', '.join(['%s'] * len(given))})" if given else "")
        self._planned[connection.connection] = statement, list(given.values())
        return self._planned[connection.connection]


def _stored(params: Iterable[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    """The values of the Params among these, as the database stores them."""
    return [
        param.output_field.get_db_prep_value(values[param.name], connection) if isinstance(param, Param) else param
        for param in params
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with its values, to be run before another one: on PostgreSQL both go there in one trip."""

    compiled: _Compiled
    values: dict[str, Any]


Statement = tuple[QuerySet[Any], dict[str, Any]]
"""What to update, and to what; with Params in both."""


class PreparedUpdate:
    """`build(*shape)` makes the statement, once for each database and shape (such as the length of a list)."""

    def __init__(self, build: Callable[..., Statement]) -> None:
        self._compiled = lru_cache(maxsize=64)(self._compile)
        self._build = build

    def step(self, using: str, *shape: int, **values: Any) -> Step:
        return Step(self._compiled(using, *shape), values)

    def run(self, using: str, *shape: int, **values: Any) -> int:
        """The number of rows. One query."""
        with connections[using].cursor() as cursor:
            self._compiled(using, *shape).execute(cursor, connections[using], values)
            return int(cursor.rowcount)

    def _compile(self, using: str, *shape: int) -> _Compiled:
        rows, changes = self._build(*shape)
        query: Any = rows.using(using).query.chain(sql.UpdateQuery)
        query.add_update_values(changes)
        return _Compiled(*query.get_compiler(using).as_sql())


class PreparedInsert:
    """Adds instances of a model as `save` does, but sends no signals. The id comes from the database."""

    def __init__(self, model: type[Model]) -> None:
        self._compiled = lru_cache(maxsize=8)(self._compile)
        self._model = model

    def add(self, instance: Any, using: str, *, first: Step | None = None) -> None:
        """One query."""
        connection = connections[using]
        values = {field.attname: field.pre_save(instance, True) for field in self._fields}
        with connection.cursor() as cursor:
            self._compiled(using).execute(cursor, connection, values, first)
            (instance.pk,) = cursor.fetchone()
        instance._state.adding, instance._state.db = False, using

    @cached_property
    def _fields(self) -> list[Any]:
        return [field for field in self._model._meta.local_concrete_fields if not field.primary_key]

    def _compile(self, using: str) -> _Compiled:
        quote = connections[using].ops.quote_name
        columns = ", ".join(quote(field.column) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        return _Compiled(
            f"INSERT INTO {quote(self._model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - of the model
            f" RETURNING {quote(str(self._model._meta.pk.column))}",
            tuple(Param(field.attname, field) for field in self._fields),
        )


class PreparedSelect:
    """`build()` makes the query, once for each database. Values come as the database stores them: texts and numbers, not days."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._compiled = lru_cache(maxsize=8)(self._compile)
        self._build = build

    def rows(self, using: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows. One query."""
        with connections[using].cursor() as cursor:
            self._compiled(using).execute(cursor, connections[using], values)
            return list(cursor.fetchall())

    def step(self, using: str, **values: Any) -> Step:
        """Run for what it does, such as locking rows."""
        return Step(self._compiled(using), values)

    def row(self, using: str, *, first: Step | None = None, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None. One query."""
        with connections[using].cursor() as cursor:
            self._compiled(using).execute(cursor, connections[using], values, first)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _compile(self, using: str) -> _Compiled:
        return _Compiled(*self._build().using(using).query.get_compiler(using).as_sql())
