"""Read what action points looked like on a past day from the history: wording, persons and milestones.

A row of history holds a version: the values after an edit. A past day shows the last version of that day (UTC), with two exceptions. Before
the history of an action point or an issue begins, it shows the first known versions: those at the end of the day on which it begins. And
what was replaced while the agenda was hidden from the reader stays hidden (see `readable_since`): it shows the versions at the moment from
which the reader could read the agenda.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import takewhile
from typing import Any, NamedTuple

from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone, Responsibility
from actions.models.action_point_queryset import Basis, end_of
from actions.states import ActionPointState, OpenMilestone
from issues.models import Agenda, Issue
from tracker.dates.value import PartialDate

_VERSION = ("history_id", "history_date", "history_type")
_WORDING = {Agenda: ("title", "introduction"), Issue: ("title", "short_title", "rationale")}
_RULES = ("opened_on", "silence_days")


class _Version(NamedTuple):
    pk: int
    at: datetime
    type: str
    """"+" for an addition, "~" for a change, "-" for a removal."""
    values: tuple[Any, ...]
    """Those of the further columns that were asked for."""


@dataclass(frozen=True, slots=True)
class PastVersions:
    """Which versions of some action points and of their issues a past day shows."""

    until: Mapping[int, datetime]
    """The last instant of which versions are shown, by the id of the action point."""
    since: Mapping[int, datetime]
    """Since when the reader may read them, by the id of the action point."""
    points: Mapping[int, int]
    """The version of each action point, by its id. Those without a history are left out."""
    issues: Mapping[int, int]
    """The version of each issue, by its id."""


class Place(NamedTuple):
    """The ids of the agenda and the issue that an action point belongs to."""

    agenda: int
    issue: int


def look_back(agenda: Agenda, as_of: AsOf) -> Agenda:
    """Give the agenda, in memory, the state, wording and rules that it had on the date, and return it. Up to three queries."""
    if as_of.is_past:
        agenda.look_back(end_of(as_of.day))
        since = as_of.readable_since([agenda.pk])[agenda.pk]
        versions = _versions(Agenda, "id", [agenda.pk], *_RULES, *_WORDING[Agenda]).get(agenda.pk)
        if versions:
            _set(agenda, _RULES, _version_at(versions, _last_instant(as_of.day)).values)
            shown = _version_at(versions, _shown_until(versions, since, as_of.day))
            _set(agenda, _WORDING[Agenda], shown.values[len(_RULES) :])
        if agenda.opened_on and agenda.opened_on > as_of.day:
            agenda.opened_on = None
    return agenda


def look_back_at_issues(issues: Iterable[Issue], as_of: AsOf) -> list[Issue]:
    """Give issues of one agenda, in memory, the wording that they had on the date. Two queries at most, none for today."""
    found = list(issues)
    if as_of.is_past and found:
        since = as_of.readable_since([found[0].agenda_id])[found[0].agenda_id]
        versions = _versions(Issue, "id", [issue.pk for issue in found], "agenda_id", *_WORDING[Issue])
        for issue in found:
            if rows := _after_last_move(versions.get(issue.pk, []), issue.agenda_id):
                _set(issue, _WORDING[Issue], _version_at(rows, _shown_until(rows, since, as_of.day)).values[1:])
    return found


def look_back_at_points(points: Iterable[Any], states: Iterable[ActionPointState]) -> None:
    """Give action points, in memory, the wording of their states. One query, none for today."""
    found = list(points)
    pks = {point.pk for point in found}
    texts = _texts(state for state in states if state.pk in pks)
    for point in found:
        if point.pk in texts:
            _set(point, ("title", "description"), texts[point.pk])


def look_back_at_wording(action_point: ActionPoint, as_of: AsOf) -> None:
    """Give an action point that did not exist yet, in memory, its first known wording. Three queries at most."""
    place = Place(action_point.issue.agenda_id, action_point.issue_id)
    if version := read_versions({action_point.pk: place}, as_of).points.get(action_point.pk):
        row = ActionPoint.history.get(history_id=version)
        action_point.title, action_point.description = row.title, row.description


def milestones_of(action_point: ActionPoint, as_of: AsOf) -> list[Milestone]:
    """Return the milestones that an action point had on a past date, in order, as they were then. Never save them. Six queries at most."""
    place = Place(action_point.issue.agenda_id, action_point.issue_id)
    found = read_milestones(read_versions({action_point.pk: place}, as_of), as_of)[action_point.pk]
    loaded = load_milestones(found.all)
    for pk, milestone in loaded.items():
        milestone.done_on = found.done_on.get(pk)
    return [loaded[milestone.pk] for milestone in found.all if milestone.pk in loaded]


def past_titles(states: Iterable[ActionPointState]) -> dict[int, str]:
    """Return the title of each action point of a past day, by its id. One query, none for today."""
    return {pk: title for pk, (title, _description) in _texts(states).items()}


def past_issue_titles(states: Iterable[ActionPointState]) -> dict[int, str]:
    """Return the title of the issue of each action point of a past day, by the action point's id. One query, none for today."""
    versions = {state.pk: state.issue_version for state in states if state.issue_version}
    if not versions:
        return {}
    rows: Any = Issue.history.filter(history_id__in=set(versions.values())).values_list("history_id", "title")
    titles = dict(rows)
    return {pk: titles[version] for pk, version in versions.items() if version in titles}


