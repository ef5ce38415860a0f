"""Issues, action points and milestones of an agenda that were added, edited or removed since a date.

A row of history holds the values after an edit. The last row before the date and the newest row are compared; an edit that was reverted
in between makes no difference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _

from actions.access import Person
from actions.history import FieldChange, differences, field_values, part_values, persons_of, point_values
from actions.models import ActionPoint, Milestone, Responsibility
from issues.models import Agenda, Issue
from issues.readable_history import readable_since
from tracker.people.models import with_role

SHOWN = 100
MAX_READ = 1000
"""The newest rows of each history that are read. One edit writes several: one for the columns, up to three for each part."""

_ISSUE = ("number", "title", "short_title", "rationale")
_MILESTONE = ("title", "place", "due", "agency", "due_note", "repeats_every_months", "done_on", "last_done_on")


@dataclass(frozen=True, slots=True)
class RecentEdit:
    """An issue, action point or milestone that was added, edited or removed."""

    row: Any
    """The newest row of its history."""
    at: datetime
    """When it was added, otherwise when it was last edited."""
    by: Sequence[str]
    """Who added it, otherwise who edited it since the date, the last editor first. Empty for readers who may not see names."""
    added: bool = False
    changes: Sequence[FieldChange] = ()
    """Empty if it was added or removed, or if the earlier value is unknown."""
    is_done: bool = False
    """Whether it is a milestone that has been done since."""

    @property
    def removed(self) -> bool:
        return bool(self.row.history_type == "-")

    @property
    def is_unknown(self) -> bool:
        """Whether it was edited and its earlier value was not recorded."""
        return not (self.added or self.removed or self.changes)


@dataclass(frozen=True, slots=True)
class EditGroup:
    """Up to SHOWN edits of one kind, the newest day first and by reference within a day.

    Each comes with the current issue or action point, a milestone with its action point, and what was removed with None.
    """

    rows: Sequence[tuple[RecentEdit, Any]]
    is_cut: bool

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class RecentEdits:
    """What was added, edited and removed, by kind."""

    added_issues: EditGroup
    issues: EditGroup
    """Edited and removed ones."""
    added_points: EditGroup
    """With their leads and persons."""
    points: EditGroup
    """Edited and removed ones."""
    milestones: EditGroup
    """Added, edited and removed ones."""
    are_all: bool
    """Whether every history was read completely, that is, has at most MAX_READ rows since the date."""

    @property
    def groups(self) -> list[tuple[str, str, EditGroup]]:
        """Return the key and heading of each group that is not empty, with the group."""
        groups = [
            ("added-issues", _("Issues added"), self.added_issues),
            ("added-points", _("Action points added"), self.added_points),
            ("issues", _("Issues edited"), self.issues),
            ("points", _("Action points edited"), self.points),
            ("milestones", _("Milestones"), self.milestones),
        ]
        return [group for group in groups if group[-1]]


@dataclass(frozen=True, slots=True)
class _Touched:
    """A row of a model that has rows of history since the date."""

    before: Any
    """The last row of history before the date, if any."""
    first: Any
    """The very first row of history, if none is before the date."""
    now: Any
    at: datetime
    by: Sequence[str]
    moved_here: bool = False
    """Whether it moved here from an agenda that was hidden from the reader."""


Seen = dict[int, tuple[datetime, list[str]]]
"""When an object was last edited, and by whom, the last editor first: by its id."""

_PartRows = Mapping[int, tuple[Sequence[Any], Sequence[Any]]]
"""The history rows of an action point's responsibilities before the date and now, by the id of the action point."""


