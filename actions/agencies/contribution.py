"""The parts, milestones and updates of one agency. Agencies are never ranked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from actions import rules
from actions.access import Person
from actions.bars import Segment
from actions.models import ActionPoint, Milestone, Responsibility
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.states import ActionPointState
from issues.models import Agenda
from issues.readable_history import readable_since
from tracker.dates.value import PartialDate
from tracker.people.models import Agency

MILESTONES = 100
PARTS = 50
"""The most parts of the past that are shown."""
YEARS = 12


@dataclass(frozen=True, slots=True)
class AgencyMilestones:
    """The milestones of an agency's parts, by state."""

    done: Sequence[Milestone]
    passed: Sequence[Milestone]
    """Those overdue."""
    ahead: Sequence[Milestone]
    are_cut: bool
    """Whether there are more than MILESTONES; then only those due last are included."""


@dataclass(frozen=True, slots=True)
class EarlierPart:
    """An action point that the agency led until a day."""

    action_point: ActionPoint
    since: PartialDate
    until: date


@dataclass(frozen=True, slots=True)
class YearOfUpdates:
    year: int
    updates: int
    segments: Sequence[Segment]
    """One, as long as its share of the busiest year."""


def milestones_led_by(agency: Agency, agendas: QuerySet[Agenda]) -> list[Milestone]:
    """Return the last milestones of what the agency leads in these agendas, the last first; one that was carried over counts once.

    At most MILESTONES and one more. One query.
    """
    led = Milestone.objects.filter(
        action_point__in=ActionPoint.objects.led_by(agency), action_point__issue__agenda__in=agendas
    )
    last_first = led.counted_once(agendas).in_order().reverse().select_related("action_point__issue__agenda")
    return list(last_first[: MILESTONES + 1])


def agency_milestones(
    agency: Agency, found: Sequence[Milestone], states: Sequence[ActionPointState], today: date
) -> AgencyMilestones:
    """Sort what `milestones_led_by` found by state. `states` has their action points. No query."""
    others = {state.pk: set(state.leads) - {agency.pk} for state in states}
    undone = {each.pk: (state, each) for state in _parts_of(agency, states) for each in state.milestones}
    first_first = found[:MILESTONES][::-1]
    return AgencyMilestones(
        done=[each for each in first_first if each.done_on and each.agency_id not in others[each.action_point_id]],
        passed=[each for each in first_first if each.pk in undone and rules.is_overdue(*undone[each.pk], today)],
        ahead=[each for each in first_first if each.pk in undone and rules.is_ahead(*undone[each.pk], today)],
        are_cut=len(found) > MILESTONES,
    )


def _parts_of(agency: Agency, states: Iterable[ActionPointState]) -> list[ActionPointState]:
    """Return the action points that the agency leads, limited to its parts."""
    parts = ((state, [part for part in state.parts if part.agency == agency.pk]) for state in states)
    return [rules.limited_to(state, own) for state, own in parts if own]


def earlier_parts(agency: Agency, reader: Person) -> list[EarlierPart]:
    """Return what the agency led in the past and does not lead now, the last first, at most PARTS. Two queries.

    What ended while the agenda was hidden from the reader is left out.
    """
    visible = ActionPoint.objects.visible_to(reader).exclude(pk__in=ActionPoint.objects.led_by(agency).values("pk"))
    ended = Responsibility.objects.filter(agency=agency, until__isnull=False, action_point__in=visible)
    found = list(ended.select_related("action_point__issue__agenda").order_by("-until", "-pk")[:PARTS])
    since = readable_since({part.action_point.issue.agenda_id for part in found}, reader)
    return [
        EarlierPart(part.action_point, part.since, part.until)
        for part in found
        if part.until and part.until > since[part.action_point.issue.agenda_id].date()
    ]


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
