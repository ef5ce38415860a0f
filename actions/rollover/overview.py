"""A roll-over as its page shows it: the old agenda with decisions, and the new one as planned."""

from dataclasses import dataclass

from actions.models import ActionPoint
from actions.models.status import ENDED
from actions.rollover.models import Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Issue


@dataclass(frozen=True, slots=True)
class Row:
    action_point: ActionPoint
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Plan:
    issues: list[tuple[Issue, list[Row]]]
    """The old agenda's issues, each with what becomes of its action points."""
    planned: list[tuple[PlannedIssue, list[tuple[PlannedPoint, list[ActionPoint]]]]]
    """The new agenda's issues, with their action points and where each comes from."""
    total: int
    undecided: int
    undecided_open: int

    @property
    def decided(self) -> int:
        return self.total - self.undecided


def plan_of(rollover: Rollover) -> Plan:
    """Needs the source loaded. Eight queries, whatever the number of rows."""
    points = list(rollover.points().select_related("issue").prefetch_related("lead_agencies", "focal_points"))
    for point in points:
        point.issue.agenda = rollover.source
    decisions = {
        decision.action_point_id: decision
        for decision in rollover.decisions.select_related("decided_by").prefetch_related("targets__issue")
    }
    rows: dict[int, list[Row]] = {}
    sources: dict[int, list[ActionPoint]] = {}
    for point in points:
        decision = decisions.get(point.pk)
        rows.setdefault(point.issue_id, []).append(Row(point, decision))
        for target in decision.targets.all() if decision else []:
            sources.setdefault(target.pk, []).append(point)
    planned = []
    for issue in rollover.issues.prefetch_related("points"):
        found = sorted(issue.points.all(), key=lambda each: each.number)
        for each in found:
            each.issue = issue
        planned.append((issue, [(each, sources.get(each.pk, [])) for each in found]))
    issues = [(issue, rows.get(issue.pk, [])) for issue in rollover.source.issues.order_by("number")]
    undecided = [point for point in points if point.pk not in decisions]
    return Plan(issues, planned, len(points), len(undecided), sum(point.status not in ENDED for point in undecided))
