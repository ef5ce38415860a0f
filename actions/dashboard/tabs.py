"""What the tabs of the dashboard share."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from actions.as_of import AsOf
from actions.as_of_history import look_back, look_back_at_issues
from actions.reader import read_agenda
from actions.states import ActionPointState
from issues.models import Agenda, Issue
from tracker.people.permissions import Right, may


def tab_context(tab: str, agenda: Agenda, request: HttpRequest, as_of: AsOf | None = None) -> dict[str, Any]:
    """Return what the templates of all tabs need. `tab` is the name of the one that is shown."""
    return {
        "tab": tab,
        "agenda": agenda,
        "current_agenda": agenda,
        "as_of": as_of or AsOf(timezone.localdate()),
        "coordinates": may(request.user, Right.COORDINATE),
    }


def read(agenda: Agenda, as_of: AsOf) -> tuple[list[Issue], list[ActionPointState]]:
    """Return the issues and the action points on that date, and give the agenda, in memory, the state and wording that it had.

    Eight queries at most, 22 for a past date.
    """
    look_back(agenda, as_of)
    issues = look_back_at_issues(agenda.issues.order_by("number"), as_of)
    for issue in issues:
        issue.agenda = agenda
    return issues, read_agenda(agenda, as_of)
