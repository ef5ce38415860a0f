"""Fetch the plan of the next agenda for coordinators."""

from django.shortcuts import get_object_or_404

from actions.access import Person, get_agenda
from actions.rollover.models import Rollover
from tracker.people.permissions import Right


def get_rollover(user: Person, slug: str) -> Rollover:
    """Return the plan with its source and the agenda it created. Raises Http404 or PermissionDenied. Two queries."""
    source = get_agenda(user, slug, Right.COORDINATE)
    rollover = get_object_or_404(Rollover.objects.select_related("next_agenda", "carried_out_by"), source=source)
    rollover.source = source
    return rollover
