"""Collect what the overview page shows: the old agenda with its decisions, and the new agenda as planned."""

from collections import defaultdict
from dataclasses import dataclass

from actions.models import ActionPoint
from actions.models.status import ENDED
from actions.rollover.models import Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Issue


@dataclass(frozen=True, slots=True)
class DecidedPoint:
    """Pair an action point of the old agenda with the decision on it; None if it is undecided."""

    action_point: ActionPoint
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class PlannedPointOrigin:
    """Pair an action point of the new agenda with those that it comes from."""

    planned: PlannedPoint
    origins: list[ActionPoint]


@dataclass(frozen=True, slots=True)
class RolloverOverview:
    issues: list[tuple[Issue, list[DecidedPoint]]]
    """The issues of the old agenda with their action points."""
    planned_issues: list[tuple[PlannedIssue, list[PlannedPointOrigin]]]
    """The issues of the new agenda with their action points."""
    total: int
    undecided: int
    undecided_open: int

    @property
    def decided(self) -> int:
        return self.total - self.undecided

    def rows(self, *, only_undecided: bool) -> list[tuple[Issue, DecidedPoint | None]]:
        """Return each action point of the old agenda, or each undecided one, with its issue; None beside an issue without any."""
        rows: list[tuple[Issue, DecidedPoint | None]] = []
        for issue, points in self.issues:
            rows += [(issue, point) for point in points if not (only_undecided and point.decision)] or [(issue, None)]
        return rows

    @property
    def planned_rows(self) -> list[tuple[PlannedIssue, PlannedPointOrigin | None]]:
        """Return each action point of the new agenda with its issue; None beside an issue without any."""
        rows: list[tuple[PlannedIssue, PlannedPointOrigin | None]] = []
        for issue, points in self.planned_issues:
            rows += [(issue, point) for point in points] or [(issue, None)]
        return rows


def overview_of(rollover: Rollover) -> RolloverOverview:
    """Return the overview of a plan whose source is loaded. Six queries."""
    points = list(rollover.points().select_related("issue"))
    for point in points:
        point.issue.agenda = rollover.source
    decisions = {
        decision.action_point_id: decision
        for decision in rollover.decisions.select_related("decided_by").prefetch_related("targets__issue")
    }
    by_issue: dict[int, list[DecidedPoint]] = defaultdict(list)
    for point in points:
        by_issue[point.issue_id].append(DecidedPoint(point, decisions.get(point.pk)))
    undecided = [point for point in points if point.pk not in decisions]
    return RolloverOverview(
        issues=[(issue, by_issue[issue.pk]) for issue in rollover.source.issues.order_by("number")],
        planned_issues=_planned_issues(rollover, points, decisions),
        total=len(points),
        undecided=len(undecided),
        undecided_open=sum(point.status not in ENDED for point in undecided),
    )


def _planned_issues(
    rollover: Rollover, points: list[ActionPoint], decisions: dict[int, Decision]
) -> list[tuple[PlannedIssue, list[PlannedPointOrigin]]]:
    origins: dict[int, list[ActionPoint]] = defaultdict(list)
    for point in points:
        if decision := decisions.get(point.pk):
            for target in decision.targets.all():
                origins[target.pk].append(point)
    planned_issues = []
    for issue in rollover.issues.prefetch_related("points"):
        rows = []
        for planned in sorted(issue.points.all(), key=lambda planned: planned.number):
            planned.issue = issue
            rows.append(PlannedPointOrigin(planned, origins[planned.pk]))
        planned_issues.append((issue, rows))
    return planned_issues
