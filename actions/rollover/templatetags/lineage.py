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
    around = {
        "before": action_point.carried_from.all(),
        "after": action_point.carried_to.all(),
    }
    visible: dict[str, Any] = {
        side: list(points.visible_to(user).select_related("issue__agenda").in_order())
        for side, points in around.items()
    }
    decisions = Decision.objects.filter(
        action_point=action_point, rollover__made__in=Agenda.objects.visible_to(user)
    ).select_related("decided_by")
    found = decisions.first() if user.is_authenticated else None
    return visible | {"decision": found, "reference": action_point.reference}
