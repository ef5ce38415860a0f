"""Action points as rows of a list: with what a reader wants to know of each at a glance, as plain data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus
from tracker.people.models import Agency, User


@dataclass(frozen=True, slots=True)
class Row:
    action_point: ActionPoint
    reasons: list[str]
    """Why it shows no progress, in words; empty where it shows some."""
    agencies: list[Agency]
    people: list[User]
    days_silent: int | None

    @property
    def is_unowned(self) -> bool:
        return not (self.agencies or self.people)


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: ActionStatus
    count: int


def rows(action_points: ActionPointQuerySet, today: date) -> list[Row]:
    """In the order of the query. Four queries, whatever their number."""
    return rows_of(action_points.with_context().prefetch_related("milestones"), today)


def rows_of(action_points: Iterable[ActionPoint], today: date) -> list[Row]:
    """Costs queries unless they come with their context and milestones. `today` is the day for which they were asked (`as_of`)."""
    action_points = list(action_points)
    for point in action_points:
        if hasattr(point, "status_then"):
            point.stand_as(point)
    return [
        Row(
            action_point=point,
            reasons=[str(reason.label) for reason in point.no_progress_reasons(today)],
            agencies=list(point.lead_agencies.all()),
            people=list(point.focal_points.all()),
            days_silent=point.days_silent(today),
        )
        for point in action_points
    ]


def status_counts(found: Iterable[Row]) -> list[StatusCount]:
    """One for every status, in their order, those with none included. No query."""
    counted = Counter(row.action_point.status for row in found)
    return [StatusCount(status, counted[status]) for status in ActionStatus]
