"""Issues and action points are numbered on, in an agenda and in one that is planned."""

from typing import Any

from django.db.models import Max


def next_number(numbered: Any) -> int:
    """The one after the last of these rows; 1 where there are none. One query."""
    return int(numbered.aggregate(last=Max("number"))["last"] or 0) + 1
