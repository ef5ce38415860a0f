"""Number issues and action points, in an agenda and in the plan of the next agenda."""

from typing import Any

from django.db.models import Max


def next_number(siblings: Any) -> int:
    """Return the number after the highest of these rows; 1 if there are none. One query."""
    return int(siblings.aggregate(last=Max("number"))["last"] or 0) + 1
