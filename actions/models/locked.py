"""What is known of an action point once it is locked, and how it is written where it stands: statements that are made once."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from actions.models.status import Standing
from tracker.people.models import User
from tracker.prepared import Param, Statement

STANDING = [
    "status",
    "last_reported",
    "last_reported_latest",
    "last_happened",
    "last_happened_latest",
    "no_progress_streak",
]
"""The columns that say where it stands."""


@dataclass(frozen=True, slots=True)
class Locked:
    standing: Standing
    has_draft: bool
    """Whether the author has a draft of the form in hand."""
    last_number: int
    """The highest number that an update has; 0 where there is none."""


def columns(found: Standing) -> dict[str, Any]:
    """The values of STANDING."""
    return {
        "status": found.status,
        "last_reported": found.last_reported,
        "last_reported_latest": found.last_reported.latest if found.last_reported else None,
        "last_happened": found.last_happened,
        "last_happened_latest": found.last_happened.latest if found.last_happened else None,
        "no_progress_streak": found.no_progress_streak,
    }


def lock_query(points: Any) -> Any:
    return points.select_for_update().filter(pk=Param("id", points.model._meta.pk)).order_by().values_list("pk")


def known_query(points: Any) -> Any:
    """A statement of its own: one that waits for a lock sees other tables as they were before."""
    drafts, updates = (points.model._meta.get_field(name).related_model for name in ("drafts", "progress_updates"))
    written = drafts.objects.filter(
        action_point=OuterRef("pk"),
        author=Param("author", User._meta.pk),
        submission=Param("submission", drafts._meta.get_field("submission")),
    )
    last = updates.objects.filter(action_point=OuterRef("pk")).order_by("-number").values("number")[:1]
    known = points.filter(pk=Param("id", points.model._meta.pk)).order_by()
    return known.values_list(
        "status", "last_reported", "last_happened", "no_progress_streak", Exists(written), Subquery(last)
    )


def stand_statement(points: Any) -> Statement:
    params: Any = {name: Param(name, points.model._meta.get_field(name)) for name in ["id", *STANDING]}
    return points.filter(pk=params.pop("id")), params
