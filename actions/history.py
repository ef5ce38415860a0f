"""Who changed an action point's wording, owners or snooze, or removed a milestone, and when: the rows of history, told as edits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from actions.models import ActionPoint, Milestone
from tracker.people.models import User

LIMIT = 100
"""Rows of history that are read. One edit leaves up to five: one for the columns, two for each list of owners."""

ONE_EDIT = timedelta(seconds=2)
"""Rows by one person within this time are one edit."""

Owners = Mapping[tuple[int, str], Sequence[str]]
"""Names by row of history and list of owners."""
Told = Sequence[tuple[str, str]]
"""Label and value of each field of a row of history, as people read them."""


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
    found = [*_edits(action_point), *(Edit(row.history_date, row.history_user, False, [], row) for row in removed)]
    return sorted(found, key=lambda edit: edit.at, reverse=True)


def _edits(action_point: ActionPoint) -> list[Edit]:
    """Of the action point itself, newest first. Three queries, one where there is no history."""
    newest = action_point.history.select_related("history_user", "issue").order_by("-history_id")
    rows = list(newest[:LIMIT])[::-1]
    if not rows:
        return []
    owners = owners_of(rows)
    bursts = list(_bursts(rows))
    found = [Edit(bursts[0][-1].history_date, bursts[0][-1].history_user, bursts[0][0].history_type == "+", [])]
    for before, after in pairwise(burst[-1] for burst in bursts):
        if changes := differences(told(before, owners), told(after, owners)):
            found.append(Edit(after.history_date, after.history_user, False, changes))
    return found[::-1]


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


def owners_of(rows: Sequence[Any]) -> Owners:
    """Of rows of the history of action points. Two queries, none where there are no rows."""
    found: dict[tuple[int, str], list[str]] = {}
    for field, name in (("lead_agencies", "agency__acronym"), ("focal_points", "user__name")) if rows else ():
        kept = getattr(type(rows[0]), field).model.objects.filter(history__in=[row.pk for row in rows])
        for row_id, owner in kept.order_by(name).values_list("history_id", name):
            found.setdefault((row_id, field), []).append(owner or "")
    return found


def told(row: Any, owners: Owners, *, with_people: bool = True) -> Told:
    """Of an action point, its issue loaded. Without people it says only whether there are focal points, and nothing of a snooze."""
    focal_points = ", ".join(owners.get((row.pk, "focal_points"), []))
    agreed = [
        (_("Issue"), str(row.issue) if row.issue else ""),
        (_("Number"), str(row.number)),
        (_("Title"), row.title),
        (_("Description"), row.description),
        (_("Lead agencies"), ", ".join(owners.get((row.pk, "lead_agencies"), []))),
    ]
    if not with_people:
        return [*agreed, (_("Focal points"), _("focal points assigned") if focal_points else "")]
    return [
        *agreed,
        (_("Focal points"), focal_points),
        (_("Snoozed until"), date_format(row.snoozed_until) if row.snoozed_until else ""),
        (_("Reason of the snooze"), row.snooze_reason),
    ]


def told_fields(row: Any, *names: str) -> Told:
    """Of anything that has a history: the fields of these names."""
    values = ((name, getattr(row, name)) for name in names)
    return [
        (capfirst(str(row._meta.get_field(name).verbose_name)), "" if value is None else str(value))
        for name, value in values
    ]


def differences(then: Told, now: Told) -> list[Change]:
    return [Change(label, old, new) for (label, old), (_label, new) in zip(then, now, strict=True) if old != new]
