"""Lineage on the page of an action point: the references on both sides, and what was decided."""

from typing import Any

from django import template

from actions.access import Person
from actions.models import ActionPoint
from actions.rollover.models import Decision
from issues.models import Agenda

register = template.Library()


@register.inclusion_tag("rollover/_lineage.html")
def lineage(action_point: ActionPoint, user: Person) -> dict[str, Any]:
    """Only what the reader may see of it: a decision is shown once the agenda that it made is. Three queries.

    Who decided and why is for signed-in people; visitors see the references alone.
    """
    visible = ActionPoint.objects.visible_to(user).select_related("issue__agenda").in_order()
    decisions = Decision.objects.filter(
        action_point=action_point, rollover__made__in=Agenda.objects.visible_to(user)
    ).select_related("decided_by")
    found = decisions.first() if user.is_authenticated else None
    return {
        "before": visible.filter(carried_to=action_point),
        "after": visible.filter(carried_from=action_point),
        "decision": found,
        "reference": action_point.reference,
    }
