"""Return the history of an action point as edits of its text, owners, pause and milestones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import F, Value
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from actions.access import Person
from actions.models import ActionPoint, Milestone
from issues.readable_history import NEVER, readable_since
from tracker.people.models import User

LIMIT = 100
"""Number of the newest history rows to read. One edit writes up to five rows."""

ONE_EDIT = timedelta(seconds=2)
"""Maximum time between two history rows of one person that count as one edit."""

Owners = Mapping[tuple[int, str], Sequence[str]]
"""Names of owners by history row id and field."""
FieldValues = Sequence[tuple[str, str]]
"""The label and the displayed value of each field of a history row."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after an edit, as displayed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    at: datetime
    by: User | None
    added: bool
    """Whether this edit added the action point."""
    changes: list[FieldChange]
    """Empty if it was added, if a milestone was removed, or if the earlier value was not recorded."""
    removed: Any = None
    """The last history row of the milestone that this edit removed."""


def edits(action_point: ActionPoint, reader: Person, since: Mapping[int, datetime]) -> list[Edit]:
    """Return the edits that the reader may see, newest first.

    Values that were replaced or removed while the agenda was hidden from the reader are left out. `since` is the answer of `readable_since`
    for its own agenda; the action point has its page marks. One query, and one more each if it was edited, moved to another agenda or lost
    a milestone.
    """
    newest = action_point.history.select_related("history_user", "issue").order_by("-history_id")
    rows = list(newest[:LIMIT])[::-1]
    agendas = _Agendas(rows, action_point.issue.agenda_id)
    if elsewhere := agendas.ids - since.keys():
        since = {**since, **readable_since(elsewhere, reader)}
    readable = [*_edits(rows, agendas, since)]
    for row in _removed(action_point):
        if row.history_date > since[agendas.at(row.history_date)]:
            readable.append(Edit(row.history_date, row.history_user, False, [], row))
    return sorted(readable, key=lambda edit: edit.at, reverse=True)


def _removed(action_point: Any) -> list[Any]:
    """Return the last rows of history of its milestones that were removed. One query, none if there are none."""
    if not action_point.has_removed_milestones:
        return []
    return list(Milestone.removed_from(action_point).select_related("history_user").order_by("-history_id")[:LIMIT])


class _Agendas:
    """The agendas that an action point has belonged to, from its history rows, oldest first."""

    def __init__(self, rows: Sequence[Any], now: int) -> None:
        self._moves = [(row.history_date, row.issue.agenda_id if row.issue else now) for row in rows]
        self._now = now

    @property
    def ids(self) -> set[int]:
        return {self._now, *(agenda for _at, agenda in self._moves)}

    def at(self, instant: datetime) -> int:
        """Return the id of the agenda that the action point belonged to at that instant."""
        return next((agenda for at, agenda in reversed(self._moves) if at <= instant), self._now)


def _edits(rows: Sequence[Any], agendas: _Agendas, since: Mapping[int, datetime]) -> Iterator[Edit]:
    """Yield the edits of the action point itself from its history rows, oldest first. One query, none if it was never edited."""
    if not rows:
        return
    bursts = list(_bursts(rows))
    yield Edit(bursts[0][-1].history_date, bursts[0][-1].history_user, bursts[0][0].history_type == "+", [])
    replaced_at = [*(burst[0].history_date for burst in bursts[1:]), NEVER]
    readable = [
        burst[-1]
        for burst, until in zip(bursts, replaced_at, strict=True)
        if until > since[agendas.at(burst[-1].history_date)]
    ]
    owners = owners_of(readable if len(readable) > 1 else [])
    for before, after in pairwise(readable):
        if changes := differences(action_point_values(before, owners), action_point_values(after, owners)):
            yield Edit(after.history_date, after.history_user, False, changes)


def _bursts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the rows, oldest first, in groups of one edit each."""
    burst = [rows[0]]
    for before, row in pairwise(rows):
        if row.history_user_id == before.history_user_id and row.history_date - before.history_date <= ONE_EDIT:
            burst.append(row)
        else:
            yield burst
            burst = [row]
    yield burst


def owners_of(rows: Sequence[Any]) -> Owners:
    """Return the owners in each of these history rows of action points. One query, none without rows."""
    owners: dict[tuple[int, str], list[str]] = {}
    if not rows:
        return owners
    leads, focal_points = (
        getattr(type(rows[0]), field)
        .model.objects.filter(history__in=[row.pk for row in rows])
        .annotate(field=Value(field), owner=F(name))
        .values_list("history_id", "field", "owner")
        for field, name in (("lead_agencies", "agency__acronym"), ("focal_points", "user__name"))
    )
    for row_id, field, owner in leads.union(focal_points, all=True).order_by("owner"):
        owners.setdefault((row_id, field), []).append(owner or "")
    return owners


def action_point_values(row: Any, owners: Owners, *, with_people: bool = True) -> FieldValues:
    """Return the fields of an action point from a history row whose issue is loaded.

    Without `with_people` it leaves out the names of focal points and the pause.
    """
    focal_points = ", ".join(owners.get((row.pk, "focal_points"), []))
    values = [
        (_("Issue"), str(row.issue) if row.issue else ""),
        (_("Number"), str(row.number)),
        (_("Title"), row.title),
        (_("Description"), row.description),
        (_("Lead agencies"), ", ".join(owners.get((row.pk, "lead_agencies"), []))),
    ]
    if not with_people:
        return [*values, (_("Focal points"), _("focal points assigned") if focal_points else "")]
    return [
        *values,
        (_("Focal points"), focal_points),
        (_("Reminders paused until"), date_format(row.snoozed_until) if row.snoozed_until else ""),
        (_("Reason for the pause"), row.snooze_reason),
    ]


def field_values(row: Any, *names: str) -> FieldValues:
    """Return the named fields of a history row of any model."""
    values = ((name, getattr(row, name)) for name in names)
    return [
        (capfirst(str(row._meta.get_field(name).verbose_name)), "" if value is None else str(value))
        for name, value in values
    ]


def differences(before: FieldValues, after: FieldValues) -> list[FieldChange]:
    """Return the fields that differ. Both have the same fields in the same order."""
    return [
        FieldChange(label, old, new) for (label, old), (_label, new) in zip(before, after, strict=True) if old != new
    ]
