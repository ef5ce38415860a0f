"""Read action points as plain data (`ActionPointState`), for today or a past date.

For today the status comes from the stored columns; for a past date it is derived from the updates that counted then. Rules, filters,
figures and lists use both in the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone, Responsibility
from actions.models.action_point_queryset import end_of
from actions.reports import agency_parents, read_reports
from actions.states import ActionPointState, OpenMilestone, PartState
from actions.summaries import StatusSummary, summarize
from issues.models import Agenda, Issue
from tracker.dates.value import PartialDate
from tracker.people.models import User

_STATUS = ("status", "last_reported", "last_reported_day", "last_happened", "no_progress_streak")
"""The derived columns of an action point or a part that its state has, in this order."""

Scope = dict[str, Any]
"""Lookups that select action points."""


def read_agenda(agenda: Agenda, as_of: AsOf) -> list[ActionPointState]:
    """Return the action points of an agenda, in the order of their references. Seven queries at most, three more for a past date.

    For a past date call `AsOf.look_back` with the agenda first.
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
    """Return the state of an action point that is loaded with its issue and agenda. Queries as for an agenda."""
    agenda = action_point.issue.agenda
    return _read({"pk": action_point.pk}, as_of, {agenda.pk: agenda})[0]


def loaded_state(action_point: ActionPoint) -> ActionPointState:
    """Return today's state of an action point that is loaded with its context and milestones.

    No query, but one for parts without an active person, and one if it has a lineage (see `with_page_marks`).
    """
    named = {part.pk: [person.pk for person in part.persons.all() if person.is_active] for part in action_point.parts}
    focal_points = _focal_points({part.agency_id for part in action_point.parts if not named[part.pk]})
    has_lineage = getattr(action_point, "has_lineage", True)
    predecessors = _predecessors({"pk": action_point.pk}) if has_lineage and action_point.parts else {}
    status = _derived([getattr(action_point, name) for name in _STATUS])
    parts = tuple(
        PartState(
            part.pk,
            part.agency_id,
            *_derived([getattr(part, name) for name in _STATUS]),
            part.since_earliest,
            tuple(person.pk for person in part.persons.all()),
            frozenset(named[part.pk] or focal_points[part.agency_id]),
            part.paused_until,
            predecessors.get((action_point.pk, part.agency_id)),
        )
        for part in action_point.parts
    )
    return ActionPointState(
        action_point.pk,
        action_point.issue.agenda,
        action_point.issue.number,
        action_point.number,
        action_point.added_on,
        *status,
        parts or (PartState(None, None, *status),),
        tuple(
            OpenMilestone(each.pk, each.due_earliest, each.due_latest, each.repeats_every_months, each.agency_id)
            for each in action_point.milestones.all()
            if not each.done_on
        ),
    )


def _read(scope: Scope, as_of: AsOf, agendas: Mapping[int, Agenda]) -> list[ActionPointState]:
    """Return the action points that match the lookups in `scope`; `agendas` has their agendas by id."""
    parts = _parts(scope, as_of)
    milestones = _milestones(scope)
    columns = ("pk", "issue__agenda", "issue__number", "number", "added_on", *_STATUS)
    rows: Any = ActionPoint.objects.filter(**scope).order_by().values_list(*columns)
    states = [
        ActionPointState(
            pk,
            agendas[agenda],
            issue,
            number,
            added_on,
            *_derived(status),
            tuple(parts.get(pk, ())) or (PartState(None, None, *_derived(status)),),
            tuple(milestones.get(pk, ())),
        )
        for pk, agenda, issue, number, added_on, *status in rows
    ]
    return _as_of(states, scope, as_of) if as_of.is_past else states


def _parts(scope: Scope, as_of: AsOf) -> dict[int, list[PartState]]:
    """Return the parts by the ids of their action points, in order of acronym. Four queries, one if there are none."""
    responsibilities = Responsibility.objects.filter(**_via("action_point", scope)).order_by("agency__acronym", "pk")
    responsibilities = responsibilities.as_of(as_of.day) if as_of.is_past else responsibilities.current()
    columns = ("action_point_id", "pk", "agency_id", "since_earliest", "paused_until", *_STATUS)
    rows: Any = list(responsibilities.values_list(*columns))
    if not rows:
        return {}
    persons, active = _persons(responsibilities)
    unnamed = {agency for _point, pk, agency, *_others in rows if not active.get(pk)}
    focal_points = _focal_points(unnamed)
    predecessors = _predecessors(scope)
    parts: dict[int, list[PartState]] = defaultdict(list)
    for action_point, pk, agency, since, paused_until, *status in rows:
        parts[action_point].append(
            PartState(
                pk,
                agency,
                *_derived(status),
                since,
                tuple(persons.get(pk, ())),
                frozenset(active.get(pk) or focal_points[agency]),
                None if as_of.is_past else paused_until,
                predecessors.get((action_point, agency)),
            )
        )
    return parts


