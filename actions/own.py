"""Read a person's own parts of open action points, those that need attention first."""

from datetime import date
from typing import NamedTuple

from actions import rules
from actions.as_of import AsOf
from actions.models import ActionPoint
from actions.reader import read_action_points
from actions.rows import ActionPointRow, rows_of
from actions.states import ActionPointState, PartState
from tracker.people.models import User


class OwnPart(NamedTuple):
    state: ActionPointState
    part: PartState


def read_own(user: User, today: date) -> list[OwnPart]:
    """Return the person's own parts that are going on in open agendas.

    Those that need attention come first, then the oldest report. Nine queries.
    """
    points = ActionPoint.objects.visible_to(user).own(user).open()
    own = [
        OwnPart(state, part)
        for state in read_action_points(list(points.values_list("pk", flat=True)), AsOf(today))
        for part in state.parts
        if rules.is_going_on(part) and rules.is_own_part(part, user)
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
