"""Read action points as plain data (`ActionPointState`), for today or a past date.

For today the status comes from the stored columns; for a past date it is derived from the updates that counted then, and persons,
milestones and wording come from the history. Rules, filters, figures and lists use both in the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from actions.as_of import AsOf
from actions.as_of_history import PastVersions, Place, read_milestones, read_persons, read_versions
from actions.beginning import exists
from actions.models import ActionPoint, Milestone, Responsibility
from actions.reports import agency_parents, read_reports
from actions.states import ActionPointState, OpenMilestone, PartState
from actions.summaries import StatusSummary, latest_covering, summarize
from issues.models import Agenda, Issue
from tracker.people.models import User

_STATUS = ("status", "last_reported", "last_reported_day", "last_happened", "no_progress_streak", "answered_day")
"""The derived columns of an action point or a part that its state has, in this order."""
_PART = ("action_point_id", "pk", "agency_id", *_STATUS, "since_earliest", "paused_until")
_MILESTONE = ("action_point_id", "pk", "due_earliest", "due_latest", "repeats_every_months", "agency_id")
"""The columns of which the states of parts and of milestones are made."""

Scope = dict[str, Any]
"""Lookups that select action points."""


def read_agenda(agenda: Agenda, as_of: AsOf) -> list[ActionPointState]:
    """Return the action points of an agenda, in the order of their references. Seven queries at most, 17 for a past date.

    For a past date those that existed; call `as_of_history.look_back` with the agenda first.
    """
    return sorted(_read({"issue__agenda": agenda}, as_of, {agenda.pk: agenda}), key=lambda state: state.place)


def read_action_points(pks: Collection[int], as_of: AsOf, agendas: Iterable[Agenda] = ()) -> list[ActionPointState]:
    """Return the action points with these ids, by agenda and reference.

    Queries as for an agenda, and one more unless their `agendas` are passed; none if there are no ids.
    """
    if not pks:
        return []
    known = {agenda.pk: agenda for agenda in agendas or Agenda.objects.filter(issues__action_points__in=pks).distinct()}
    states = _read({"pk__in": list(pks)}, as_of, known)
    return sorted(states, key=lambda state: (state.agenda.slug, state.place))


def read_issue(issue: Issue, as_of: AsOf) -> list[ActionPointState]:
    """Return the action points of an issue whose agenda is loaded. Queries as for an agenda."""
    states = _read({"issue": issue}, as_of, {issue.agenda_id: issue.agenda})
    return sorted(states, key=lambda state: state.place)


def state_of(action_point: ActionPoint, as_of: AsOf) -> ActionPointState:
    """Return the state of an action point that is loaded with its issue and agenda, and existed on the date. Queries as for an agenda."""
    agenda = action_point.issue.agenda
    return _read({"pk": action_point.pk}, as_of, {agenda.pk: agenda})[0]


def loaded_state(action_point: ActionPoint) -> ActionPointState:
    """Return today's state of an action point that is loaded with its context and milestones.

    No query, but one for parts without an active person, and one if it has a lineage (see `with_page_marks`).
    """
    state, parts = loaded_state_without_people(action_point), action_point.parts
    if not parts:
        return state
    persons = {part.pk: [person.pk for person in part.persons.all()] for part in parts}
    active = {part.pk: {person.pk for person in part.persons.all() if person.is_active} for part in parts}
    predecessors = _predecessors({"pk": action_point.pk}) if getattr(action_point, "has_lineage", True) else {}
    own_parts = _part_states([_columns(part, _PART) for part in parts], persons, active, predecessors)
    return state._replace(parts=own_parts[action_point.pk])


def loaded_state_without_people(action_point: ActionPoint) -> ActionPointState:
    """Return the same for the rules of status and milestones: without the people of the parts and reports on predecessors. No query."""
    issue = action_point.issue
    undone = (milestone for milestone in action_point.milestones.all() if not milestone.done_on)
    place = action_point.pk, issue.agenda, issue.number, action_point.number, action_point.added_on
    parts = tuple(
        PartState(*_columns(part, _PART[1:-1]))._replace(paused_until=part.paused_until) for part in action_point.parts
    )
    milestones = _open_milestones(_columns(milestone, _MILESTONE) for milestone in undone)
    return _state(place, _columns(action_point, _STATUS), {action_point.pk: parts}, milestones)


def _columns(loaded: Any, names: Iterable[str]) -> list[Any]:
    return [getattr(loaded, name) for name in names]


def _read(scope: Scope, as_of: AsOf, agendas: Mapping[int, Agenda]) -> list[ActionPointState]:
    """Return the action points that match the lookups in `scope`; `agendas` has their agendas by id."""
    columns = ("pk", "issue__agenda", "issue_id", "issue__number", "number", "added_on", *_STATUS)
    rows: Any = list(ActionPoint.objects.filter(**scope).order_by().values_list(*columns))
    past = None
    if as_of.is_past:
        rows = [row for row in rows if exists(agendas[row[1]], row[5], as_of.day)]
        past = read_versions({pk: Place(agenda, issue) for pk, agenda, issue, *_others in rows}, as_of)
    parts = _parts(scope, as_of, past)
    milestones = _past_milestones(past, as_of) if past else _milestones(scope)
    states = [
        _state((pk, agendas[agenda], issue, number, added_on), status, parts, milestones)
        for pk, agenda, _issue, issue, number, added_on, *status in rows
    ]
    if not past:
        return states
    issues = {pk: issue for pk, _agenda, issue, *_others in rows}
    states = [
        state._replace(version=past.points.get(state.pk), issue_version=past.issues.get(issues[state.pk]))
        for state in states
    ]
    return _as_of(states, scope, as_of)


def _state(
    place: tuple[int, Agenda, int, int, date | None],
    status: Sequence[Any],
    parts: Mapping[int, tuple[PartState, ...]],
    milestones: Mapping[int, tuple[OpenMilestone, ...]],
) -> ActionPointState:
    """Return the state with these first fields, the values of `_STATUS`, and the parts and milestones with its id.

    Without a lead it has one part, which is nobody's.
    """
    pk = place[0]
    own = parts.get(pk) or (PartState(None, None, *status),)
    recorded_later, version, issue_version = False, None, None  # for today
    values = (*place, *status, own, milestones.get(pk, ()), recorded_later, version, issue_version)
    return ActionPointState._make(values)


def _parts(scope: Scope, as_of: AsOf, past: PastVersions | None) -> dict[int, tuple[PartState, ...]]:
    """Return the parts by the ids of their action points, in order of acronym. Four queries, one if there are none.

    For a past date without pauses and the reports on their predecessors. Two queries more.
    """
    responsibilities = Responsibility.objects.filter(**_via("action_point", scope)).order_by("agency__acronym", "pk")
    responsibilities = responsibilities.as_of(as_of.day) if as_of.is_past else responsibilities.current()
    rows: Any = list(responsibilities.values_list(*_PART))
    if not rows:
        return {}
    if not past:
        return _part_states(rows, *_persons(scope), _predecessors(scope))
    rows = [
        (action_point, *columns, None) for action_point, *columns, _paused_until in rows if action_point in past.until
    ]
    persons, active, hidden = _past_persons({pk: action_point for action_point, pk, *_others in rows}, past)
    return _part_states([row for row in rows if row[1] not in hidden], persons, active, {})


def _part_states(
    rows: Collection[Sequence[Any]],
    persons: Mapping[int, Iterable[int]],
    active: Mapping[int, Collection[int]],
    predecessors: Mapping[tuple[int, int], date],
) -> dict[int, tuple[PartState, ...]]:
    """Return the parts with the columns `_PART` by the ids of their action points, in the same order.

    `persons` and `active` have the persons named for each part, and the active ones among them. One query for the focal points of parts
    without an active person.
    """
    focal_points = _focal_points({agency for _point, pk, agency, *_others in rows if not active.get(pk)})
    parts: dict[int, tuple[PartState, ...]] = {}
    for action_point, *columns, paused_until in rows:
        pk, agency = columns[:2]
        people = frozenset(active.get(pk) or focal_points.get(agency) or ())
        named, predecessor = tuple(sorted(persons.get(pk, ()))), predecessors.get((action_point, agency))
        part = PartState._make((*columns, named, people, paused_until, predecessor))
        parts[action_point] = (*parts.get(action_point, ()), part)
    return parts


def _persons(scope: Scope) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the persons named for each current part, and the active ones among them. One query."""
    persons: dict[int, list[int]] = defaultdict(list)
    active: dict[int, list[int]] = defaultdict(list)
    named = Responsibility.persons.through.objects.filter(**_via("responsibility__action_point", scope))
    rows: Any = named.filter(responsibility__until=None).order_by()
    for part, person, is_active in rows.values_list("responsibility_id", "user_id", "user__is_active"):
        persons[part].append(person)
        if is_active:
            active[part].append(person)
    return persons, active


