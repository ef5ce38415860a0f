"""Read action points as plain data (`ActionPointState`), for today or a past date.

For today the status comes from the stored columns; for a past date it is derived from the updates that counted then. Rules, filters,
figures and lists use both in the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone
from actions.models.action_point_queryset import end_of
from actions.rules import Report, status_summary
from actions.states import ActionPointState, OpenMilestone
from issues.models import Agenda, Issue

_COLUMNS = (
    "pk",
    "issue__agenda",
    "issue__number",
    "number",
    "status",
    "last_reported",
    "last_reported_day",
    "last_happened",
    "no_progress_streak",
    "snoozed_until",
)


def read_agenda(agenda: Agenda, as_of: AsOf) -> list[ActionPointState]:
    """Return the action points of an agenda, in the order of their references. Four queries, one more for a past date.

    For a past date call `AsOf.look_back` with the agenda first.
    """
    return sorted(_read({"issue__agenda": agenda}, as_of, {agenda.pk: agenda}), key=lambda state: state.place)


def read_action_points(pks: Collection[int], as_of: AsOf, agendas: Iterable[Agenda] = ()) -> list[ActionPointState]:
    """Return the action points with these ids, by agenda and reference.

    Five queries, one less if their `agendas` are passed, none if there are no ids.
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
    """Return the state of an action point that is loaded with its issue and agenda.

    Three queries for owners and milestones unless they are prefetched, one more for a past date.
    """
    state = ActionPointState(
        action_point.pk,
        action_point.issue.agenda,
        action_point.issue.number,
        action_point.number,
        action_point.status,
        action_point.last_reported,
        action_point.last_reported_day,
        action_point.last_happened,
        action_point.no_progress_streak,
        action_point.snoozed_until,
        leads=tuple(agency.pk for agency in action_point.lead_agencies.all()),
        focal_points=tuple(person.pk for person in action_point.focal_points.all()),
        milestones=tuple(
            OpenMilestone(one.pk, one.due_earliest, one.due_latest, one.repeats_every_months)
            for one in action_point.milestones.all()
            if one.done_on is None
        ),
    )
    return _as_of([state], {"pk": action_point.pk}, as_of)[0] if as_of.is_past else state


def _read(scope: dict[str, Any], as_of: AsOf, agendas: Mapping[int, Agenda]) -> list[ActionPointState]:
    """Return the action points that match the lookups in `scope`; `agendas` has their agendas by id."""
    leads = _owners(ActionPoint.lead_agencies.through, "agency", scope)
    focal_points = _owners(ActionPoint.focal_points.through, "user", scope)
    milestones = _milestones(scope)
    rows: Any = ActionPoint.objects.filter(**scope).order_by().values_list(*_COLUMNS)
    states = [
        ActionPointState(
            pk,
            agendas[agenda],
            issue,
            number,
            status,
            last_reported,
            last_reported_day,
            last_happened,
            no_progress_streak,
            paused_until,
            tuple(leads.get(pk, ())),
            tuple(focal_points.get(pk, ())),
            tuple(milestones.get(pk, ())),
        )
        for (
            pk,
            agenda,
            issue,
            number,
            status,
            last_reported,
            last_reported_day,
            last_happened,
            no_progress_streak,
            paused_until,
        ) in rows
    ]
    return _as_of(states, scope, as_of) if as_of.is_past else states


def _owners(through: Any, owner: str, scope: dict[str, Any]) -> dict[int, list[int]]:
    owners: dict[int, list[int]] = {}
    for point, pk in through.objects.filter(**_via("actionpoint", scope)).values_list("actionpoint_id", f"{owner}_id"):
        owners.setdefault(point, []).append(pk)
    return owners


def _milestones(scope: dict[str, Any]) -> dict[int, list[OpenMilestone]]:
    undone = Milestone.objects.undone().filter(**_via("action_point", scope)).in_order()
    milestones: dict[int, list[OpenMilestone]] = {}
    rows: Any = undone.values_list("action_point_id", "pk", "due_earliest", "due_latest", "repeats_every_months")
    for point, *columns in rows:
        milestones.setdefault(point, []).append(OpenMilestone(*columns))
    return milestones


def _as_of(states: Iterable[ActionPointState], scope: dict[str, Any], as_of: AsOf) -> list[ActionPointState]:
    """Return the states at the end of a past day, with the texts, owners and milestones of today and without pauses."""
    reports: dict[int, list[Report]] = defaultdict(list)
    recorded_later = set()
    end = end_of(as_of.day)
    updates = as_of.updates().filter(**_via("action_point", scope)).order_by()
    for point, recorded_at, *columns in updates.values_list("action_point_id", "recorded_at", *Report._fields):
        reports[point].append(Report(*columns))
        if recorded_at >= end:
            recorded_later.add(point)
    past_states = []
    for state in states:
        summary = status_summary(reports[state.pk])
        past_states.append(
            replace(
                state,
                status=summary.status.value,
                last_reported=summary.last_reported,
                last_reported_day=summary.last_reported_day,
                last_happened=summary.last_happened,
                no_progress_streak=summary.no_progress_streak,
                paused_until=None,
                recorded_later=state.pk in recorded_later,
            )
        )
    return past_states


def _via(relation: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Return the lookups of `scope` for a model that is related to action points by `relation`."""
    return {f"{relation}__{lookup}": value for lookup, value in scope.items()}
