"""Action points read as plain data (`ActionPointState`), for today or a past date.

For today the status comes from the columns that the verbs keep; for a past date it follows from the updates known then. What comes after
that (rules, filters, figures, lists) does not know the difference. The cost depends on what is read, never on the size of the database.
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
    """All of an agenda, in the order of their references. Four queries, one more for a past date.

    For a past date the agenda must have looked back (`AsOf.look_back`).
    """
    return sorted(_read({"issue__agenda": agenda}, as_of, {agenda.pk: agenda}), key=lambda state: state.place)


def read_action_points(pks: Collection[int], as_of: AsOf, agendas: Iterable[Agenda] = ()) -> list[ActionPointState]:
    """Those with these ids, by agenda and reference. Five queries, one less if their `agendas` are passed, none if there are no ids."""
    if not pks:
        return []
    known = {agenda.pk: agenda for agenda in agendas or Agenda.objects.filter(issues__action_points__in=pks).distinct()}
    states = _read({"pk__in": list(pks)}, as_of, known)
    return sorted(states, key=lambda state: (state.agenda.slug, state.place))


def read_issue(issue: Issue, as_of: AsOf) -> list[ActionPointState]:
    """Those of an issue, which has its agenda. Queries as for an agenda."""
    states = _read({"issue": issue}, as_of, {issue.agenda_id: issue.agenda})
    return sorted(states, key=lambda state: state.place)


def state_of(action_point: ActionPoint, as_of: AsOf) -> ActionPointState:
    """That of one action point that is loaded, with its issue and agenda. Three queries for owners and milestones unless they are
    prefetched, one more for a past date.
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
    found: dict[int, list[int]] = {}
    for point, pk in through.objects.filter(**_via("actionpoint", scope)).values_list("actionpoint_id", f"{owner}_id"):
        found.setdefault(point, []).append(pk)
    return found


def _milestones(scope: dict[str, Any]) -> dict[int, list[OpenMilestone]]:
    open_ones = Milestone.objects.undone().filter(**_via("action_point", scope)).in_order()
    found: dict[int, list[OpenMilestone]] = {}
    rows: Any = open_ones.values_list("action_point_id", "pk", "due_earliest", "due_latest", "repeats_every_months")
    for point, *columns in rows:
        found.setdefault(point, []).append(OpenMilestone(*columns))
    return found


def _as_of(states: Iterable[ActionPointState], scope: dict[str, Any], as_of: AsOf) -> list[ActionPointState]:
    """As they were at the end of a past day. Wording, owners and milestones are today's; a pause of today does not count."""
    reports: dict[int, list[Report]] = defaultdict(list)
    recorded_later = set()
    end = end_of(as_of.day)
    updates = as_of.updates().filter(**_via("action_point", scope)).order_by()
    for point, recorded_at, *columns in updates.values_list("action_point_id", "recorded_at", *Report._fields):
        reports[point].append(Report(*columns))
        if recorded_at >= end:
            recorded_later.add(point)
    found = []
    for state in states:
        summary = status_summary(reports[state.pk])
        found.append(
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
    return found


def _via(relation: str, scope: dict[str, Any]) -> dict[str, Any]:
    return {f"{relation}__{lookup}": value for lookup, value in scope.items()}
