"""Decide what happens to the milestones whose date has passed: done, a new date in the next agenda, or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from actions.models import Milestone
from actions.rollover.models import Decision, MilestoneDecision, Rollover
from actions.rollover.plan import lock_plan
from actions.rules import is_past_due
from tracker.dates.value import PartialDate
from tracker.people.models import User

CONTINUING = (Decision.Kind.CARRY, Decision.Kind.MERGE, Decision.Kind.SPLIT)
"""With these decisions the open milestones of an action point go into the next agenda."""


@dataclass(frozen=True, slots=True)
class MilestoneChoice:
    """What a coordinator chose for one milestone, validated by the form."""

    kind: str
    date: PartialDate | None


def passed_milestones(rollover: Rollover, today: date) -> list[Milestone]:
    """Return the milestones that are not done, whose latest day has passed, of action points that continue, in order. One query.

    Each has its decision as `rollover_decision` if there is one.
    """
    continuing = Milestone.objects.undone().filter(
        action_point__rollover_decision__rollover=rollover, action_point__rollover_decision__kind__in=CONTINUING
    )
    in_order = continuing.order_by("action_point__issue__number", "action_point__number", "due_latest", "pk")
    related = in_order.select_related("action_point__issue__agenda", "rollover_decision", "agency")
    return [milestone for milestone in related if is_past_due(milestone.due_latest, today)]


def undecided_milestones(rollover: Rollover, today: date) -> list[Milestone]:
    """Return the passed milestones without a decision. One query."""
    return [each for each in passed_milestones(rollover, today) if not hasattr(each, "rollover_decision")]


@transaction.atomic
def decide_milestones(
    rollover: Rollover, milestones: Sequence[Milestone], choices: Mapping[int, MilestoneChoice], *, by: User
) -> None:
    """Store the choices by the ids of these milestones, and remove the decisions on the others. Raises RolloverError."""
    lock_plan(rollover)
    MilestoneDecision.objects.filter(milestone__in=milestones).exclude(milestone__in=choices).delete()
    for pk, choice in choices.items():
        values = {"rollover": rollover, "kind": choice.kind, "date": choice.date, "decided_by": by}
        MilestoneDecision.objects.update_or_create(milestone_id=pk, defaults=values)