def _past_persons(
    parts: Mapping[int, int], past: PastVersions
) -> tuple[Mapping[int, Sequence[int]], dict[int, list[int]], Collection[int]]:
    """Return the persons named for each part then, those among them who are active now, and the parts that are hidden from the reader."""
    named, hidden = read_persons(parts, past)
    people = {person for persons in named.values() for person in persons}
    active = set(User.objects.active().filter(pk__in=people).values_list("pk", flat=True)) if people else set()
    return named, {part: [pk for pk in persons if pk in active] for part, persons in named.items()}, hidden


def _focal_points(agencies: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the active focal points of each agency, those of the agencies below it included. One query, none without agencies."""
    focal_points: dict[int, set[int]] = defaultdict(set)
    if agencies:
        of_agencies = Q(agency__in=agencies) | Q(agency__parent__in=agencies)
        people: Any = User.objects.active().focal_points().filter(of_agencies).order_by()
        for person, agency, parent in people.values_list("pk", "agency_id", "agency__parent_id"):
            focal_points[agency].add(person)
            focal_points[parent].add(person)
    return {agency: frozenset(people) for agency, people in focal_points.items()}


def _predecessors(scope: Scope) -> dict[tuple[int, int], date]:
    """Return the day of the last report on each agency's part of the predecessors, by ids of action point and agency. One query."""
    parts = Responsibility.objects.current().filter(**_via("action_point__carried_to", scope))
    reported = parts.filter(last_reported_day__isnull=False)
    rows: Any = reported.order_by().values_list("action_point__carried_to", "agency_id", "last_reported_day")
    days: dict[tuple[int, int], date] = {}
    for action_point, agency, day in rows:
        days[action_point, agency] = max(day, days.get((action_point, agency), day))
    return days


def _milestones(scope: Scope) -> dict[int, tuple[OpenMilestone, ...]]:
    """Return the milestones that are not done by the ids of their action points, in order. One query."""
    undone: Any = Milestone.objects.undone().filter(**_via("action_point", scope)).in_order()
    return _open_milestones(undone.values_list(*_MILESTONE))


def _open_milestones(rows: Iterable[Sequence[Any]]) -> dict[int, tuple[OpenMilestone, ...]]:
    """Return the milestones with the columns `_MILESTONE` by the ids of their action points, in the same order."""
    milestones: dict[int, tuple[OpenMilestone, ...]] = {}
    for action_point, *columns in rows:
        milestones[action_point] = (*milestones.get(action_point, ()), OpenMilestone(*columns))
    return milestones


def _past_milestones(past: PastVersions, as_of: AsOf) -> dict[int, tuple[OpenMilestone, ...]]:
    return {pk: tuple(milestones.undone) for pk, milestones in read_milestones(past, as_of).items()}


def _past_predecessors(scope: Scope, as_of: AsOf, parents: Mapping[int, int]) -> dict[tuple[int, int], date]:
    """Return the same as `_predecessors`, by the reports that counted on the past date. Three queries, one without predecessors."""
    led = Responsibility.objects.current().filter(**_via("action_point__carried_to", scope)).order_by()
    columns = "action_point__carried_to", "action_point_id", "agency_id"
    links: Any = list(led.values_list(*columns))
    if not links:
        return {}
    reports = read_reports(as_of.updates().filter(action_point__in={point for _successor, point, _agency in links}))
    days: dict[tuple[int, int], date] = {}
    for successor, point, agency in links:
        if last := latest_covering(reports.get(point, []), agency, parents):
            days[successor, agency] = max(last.position_day, days.get((successor, agency), last.position_day))
    return days


def _as_of(states: Iterable[ActionPointState], scope: Scope, as_of: AsOf) -> list[ActionPointState]:
    """Return the states with the status that follows from the updates of a past day. Seven queries at most."""
    updates = as_of.updates().filter(**_via("action_point", scope)).order_by()
    recorded_later = set(updates.filter(recorded_day__gt=as_of.day).values_list("action_point_id", flat=True))
    reports, parents = read_reports(updates), agency_parents()
    predecessors = _past_predecessors(scope, as_of, parents)
    past_states = []
    for state in states:
        summaries = summarize(reports.get(state.pk, []), state.leads, parents)
        parts = tuple(
            part._replace(
                predecessor_reported=predecessors.get((state.pk, part.agency)) if part.agency else None,
                **_values(summaries.parts[part.agency]),
            )
            for part in state.parts
        )
        late = state.pk in recorded_later
        past_states.append(state._replace(parts=parts, recorded_later=late, **_values(summaries.action_point)))
    return past_states


def _values(summary: StatusSummary) -> dict[str, Any]:
    return summary._asdict() | {"status": summary.status.value}


def _via(relation: str, scope: Scope) -> Scope:
    """Return the lookups of `scope` for a model that is related to action points by `relation`."""
    return {f"{relation}__{lookup}": value for lookup, value in scope.items()}