def edits(agenda: Agenda, end: datetime, reader: Person) -> RecentEdits:
    """Return the edits since `end`, from when on the reader may read the agenda.

    Visitors get no names of people. Nobody gets the earlier values of an action point from another agenda that was hidden from them.
    Up to 18 queries, four without edits.
    """
    with_people = reader.is_authenticated
    # EXISTS instead of a join: without statistics SQLite would scan the whole history.
    its_issues = Exists(agenda.issues.filter(pk=OuterRef("issue_id")))
    its_points = Exists(ActionPoint.objects.filter(pk=OuterRef("action_point_id"), issue__agenda=agenda))
    seen_issues, all_issues = _seen(Issue, end, Q(agenda=agenda))
    seen_points, all_points = _seen(ActionPoint, end, its_issues)
    seen_parts, all_parts = _seen(Responsibility, end, its_points, "action_point_id")
    seen_milestones, all_milestones = _seen(Milestone, end, its_points)
    issues = _touched(Issue, seen_issues, end)
    points = _touched(ActionPoint, _merged(seen_points, seen_parts), end, "issue")
    milestones = _touched(Milestone, seen_milestones, end, "agency")
    points, milestones = _hide_moved(agenda, points, milestones, end, reader)
    changes_of_point = _point_comparison([one for one in points if one.before], end, with_people)

    added_issues, edited_issues = _split(_edited(issues, _comparison(_ISSUE), with_people))
    added_points, edited_points = _split(_edited(points, changes_of_point, with_people))
    of_milestones = _newest(_edited(milestones, _comparison(_MILESTONE), with_people))

    issues_now = agenda.issues.select_related("agenda").in_bulk([one.row.id for one in added_issues + edited_issues])
    wanted = [one.row.id for one in added_points + edited_points] + [one.row.action_point_id for one in of_milestones]
    points_now = ActionPoint.objects.filter(issue__agenda=agenda).with_context().in_bulk(wanted)
    return RecentEdits(
        added_issues=_group(added_issues, issues_now),
        issues=_group(edited_issues, issues_now),
        added_points=_group(added_points, points_now),
        points=_group(edited_points, points_now),
        milestones=_group(of_milestones, points_now, "action_point_id"),
        are_all=all_issues and all_points and all_parts and all_milestones,
    )


def _comparison(fields: Sequence[str]) -> Callable[[_Touched], list[FieldChange]]:
    """Return a function that compares these fields before and now."""
    return lambda one: differences(field_values(one.before, *fields), field_values(one.now, *fields))


def _point_comparison(
    points: Sequence[_Touched], end: datetime, with_people: bool
) -> Callable[[_Touched], list[FieldChange]]:
    """Return a function that compares an action point and its responsibilities before and now. Three queries, none without points."""
    part_rows = _part_rows([one.now.id for one in points], end)
    persons = persons_of([row for rows in part_rows.values() for side in rows for row in side])

    def compare(one: _Touched) -> list[FieldChange]:
        before, now = part_rows.get(one.now.id, ((), ()))
        return differences(
            [*point_values(one.before), *part_values(before, persons, with_people=with_people)],
            [*point_values(one.now), *part_values(now, persons, with_people=with_people)],
        )

    return compare


def _part_rows(points: Sequence[int], end: datetime) -> _PartRows:
    """Return the history rows of the responsibilities before `end` and now. What began and ended since is left out. Two queries."""
    if not points:
        return {}
    before = Max("history_id", filter=Q(history_date__lt=end))
    ends = Responsibility.history.filter(action_point__in=points).order_by().values_list("action_point_id", "id")
    ends = list(ends.annotate(before=before, now=Max("history_id")))
    wanted = {row for _point, _part, last, now in ends for row in (last, now) if row}
    loaded = Responsibility.history.select_related("agency").in_bulk(wanted)
    rows: dict[int, tuple[list[Any], list[Any]]] = {point: ([], []) for point in points}
    for point, _part, last, now in ends:
        if last:
            rows[point][0].append(loaded[last])
        if last or loaded[now].until is None:
            rows[point][1].append(loaded[now])
    return rows


def _hide_moved(
    agenda: Agenda, points: Sequence[_Touched], milestones: Sequence[_Touched], end: datetime, reader: Person
) -> tuple[list[_Touched], list[_Touched]]:
    """Turn action points that moved here from an agenda that was hidden from the reader into added ones, their milestones too, and leave
    out those that moved on. One query at most.
    """
    origins = {one.now.id: one.before.issue.agenda_id for one in points if one.before and one.before.issue}
    since = readable_since({*origins.values()} - {agenda.pk}, reader)
    moved = {point for point, origin in origins.items() if origin in since and since[origin] >= end}
    here = [one for one in points if not one.now.issue or one.now.issue.agenda_id == agenda.pk]
    return (
        [replace(one, before=None, first=one.now, moved_here=True) if one.now.id in moved else one for one in here],
        [
            replace(one, before=None, first=one.now, moved_here=True) if one.now.action_point_id in moved else one
            for one in milestones
        ],
    )


