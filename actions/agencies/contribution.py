"""The milestones and updates of one agency. Agencies are never ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from actions import rules
from actions.bars import Segment
from actions.models import ActionPoint, Milestone
from actions.models.progress_update import ProgressUpdateQuerySet
from issues.models import Agenda
from tracker.people.models import Agency

MILESTONES = 100
YEARS = 12


@dataclass(frozen=True, slots=True)
class AgencyMilestones:
    """The milestones of the action points that an agency leads, by state."""

    done: Sequence[Milestone]
    passed: Sequence[Milestone]
    ahead: Sequence[Milestone]
    are_cut: bool
    """Whether there are more than MILESTONES; then only those due last are included."""


@dataclass(frozen=True, slots=True)
class YearOfUpdates:
    year: int
    updates: int
    segments: Sequence[Segment]
    """One, as long as its share of the busiest year."""


def agency_milestones(agency: Agency, agendas: QuerySet[Agenda], today: date) -> AgencyMilestones:
    """Return the milestones of what the agency leads in these agendas; one that was carried over counts once. One query."""
    led = Milestone.objects.filter(
        action_point__in=ActionPoint.objects.led_by(agency), action_point__issue__agenda__in=agendas
    )
    last_first = led.counted_once(agendas).in_order().reverse().select_related("action_point__issue__agenda")
    found = list(last_first[: MILESTONES + 1])
    milestones = found[:MILESTONES][::-1]
    return AgencyMilestones(
        done=[milestone for milestone in milestones if milestone.done_on],
        passed=[milestone for milestone in milestones if rules.is_overdue(milestone, today)],
        ahead=[milestone for milestone in milestones if rules.is_ahead(milestone, today)],
        are_cut=len(found) > MILESTONES,
    )


def by_year(updates: ProgressUpdateQuerySet) -> list[YearOfUpdates]:
    """Count the updates of each of the last years that had any, oldest first. One query."""
    counted: Any = (
        updates.order_by().values(year=ExtractYear("position_day")).annotate(count=Count("pk")).order_by("-year")
    )
    found = list(counted[:YEARS])[::-1]
    most = max((row["count"] for row in found), default=1)
    return [
        YearOfUpdates(row["year"], row["count"], [Segment("under_way", 0, round(100 * row["count"] / most, 2))])
        for row in found
    ]