def past_texts(states: Iterable[ActionPointState]) -> dict[int, str]:
    """Return the title and the description, in lines, of each action point of a past day, by its id. One query, none for today."""
    return {pk: "\n".join(texts) for pk, texts in _texts(states).items()}


def _texts(states: Iterable[ActionPointState]) -> dict[int, tuple[str, str]]:
    versions = [state.version for state in states if state.version]
    if not versions:
        return {}
    rows: Any = ActionPoint.history.filter(history_id__in=versions).values_list("id", "title", "description")
    return {pk: (title, description) for pk, title, description in rows}


def read_versions(points: Mapping[int, Place], as_of: AsOf) -> PastVersions:
    """Return the versions of these action points and of their issues. Three queries at most.

    What moved here from another agenda has the versions since then.
    """
    readable = as_of.readable_since({place.agenda for place in points.values()})
    since = {pk: readable[place.agenda] for pk, place in points.items()}
    recorded = _versions(ActionPoint, "id", points, "issue__agenda_id")
    found = {pk: _after_last_move(versions, points[pk].agenda) for pk, versions in recorded.items()}
    since |= {pk: max(since[pk], rows[0].at) for pk, rows in found.items() if rows and len(rows) < len(recorded[pk])}
    until = {pk: _shown_until(found.get(pk, []), since[pk], as_of.day) for pk in points}
    agendas = {place.issue: place.agenda for place in points.values()}
    issues = _versions(Issue, "id", agendas, "agenda_id")
    issues = {pk: _after_last_move(versions, agendas[pk]) for pk, versions in issues.items()}
    return PastVersions(
        until,
        since,
        {pk: _version_at(versions, until[pk]).pk for pk, versions in found.items() if versions},
        {
            pk: _version_at(versions, _shown_until(versions, readable[agendas[pk]], as_of.day)).pk
            for pk, versions in issues.items()
            if versions
        },
    )


class PastPersons(NamedTuple):
    """The ids of the persons named for parts, by the id of the part, and of the parts that ended before the reader could read of them."""

    named: Mapping[int, Sequence[int]]
    hidden: Collection[int]


def read_persons(parts: Mapping[int, int], past: PastVersions) -> PastPersons:
    """Return who was named for these parts, which come with the ids of their action points. Three queries at most."""
    found = {
        pk: _version_at(rows, past.until[parts[pk]])
        for pk, rows in _versions(Responsibility, "id", parts, "until").items()
    }
    hidden = {pk for pk, version in found.items() if version.values[0] and version.at <= past.since[parts[pk]]}
    part_of = {version.pk: pk for pk, version in found.items()}
    named: dict[int, list[int]] = defaultdict(list)
    of_versions = Responsibility.history.model.persons.model.objects.filter(history__in=part_of)
    for version, person in of_versions.order_by("pk").values_list("history_id", "user_id"):
        named[part_of[version]].append(person)
    if unrecorded := parts.keys() - found.keys():
        rows: Any = Responsibility.persons.through.objects.filter(responsibility__in=unrecorded).order_by("pk")
        for part, person in rows.values_list("responsibility_id", "user_id"):
            named[part].append(person)
    return PastPersons(named, hidden)


class PastMilestones(NamedTuple):
    """The milestones of an action point on a past day."""

    all: list[OpenMilestone]
    """In order."""
    done_on: dict[int, PartialDate]
    """When each of those that were done had been done, by id."""

    @property
    def undone(self) -> list[OpenMilestone]:
        return [milestone for milestone in self.all if milestone.pk not in self.done_on]


