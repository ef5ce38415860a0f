"""Paging by where the last page ended, which costs the same on every page however long the list is (an OFFSET does not).

A place in a list is written as its row's values with `~` between them: `2006-03-31~17`. It goes into the address, and means the same for
everybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

Row = TypeVar("Row")
"""A model, or a tuple with names: what `values_list` makes of one."""

_LARGEST = 2**63 - 1


class PlaceError(ValueError):
    """A text that names no place in a list of this order."""


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > _LARGEST:
        raise PlaceError(text)
    return int(text)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PlaceError(text) from error


@dataclass(frozen=True, slots=True)
class Column:
    """A column to sort by. Nulls, where there may be any, stand at the small end: first, or last where it is descending."""

    name: str
    """As in a query: `issue__number`."""
    read: Callable[[str], Any]
    """Reads a value from a place; raises PlaceError."""
    descending: bool = False
    nullable: bool = False

    def value_of(self, row: object) -> Any:
        value: Any = row
        for part in self.name.split("__"):
            value = getattr(value, part)
        return value

    def order(self, *, backwards: bool) -> OrderBy:
        nulls = {("nulls_last" if self.descending != backwards else "nulls_first"): True} if self.nullable else {}
        return OrderBy(F(self.name), descending=self.descending != backwards, **nulls)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """The rows whose value comes after this one; None where there cannot be any."""
        if self.descending != backwards:
            if value is None:
                return None
            smaller = Q(**{f"{self.name}__lt": value})
            return smaller | Q(**{f"{self.name}__isnull": True}) if self.nullable else smaller
        if value is None:
            return Q(**{f"{self.name}__isnull": False})
        return Q(**{f"{self.name}__gt": value})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    before: str | None
    """The place to ask for the page before this one; None where this is the first."""
    after: str | None
    """The place to ask for the page after this one; None where this is the last."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list. Its last column must be unique."""

    columns: Sequence[Column]

    def via(self, relation: str) -> "Order":
        """The same of what leads to these rows, such as `entry__`."""
        return Order([replace(column, name=f"{relation}{column.name}") for column in self.columns])

    def place(self, row: object) -> str:
        """Costs a query a column of another table unless that is loaded."""
        values = [column.value_of(row) for column in self.columns]
        return "~".join("" if value is None else str(value) for value in values)

    def page(
        self, *sources: "QuerySet[Any, Row]", size: int, after: str | None = None, before: str | None = None
    ) -> "Page[Row]":
        """The first page, or the one after or before a place, of what is in any of the sources. A query each. Raises PlaceError.

        Of several sources all columns must go one way, without nulls: each is read in order for a page at most.
        """
        backwards = before is not None
        place = before if backwards else after
        beyond = Q() if place is None else self._beyond(place, backwards=backwards)
        order = [column.order(backwards=backwards) for column in self.columns]
        first, *others = (list(rows.filter(beyond).order_by(*order)[: size + 1]) for rows in sources)
        found = self._merged([first, *others], backwards=backwards) if others else first
        more, shown = len(found) > size, found[:size]
        if backwards:
            shown.reverse()
        earlier = more if backwards else place is not None
        later = place is not None if backwards else more
        return Page(
            shown,
            before=self.place(shown[0]) if shown and earlier else None,
            after=self.place(shown[-1]) if shown and later else None,
        )

    def _merged(self, pages: "Sequence[Sequence[Row]]", *, backwards: bool) -> "list[Row]":
        by_place = {tuple(column.value_of(row) for column in self.columns): row for page in pages for row in page}
        return [by_place[key] for key in sorted(by_place, reverse=self.columns[0].descending != backwards)]

    def _beyond(self, place: str, *, backwards: bool) -> Q:
        beyond, same = Q(pk__in=[]), Q()
        for column, value in zip(self.columns, self._read(place), strict=True):
            if (rows := column.beyond(value, backwards=backwards)) is not None:
                beyond |= same & rows
            same &= column.same(value)
        return beyond

    def _read(self, place: str) -> list[Any]:
        texts = place.split("~")
        if len(texts) != len(self.columns):
            raise PlaceError(place)
        values = []
        for column, text in zip(self.columns, texts, strict=True):
            if not text and not column.nullable:
                raise PlaceError(place)
            values.append(column.read(text) if text else None)
        return values
