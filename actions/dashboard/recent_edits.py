"""What was added to an agenda, edited or removed since a day: the histories then and now, side by side.

A row of history says how a thing stood after an edit. So the last one before the day and the newest one say all that differs; what was
changed and changed back does not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _

from actions.access import Person
from actions.history import Change, Told, differences, owners_of, told, told_fields
from actions.models import ActionPoint, Milestone
from issues.models import Agenda, Issue
from issues.readable_history import readable_since

SHOWN = 100
MAX_READ = 1000
"""The most rows of each history that are read, the newest. One edit leaves up to five: one for the columns, two for each list of owners."""

_ISSUE = ("number", "title", "rationale")
_MILESTONE = ("title", "place", "due", "due_note", "repeats_every_months", "done_on")


@dataclass(frozen=True, slots=True)
class Edited:
    """An issue, action point or milestone that was added, edited or removed."""

    row: Any
    """The newest row of its history."""
    at: datetime
    """When it was added, else when it was edited last."""
    by: Sequence[str]
    """Who added it, else who edited it since the day, the last one first. Empty where readers may not know."""
    added: bool = False
    changes: Sequence[Change] = ()
    """Empty where it was added or removed, or is unknown."""
    is_done: bool = False
    """A milestone that was not done before."""

    @property
    def removed(self) -> bool:
        return bool(self.row.history_type == "-")

    @property
    def is_unknown(self) -> bool:
        """It was edited, and what stood there before was not recorded."""
        return not (self.added or self.removed or self.changes)


@dataclass(frozen=True, slots=True)
class Shown:
    """Each with the issue or action point as it is now, a milestone with its action point, what was removed with None. No more than SHOWN:
    day by day, the newest first, and those of a day in the order of references.
    """

    rows: Sequence[tuple[Edited, Any]]
    is_cut: bool

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Edits:
    added_issues: Shown
    issues: Shown
    """Edited and removed ones."""
    added_points: Shown
    """With their owners."""
    points: Shown
    """Edited and removed ones."""
    milestones: Shown
    """Added, edited and removed ones."""
    are_all: bool
    """No history has more rows since than MAX_READ; else only its newest were read."""

    @property
    def groups(self) -> list[tuple[str, str, Shown]]:
        """Key, heading and what there is, without empty ones."""
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
    """A thing with rows of history since the day."""

    before: Any
    """The last row before; None where there is none."""
    first: Any
    """The first row of all, where there is none before."""
    now: Any
    at: datetime
    by: Sequence[str]
    moved_here: bool = False
    """From an agenda that was hidden from the reader."""


def edits(agenda: Agenda, end: datetime, reader: Person) -> Edits:
    """Return what came from `end` on, since when the agenda is readable for the reader. Visitors read no names of people; nobody reads how
    an action point stood in another agenda that was hidden from the reader. Up to 16 queries, three without edits.
    """
    with_people = reader.is_authenticated
    # EXISTS, and no join: without statistics SQLite would go through all that was ever recorded of the agenda.
    its_issues = Exists(agenda.issues.filter(pk=OuterRef("issue_id")))
    its_points = Exists(ActionPoint.objects.filter(pk=OuterRef("action_point_id"), issue__agenda=agenda))
    issues, all_issues = _touched(Issue, end, Q(agenda=agenda))
    points, all_points = _touched(ActionPoint, end, its_issues, "issue")
    milestones, all_milestones = _touched(Milestone, end, its_points)
    points, milestones = _hide_moved(agenda, points, milestones, end, reader)
    owners = owners_of([row for one in points if one.before for row in (one.before, one.now)])

    added_issues, edited_issues = _split(_edited(issues, lambda row: told_fields(row, *_ISSUE), with_people))
    added_points, edited_points = _split(
        _edited(points, lambda row: told(row, owners, with_people=with_people), with_people)
    )
    of_milestones = _newest(_edited(milestones, lambda row: told_fields(row, *_MILESTONE), with_people))

    issues_now = agenda.issues.select_related("agenda").in_bulk([one.row.id for one in added_issues + edited_issues])
    wanted = [one.row.id for one in added_points + edited_points] + [one.row.action_point_id for one in of_milestones]
    points_now = ActionPoint.objects.filter(issue__agenda=agenda).with_context().in_bulk(wanted)
    return Edits(
        added_issues=_shown(added_issues, issues_now),
        issues=_shown(edited_issues, issues_now),
        added_points=_shown(added_points, points_now),
        points=_shown(edited_points, points_now),
        milestones=_shown(of_milestones, points_now, "action_point_id"),
        are_all=all_issues and all_points and all_milestones,
    )


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


def _touched(model: Any, end: datetime, of_agenda: Q | Exists, *related: str) -> tuple[list[_Touched], bool]:
    """And whether no row since is left out. Three queries, one where there is none."""
    rows = model.history.filter(of_agenda, history_date__gte=end).order_by("-history_date", "-history_id")
    read = list(rows.values_list("id", "history_date", "history_user__name")[: MAX_READ + 1])
    seen: dict[int, tuple[datetime, list[str]]] = {}
    for pk, at, name in read[:MAX_READ]:
        names = seen.setdefault(pk, (at, []))[1]
        if name and name not in names:
            names.append(name)
    if not seen:
        return [], True
    before = Max("history_id", filter=Q(history_date__lt=end))
    ends = model.history.filter(id__in=seen).order_by().values_list("id")
    ends = list(ends.annotate(before=before, first=Min("history_id"), now=Max("history_id")))
    kept = model.history.select_related("history_user", *related).in_bulk(
        {row for pk, last, first, now in ends for row in (last or first, now)}
    )
    found = [
        _Touched(kept.get(last), None if last else kept[first], kept[now], *seen[pk]) for pk, last, first, now in ends
    ]
    return found, len(read) <= MAX_READ


def _edited(touched: Sequence[_Touched], tell: Callable[[Any], Told], with_people: bool) -> Iterator[Edited]:
    """Nothing of what was added and removed again, or stands as it stood."""
    for one in touched:
        by = one.by if with_people else ()
        added = one.moved_here or (one.first is not None and one.first.history_type == "+")
        is_done = bool(getattr(one.now, "done_on", None)) and not getattr(one.before, "done_on", None)
        if one.now.history_type == "-":
            if not added:
                yield Edited(one.now, one.at, by[:1])
        elif added:
            user = one.first.history_user
            yield Edited(
                one.now, one.first.history_date, [user.name] if user and with_people else (), True, (), is_done
            )
        elif not one.before:
            yield Edited(one.now, one.at, by)
        elif changes := differences(tell(one.before), tell(one.now)):
            yield Edited(one.now, one.at, by, False, changes, is_done)


def _split(edited: Iterator[Edited]) -> tuple[list[Edited], list[Edited]]:
    """The newest added ones, and the newest others."""
    found = list(edited)
    return _newest(one for one in found if one.added), _newest(one for one in found if not one.added)


def _newest(edited: Iterable[Edited]) -> list[Edited]:
    """One more than are shown."""
    return sorted(edited, key=lambda one: one.at, reverse=True)[: SHOWN + 1]


def _shown(newest: Sequence[Edited], things: Mapping[int, Any], by: str = "id") -> Shown:
    rows = [(one, things.get(getattr(one.row, by))) for one in newest[:SHOWN]]
    kept = [(one, thing) for one, thing in rows if thing or one.removed]  # not what went to another agenda
    return Shown(sorted(kept, key=_place), len(newest) > SHOWN)


def _place(row: tuple[Edited, Any]) -> tuple[int, int, int]:
    edited, thing = row
    issue = getattr(thing, "issue", None)
    return -edited.at.toordinal(), issue.number if issue else 0, thing.number if thing else 0