def _seen(model: Any, end: datetime, of_agenda: Q | Exists, key: str = "id") -> tuple[Seen, bool]:
    """Return what has rows of history since `end`, by `key`, and whether all of these were read. One query."""
    rows = model.history.filter(of_agenda, history_date__gte=end).order_by("-history_date", "-history_id")
    read = list(rows.values_list(key, "history_date", "history_user__name", "history_user__role")[: MAX_READ + 1])
    seen: Seen = {}
    for pk, at, name, role in read[:MAX_READ]:
        names = seen.setdefault(pk, (at, []))[1]
        if name and (named := with_role(name, role)) not in names:
            names.append(named)
    return seen, len(read) <= MAX_READ


def _merged(one: Seen, other: Seen) -> Seen:
    """Return both together: what is in both has the later time, and all editors."""
    merged = dict(one)
    for pk, (at, names) in other.items():
        newest, older = sorted([(at, names), merged.get(pk, (at, []))], key=lambda pair: pair[0], reverse=True)
        merged[pk] = newest[0], list(dict.fromkeys([*newest[1], *older[1]]))
    return merged


def _touched(model: Any, seen: Seen, end: datetime, *related: str) -> list[_Touched]:
    """Return the first and last rows of history of what was seen. Two queries, none if nothing was."""
    if not seen:
        return []
    before = Max("history_id", filter=Q(history_date__lt=end))
    ends = model.history.filter(id__in=seen).order_by().values_list("id")
    ends = list(ends.annotate(before=before, first=Min("history_id"), now=Max("history_id")))
    loaded = model.history.select_related("history_user", *related).in_bulk(
        {row for pk, last, first, now in ends for row in (last or first, now)}
    )
    return [
        _Touched(loaded.get(last), None if last else loaded[first], loaded[now], *seen[pk])
        for pk, last, first, now in ends
    ]


def _edited(
    touched: Sequence[_Touched], changes_of: Callable[[_Touched], list[FieldChange]], with_people: bool
) -> Iterator[RecentEdit]:
    """Yield the edits that made a difference: not what was added and removed again, nor what was changed back."""
    for one in touched:
        by = one.by if with_people else ()
        added = one.moved_here or (one.first is not None and one.first.history_type == "+")
        is_done = bool(getattr(one.now, "done_on", None)) and not getattr(one.before, "done_on", None)
        if one.now.history_type == "-":
            if not added:
                yield RecentEdit(one.now, one.at, by[:1])
        elif added:
            user = one.first.history_user
            yield RecentEdit(
                one.now,
                one.first.history_date,
                [user.name_with_role] if user and with_people else (),
                True,
                (),
                is_done,
            )
        elif not one.before:
            yield RecentEdit(one.now, one.at, by)
        elif changes := changes_of(one):
            yield RecentEdit(one.now, one.at, by, False, changes, is_done)


def _split(edited: Iterator[RecentEdit]) -> tuple[list[RecentEdit], list[RecentEdit]]:
    """Return the newest added ones and the newest others."""
    found = list(edited)
    return _newest(one for one in found if one.added), _newest(one for one in found if not one.added)


def _newest(edited: Iterable[RecentEdit]) -> list[RecentEdit]:
    """Return one more than is shown."""
    return sorted(edited, key=lambda one: one.at, reverse=True)[: SHOWN + 1]


def _group(newest: Sequence[RecentEdit], things: Mapping[int, Any], by: str = "id") -> EditGroup:
    rows = [(one, things.get(getattr(one.row, by))) for one in newest[:SHOWN]]
    here = [(one, thing) for one, thing in rows if thing or one.removed]  # without what moved to another agenda
    return EditGroup(sorted(here, key=_place), len(newest) > SHOWN)


def _place(row: tuple[RecentEdit, Any]) -> tuple[int, int, int]:
    edited, thing = row
    issue = getattr(thing, "issue", None)
    return -edited.at.toordinal(), issue.number if issue else 0, thing.number if thing else 0