def read_milestones(past: PastVersions, as_of: AsOf) -> dict[int, PastMilestones]:
    """Return the milestones that each of the action points had, by its id. Two queries."""
    columns = ("due_earliest", "due_latest", "repeats_every_months", "agency_id", "action_point_id", "done_on")
    milestones = {pk: PastMilestones([], {}) for pk in past.until}
    recorded = _versions(Milestone, "action_point_id", past.until, *columns)
    found = [
        (pk, versions, _version_at(versions, past.until[versions[0].values[-2]])) for pk, versions in recorded.items()
    ]
    shown: list[tuple[int, int | None, Sequence[Any], PartialDate | None]] = [
        (pk, version.pk, version.values, _done_on(versions, version, as_of))
        for pk, versions, version in found
        if _existed(version, past.until[version.values[-2]])
    ]
    others: Any = Milestone.objects.filter(action_point__in=list(past.until)).exclude(pk__in=recorded).order_by()
    for pk, *values in others.values_list("pk", *columns):
        shown.append((pk, None, values, values[-1] if values[-1] and values[-1].latest <= as_of.day else None))
    for pk, version_id, values, done_on in shown:
        of_point = milestones[values[-2]]
        due_earliest, due_latest, repeats_every_months, agency, *_others = values
        of_point.all.append(
            OpenMilestone(pk, due_earliest, due_latest, repeats_every_months, agency, version=version_id)
        )
        if done_on:
            of_point.done_on[pk] = done_on
    for of_point in milestones.values():
        of_point.all.sort(key=_in_order)
    return milestones


def _in_order(milestone: OpenMilestone) -> tuple[date, date, int]:
    return milestone.due_earliest or date.max, milestone.due_latest or date.max, milestone.pk


def _existed(shown: _Version, until: datetime) -> bool:
    """Return whether a milestone existed at that instant, of which this version is shown: it had been added, and not been removed."""
    is_known = shown.at <= until
    return shown.type != "-" if is_known else shown.type != "+"


def _done_on(versions: Sequence[_Version], shown: _Version, as_of: AsOf) -> PartialDate | None:
    """Return when the milestone had been done; None if it was open on that day.

    It is done from the latest day of "done on" or, if that is vague, from its recording if it is earlier. As recorded, the version of the
    day has that date; as reported, the newest version.
    """
    done_on: PartialDate | None = (shown if as_of.basis == Basis.RECORDED else versions[-1]).values[-1]
    if not done_on or done_on.latest <= as_of.day:
        return done_on
    was_recorded = shown.at <= _last_instant(as_of.day) and shown.values[-1]
    return done_on if was_recorded and done_on.earliest <= as_of.day else None


def load_milestones(milestones: Iterable[OpenMilestone]) -> dict[int, Milestone]:
    """Return these milestones by id, with agency and action point: as they were on their past day, or as they are. Two queries at most."""
    versions = {milestone.pk: milestone.version for milestone in milestones}
    current = [pk for pk, version in versions.items() if version is None]
    related = ("agency", "action_point__issue__agenda")
    loaded = Milestone.objects.select_related(*related).in_bulk(current) if current else {}
    if past := [version for version in versions.values() if version]:
        for row in Milestone.history.select_related(*related).filter(history_id__in=past):
            loaded[row.id] = row.instance
            loaded[row.id].agency, loaded[row.id].action_point = row.agency, row.action_point
    return loaded


def _versions(model: Any, key: str, pks: Collection[int], *columns: str) -> dict[int, list[_Version]]:
    """Return the versions of these objects, or of those that belong to them by `key`, by id and the oldest first. One query."""
    rows = model.history.filter(**{f"{key}__in": list(pks)}).order_by("history_date", "history_id")
    versions: dict[int, list[_Version]] = defaultdict(list)
    for pk, history_id, at, kind, *values in rows.values_list("id", *_VERSION, *columns):
        versions[pk].append(_Version(history_id, at, kind, tuple(values)))
    return versions


def _version_at(versions: Sequence[_Version], until: datetime) -> _Version:
    """Return the last version by that instant; the first one if all are later."""
    return next((version for version in reversed(versions) if version.at <= until), versions[0])


def _after_last_move(versions: Sequence[_Version], agenda: int) -> list[_Version]:
    """Return the versions since it belongs to the agenda, whose id is the first value of each version."""
    here = takewhile(lambda version: version.values[0] == agenda, reversed(versions))
    return list(here)[::-1]


def _shown_until(versions: Sequence[_Version], since: datetime, day: date) -> datetime:
    """Return the last instant of which versions are shown: the end of the day or, if that is later, of the day of the first version, or the
    moment since when the reader may read them.
    """
    first = [_last_instant(versions[0].at.astimezone(UTC).date())] if versions else []
    return max(_last_instant(day), since, *first)


def _last_instant(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)


def _set(thing: Any, names: Sequence[str], values: Sequence[Any]) -> None:
    for name, value in zip(names, values, strict=False):
        setattr(thing, name, value)
