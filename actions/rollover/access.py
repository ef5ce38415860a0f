"""The getter of a roll-over: for coordinators, where there is one."""

from django.shortcuts import get_object_or_404

from actions.access import Person, get_agenda
from actions.rollover.models import Rollover
from tracker.people.permissions import Right


def get_rollover(user: Person, slug: str) -> Rollover:
    """With its source and what it made. Raises Http404 or PermissionDenied. Two queries."""
    source = get_agenda(user, slug, Right.COORDINATE)
    rollover = get_object_or_404(Rollover.objects.select_related("made", "made_by"), source=source)
    rollover.source = source
    return rollover