def _derived(columns: list[Any]) -> tuple[str, PartialDate | None, date | None, PartialDate | None, int]:
    """Return the values of `_STATUS`, with their types."""
    status, last_reported, last_reported_day, last_happened, streak = columns
    return status, last_reported, last_reported_day, last_happened, streak


def _persons(responsibilities: Any) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the persons named for each part, and the active ones among them. One query."""
    persons: dict[int, list[int]] = defaultdict(list)
    active: dict[int, list[int]] = defaultdict(list)
    through = Responsibility.persons.through.objects.filter(responsibility__in=responsibilities.order_by().values("pk"))
    for part, person, is_active in through.values_list("responsibility_id", "user_id", "user__is_active"):
        persons[part].append(person)
        if is_active:
            active[part].append(person)
    return persons, active


def _focal_points(agencies: Collection[int]) -> dict[int, set[int]]:
    """Return the active focal points of each agency, those of the agencies below it included. One query, none without agencies."""
    focal_points: dict[int, set[int]] = defaultdict(set)
    if agencies:
        of_agencies = Q(agency__in=agencies) | Q(agency__parent__in=agencies)
        people: Any = User.objects.active().focal_points().filter(of_agencies).order_by()
        for person, agency, parent in people.values_list("pk", "agency_id", "agency__parent_id"):
            focal_points[agency].add(person)
            focal_points[parent].add(person)
    return focal_points


def _predecessors(scope: Scope) -> dict[tuple[int, int], date]:
    """Return the day of the last report on each agency's part of the predecessors, by ids of action point and agency. One query."""
    parts = Responsibility.objects.current().filter(**_via("action_point__carried_to", scope))
    reported = parts.filter(last_reported_day__isnull=False)
    rows: Any = reported.order_by().values_list("action_point__carried_to", "agency_id", "last_reported_day")
    days: dict[tuple[int, int], date] = {}
    for action_point, agency, day in rows:
        days[action_point, agency] = max(day, days.get((action_point, agency), day))
    return days


def _milestones(scope: Scope) -> dict[int, list[OpenMilestone]]:
    undone = Milestone.objects.undone().filter(**_via("action_point", scope)).in_order()
    columns = ("action_point_id", "pk", "due_earliest", "due_latest", "repeats_every_months", "agency_id")
    milestones: dict[int, list[OpenMilestone]] = {}
    rows: Any = undone.values_list(*columns)
    for point, *values in rows:
        milestones.setdefault(point, []).append(OpenMilestone(*values))
    return milestones


def _as_of(states: Iterable[ActionPointState], scope: Scope, as_of: AsOf) -> list[ActionPointState]:
    """Return the states at the end of a past day, with the texts, persons and milestones of today and without pauses. Four queries."""
    updates = as_of.updates().filter(**_via("action_point", scope)).order_by()
    recorded_later = set(updates.filter(recorded_at__gte=end_of(as_of.day)).values_list("action_point_id", flat=True))
    reports, parents = read_reports(updates), agency_parents()
    past_states = []
    for state in states:
        summaries = summarize(reports.get(state.pk, []), state.leads, parents)
        parts = tuple(replace(part, **_columns(summaries.parts[part.agency])) for part in state.parts)
        late = state.pk in recorded_later
        past_states.append(replace(state, parts=parts, recorded_later=late, **_columns(summaries.action_point)))
    return past_states


def _columns(summary: StatusSummary) -> dict[str, Any]:
    return summary._asdict() | {"status": summary.status.value}


def _via(relation: str, scope: Scope) -> Scope:
    """Return the lookups of `scope` for a model that is related to action points by `relation`."""
    return {f"{relation}__{lookup}": value for lookup, value in scope.items()}
