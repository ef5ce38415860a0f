"""Read a person's own parts of open action points, those that need attention first."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from actions import rules
from actions.as_of import AsOf
from actions.models import ActionPoint
from actions.models.status import ENDED
from actions.reader import read_action_points
from actions.rows import ActionPointRow, rows_of
from actions.states import ActionPointState, PartState
from issues.models import Agenda
from tracker.people.models import User


class OwnPart(NamedTuple):
    state: ActionPointState
    part: PartState


def read_own(user: User, today: date, also: Collection[int] = ()) -> list[OwnPart]:
    """Return the person's own parts in open agendas that are going on, or belong to the action points with the ids in `also`.

    Those that need attention come first, then the oldest report. Nine queries.
    """
    points = ActionPoint.objects.visible_to(user).own(user).filter(issue__agenda__state=Agenda.State.OPEN)
    points = points.filter(~Q(status__in=ENDED) | Q(pk__in=also))
    own = [
        OwnPart(state, part)
        for state in read_action_points(list(points.values_list("pk", flat=True)), AsOf(today))
        for part in state.parts
        if (rules.is_going_on(part) or state.pk in also) and rules.is_own_part(part, user)
    ]
    return sorted(own, key=lambda each: (not rules.part_reasons(each.state, each.part, today), _last_report(each)))


def next_waiting(user: User, today: date, besides: int) -> ActionPointRow | None:
    """Return the first action point with an own part that needs attention, except the one with the id `besides`. Up to twelve queries."""
    waiting = (
        each.state
        for each in read_own(user, today)
        if each.state.pk != besides and rules.part_reasons(each.state, each.part, today)
    )
    return next(iter(rows_of(list(waiting)[:1], today)), None)


def _last_report(own: OwnPart) -> tuple[date, str, tuple[int, int]]:
    return own.part.last_reported_day or date.min, own.state.agenda.slug, own.state.place
