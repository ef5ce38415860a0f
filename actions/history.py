"""Return the history of an action point as edits of its text, leads, persons, pauses and milestones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from actions.access import Person
from actions.models import ActionPoint, Milestone, Responsibility
from issues.readable_history import NEVER, readable_since
from tracker.enumerations import comma_separated
from tracker.people.models import User, with_role

LIMIT = 500
"""Number of the newest history rows to read of the action point, of its responsibilities and of its milestones."""

ONE_EDIT = timedelta(seconds=2)
"""Maximum time between two history rows of one person that count as one edit."""

Persons = Mapping[int, Sequence[str]]
"""Names of the persons by the id of a responsibility's history row."""
FieldValues = Sequence[tuple[str, str]]
"""The label and the displayed value of each field of an object at one time."""


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


@dataclass(frozen=True, slots=True)
class _Moment:
    """An action point after an edit: the newest history rows of itself and of its responsibilities."""

    at: datetime
    by: User | None
    added: bool
    point: Any
    """None if its history does not go back that far."""
    parts: Mapping[int, Any]
    """By the id of the responsibility."""


def edits(action_point: ActionPoint, reader: Person, since: Mapping[int, datetime]) -> list[Edit]:
    """Return the edits that the reader may see, newest first.

    Values that were replaced or removed while the agenda was hidden from the reader are left out. `since` is the answer of `readable_since`
    for its own agenda; the action point has its page marks. Three queries, and one more each if it moved to another agenda or lost a
    milestone.
    """
    points = _newest(action_point.history.select_related("history_user", "issue"))
    parts = _newest(
        Responsibility.history.filter(action_point=action_point.pk).select_related("history_user", "agency")
    )
    agendas = _Agendas(points, action_point.issue.agenda_id)
    if elsewhere := agendas.ids - since.keys():
        since = {**since, **readable_since(elsewhere, reader)}
    readable = [*_edits(points, parts, agendas, since)]
    for row in _removed(action_point):
        if row.history_date > since[agendas.at(row.history_date)]:
            readable.append(Edit(row.history_date, row.history_user, False, [], row))
    return sorted(readable, key=lambda edit: edit.at, reverse=True)


def _newest(rows: Any) -> list[Any]:
    """Return the newest rows of a history, oldest first. One query."""
    return list(rows.order_by("-history_id")[:LIMIT])[::-1]


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


def _edits(
    points: Sequence[Any], parts: Sequence[Any], agendas: _Agendas, since: Mapping[int, datetime]
) -> Iterator[Edit]:
    """Yield the edits of the action point and its responsibilities from their history rows, oldest first. One query at most."""
    moments = list(_moments(points, parts))
    if not moments:
        return
    first = moments[0]
    yield Edit(first.at, first.by, first.added, [])
    replaced_at = [*(moment.at for moment in moments[1:]), NEVER]
    readable = [
        moment for moment, until in zip(moments, replaced_at, strict=True) if until > since[agendas.at(moment.at)]
    ]
    persons = persons_of(parts if len(readable) > 1 else [])
    for before, after in pairwise(readable):
        values = [
            [*(point_values(moment.point) if moment.point else []), *part_values(moment.parts.values(), persons)]
            for moment in (before, after)
        ]
        if changes := differences(*values):
            yield Edit(after.at, after.by, False, changes)


def _moments(points: Sequence[Any], parts: Sequence[Any]) -> Iterator[_Moment]:
    """Yield the action point after each edit. A responsibility whose beginning is not recorded is there from the first moment on."""
    rows = sorted([*points, *parts], key=lambda row: row.history_date)
    point, current = None, _unrecorded(parts)
    for burst in _bursts(rows):
        for row in burst:
            if isinstance(row, ActionPoint.history.model):
                point = row
            else:
                current = {**current, row.id: row}
        added = any(row is points[0] and row.history_type == "+" for row in burst) if points else False
        yield _Moment(burst[-1].history_date, burst[-1].history_user, added, point, current)


def _unrecorded(parts: Sequence[Any]) -> dict[int, Any]:
    """Return the first rows of responsibilities that do not begin with the row of their addition."""
    first: dict[int, Any] = {}
    for row in parts:
        first.setdefault(row.id, row)
    return {pk: row for pk, row in first.items() if row.history_type != "+"}


def _bursts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the rows, oldest first, in groups of one edit each."""
    burst = rows[:1]
    for before, row in pairwise(rows):
        if row.history_user_id == before.history_user_id and row.history_date - before.history_date <= ONE_EDIT:
            burst = [*burst, row]
        else:
            yield list(burst)
            burst = [row]
    if burst:
        yield list(burst)


def persons_of(rows: Sequence[Any]) -> Persons:
    """Return the names, with roles, of the persons in each of these history rows of responsibilities. One query, none without rows."""
    persons: dict[int, list[str]] = {}
    if not rows:
        return persons
    named = type(rows[0]).persons.model.objects.filter(history__in=[row.pk for row in rows])
    columns = named.order_by("user__name", "user__email").values_list(
        "history_id", "user__name", "user__email", "user__role"
    )
    for row_id, name, email, role in columns:
        persons.setdefault(row_id, []).append(with_role(name or email, role))
    return persons


def point_values(row: Any) -> FieldValues:
    """Return the fields of an action point from a history row whose issue is loaded."""
    return [
        (_("Issue"), str(row.issue) if row.issue else ""),
        (_("Number"), str(row.number)),
        (_("Title"), row.title),
        (_("Description"), row.description),
    ]


def part_values(rows: Iterable[Any], persons: Persons, *, with_people: bool = True) -> FieldValues:
    """Return who led an action point since when, and each agency's persons and pause.

    `rows` are history rows of its responsibilities at one time, with their agencies loaded. Without `with_people` it leaves out the names
    of persons and the pauses.
    """
    known = sorted((row for row in rows if row.history_type != "-"), key=lambda row: (_acronym(row), row.id))
    current = [row for row in known if row.until is None]
    since = _("%(agency)s since %(day)s")
    values = [
        (_("Lead agencies"), comma_separated(since % {"agency": _acronym(row), "day": row.since} for row in current))
    ]
    for row in current:
        agency, names = {"agency": _acronym(row)}, comma_separated(persons.get(row.pk, []))
        if not with_people:
            values.append((_("%(agency)s: focal points") % agency, _("focal points assigned") if names else ""))
            continue
        paused_until = date_format(row.paused_until) if row.paused_until else ""
        values += [
            (_("%(agency)s: focal points") % agency, names),
            (_("%(agency)s: reminders paused until") % agency, paused_until),
            (_("%(agency)s: reason for the pause") % agency, row.pause_reason),
        ]
    for row in known:
        if row.until is not None:
            values.append((_("%(agency)s: led until") % {"agency": _acronym(row)}, date_format(row.until)))
    return values


def _acronym(row: Any) -> str:
    return row.agency.acronym if row.agency else ""


def field_values(row: Any, *names: str) -> FieldValues:
    """Return the named fields of a history row of any model."""
    values = ((name, getattr(row, name)) for name in names)
    return [
        (capfirst(str(row._meta.get_field(name).verbose_name)), "" if value is None else str(value))
        for name, value in values
    ]


def differences(before: FieldValues, after: FieldValues) -> list[FieldChange]:
    """Return the fields that differ, in order. A field that one of the two does not have is empty there."""
    old, new = dict(before), dict(after)
    labels = dict.fromkeys([*old, *new])
    changes = [FieldChange(label, old.get(label, ""), new.get(label, "")) for label in labels]
    return [change for change in changes if change.before != change.after]
