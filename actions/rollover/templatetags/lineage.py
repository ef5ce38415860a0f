"""Show on the page of an action point where it came from and where it went."""

from typing import Any

from django import template

from actions.access import Person
from actions.models import ActionPoint
from actions.rollover.models import Decision
from issues.models import Agenda

register = template.Library()


@register.inclusion_tag("rollover/_lineage.html")
def lineage(action_point: ActionPoint, user: Person) -> dict[str, Any]:
    """Show the predecessors and successors that the user may see, and the decision. Three queries.

    The decision is shown to signed-in people who may see the agenda that it led to; visitors see references only.
    """
    visible = ActionPoint.objects.visible_to(user).select_related("issue__agenda").in_order()
    decisions = Decision.objects.filter(
        action_point=action_point, rollover__next_agenda__in=Agenda.objects.visible_to(user)
    ).select_related("decided_by")
    return {
        "predecessors": visible.filter(carried_to=action_point),
        "successors": visible.filter(carried_from=action_point),
        "decision": decisions.first() if user.is_authenticated else None,
        "reference": action_point.reference,
    }
