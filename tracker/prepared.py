"""Statements that are compiled once and run often: for the few places where building one costs more than running it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import Expression, QuerySet, sql


class Param(Expression):
    """Stands in a prepared update for a value that is given when it runs. `field`, of a model, says how it is stored."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


Statement = tuple[QuerySet[Any], dict[str, Any]]
"""What to update, and to what; with Params in both."""


class PreparedUpdate:
    """`build(*shape)` makes the statement, once for each database and shape (such as the length of a list)."""

    def __init__(self, build: Callable[..., Statement]) -> None:
        self._compiled = lru_cache(maxsize=64)(self._compile)
        self._build = build

    def run(self, using: str, *shape: int, **values: Any) -> int:
        """The number of rows. One query."""
        statement, params = self._compiled(using, *shape)
        with connections[using].cursor() as cursor:
            cursor.execute(statement, _given(params, values, using))
            return int(cursor.rowcount)

    def _compile(self, using: str, *shape: int) -> tuple[str, tuple[Any, ...]]:
        rows, changes = self._build(*shape)
        query: Any = rows.using(using).query.chain(sql.UpdateQuery)
        query.add_update_values(changes)
        compiled: tuple[str, tuple[Any, ...]] = query.get_compiler(using).as_sql()
        return compiled


class PreparedSelect:
    """`build()` makes the query, once for each database. Values come as the database stores them: texts and numbers, not days."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._compiled = lru_cache(maxsize=8)(self._compile)
        self._build = build

    def row(self, using: str, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None. One query."""
        statement, params = self._compiled(using)
        with connections[using].cursor() as cursor:
            cursor.execute(statement, _given(params, values, using))
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _compile(self, using: str) -> tuple[str, tuple[Any, ...]]:
        compiled: tuple[str, tuple[Any, ...]] = self._build().using(using).query.get_compiler(using).as_sql()
        return compiled


def _given(params: tuple[Any, ...], values: dict[str, Any], using: str) -> list[Any]:
    return [
        param.output_field.get_db_prep_value(values[param.name], connections[using])
        if isinstance(param, Param)
        else param
        for param in params
    ]
