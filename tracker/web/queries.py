"""Change the query of an address."""

from collections.abc import Iterable

from django.http import QueryDict


def without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    """Return a copy of the query, which may be changed, without these parameters."""
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left
