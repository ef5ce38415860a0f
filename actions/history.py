"""Who changed an action point's wording, owners or snooze, or removed a milestone, and when: the rows of history, told as edits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.models import ActionPoint, Milestone
from tracker.people.models import User

LIMIT = 100
"""Rows of history that are read. One edit leaves up to five: one for the columns, two for each list of owners."""

ONE_EDIT = timedelta(seconds=2)
"""Rows by one person within this time are one edit."""


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    at: datetime
    by: User | None
    added: bool
    """The action point was made by it."""
    changes: list[Change]
    """Empty where it was added, a milestone was removed, or what stood there before was not recorded."""
    removed: Any = None
    """The last row of history of the milestone that was removed by it."""


def edits(action_point: ActionPoint) -> list[Edit]:
    """Newest first. Four queries, two where it has no history."""
    removed = Milestone.removed_from(action_point).select_related("history_user").order_by("-history_id")[:LIMIT]
    told = [*_edits(action_point), *(Edit(row.history_date, row.history_user, False, [], row) for row in removed)]
    return sorted(told, key=lambda edit: edit.at, reverse=True)


def _edits(action_point: ActionPoint) -> list[Edit]:
    """Of the action point itself, newest first. Three queries, one where there is no history."""
    newest = action_point.history.select_related("history_user", "issue").order_by("-history_id")
    rows = list(newest[:LIMIT])[::-1]
    if not rows:
        return []
    owners = _owners(rows)
    bursts = list(_bursts(rows))
    told = [Edit(bursts[0][-1].history_date, bursts[0][-1].history_user, bursts[0][0].history_type == "+", [])]
    for before, after in pairwise(burst[-1] for burst in bursts):
        changes = [
            Change(label, old, new)
            for (label, old), (_label, new) in zip(_told(before, owners), _told(after, owners), strict=True)
            if old != new
        ]
        if changes:
            told.append(Edit(after.history_date, after.history_user, False, changes))
    return told[::-1]


def _bursts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows, oldest first, in groups that are one edit each."""
    burst = [rows[0]]
    for before, row in pairwise(rows):
        if row.history_user_id == before.history_user_id and row.history_date - before.history_date <= ONE_EDIT:
            burst.append(row)
        else:
            yield burst
            burst = [row]
    yield burst


def _owners(rows: Sequence[Any]) -> dict[tuple[int, str], list[str]]:
    """Names by row of history and list of owners. Two queries."""
    found: dict[tuple[int, str], list[str]] = {}
    for field, name in (("lead_agencies", "agency__acronym"), ("focal_points", "user__name")):
        kept = getattr(type(rows[0]), field).model.objects.filter(history__in=[row.pk for row in rows])
        for row_id, owner in kept.order_by(name).values_list("history_id", name):
            found.setdefault((row_id, field), []).append(owner or "")
    return found


def _told(row: Any, owners: dict[tuple[int, str], list[str]]) -> list[tuple[str, str]]:
    """Label and value of each field, as people read them."""
    return [
        (_("Issue"), str(row.issue)),
        (_("Number"), str(row.number)),
        (_("Title"), row.title),
        (_("Description"), row.description),
        (_("Lead agencies"), ", ".join(owners.get((row.pk, "lead_agencies"), []))),
        (_("Focal points"), ", ".join(owners.get((row.pk, "focal_points"), []))),
        (_("Snoozed until"), date_format(row.snoozed_until) if row.snoozed_until else ""),
        (_("Reason of the snooze"), row.snooze_reason),
    ]
