"""Read a person's own open action points, those that need attention first."""

from datetime import date

from actions import rules
from actions.as_of import AsOf
from actions.models import ActionPoint
from actions.reader import read_action_points
from actions.rows import ActionPointRow, rows_of
from actions.states import ActionPointState
from tracker.people.models import User


def read_own(user: User, today: date) -> list[ActionPointState]:
    """Return the person's own open action points: those that need attention first, by the age of the last report. Seven queries."""
    own = ActionPoint.objects.visible_to(user).own(user).open()
    states = read_action_points(list(own.values_list("pk", flat=True)), AsOf(today))
    return sorted(states, key=lambda state: (not rules.needs_attention(state, today), _last_report(state)))


def next_waiting(user: User, today: date, besides: int) -> ActionPointRow | None:
    """Return the first own action point that needs attention, except the one with the id `besides`. Up to ten queries."""
    waiting = (state for state in read_own(user, today) if state.pk != besides and rules.needs_attention(state, today))
    return next(iter(rows_of(list(waiting)[:1], today)), None)


def _last_report(state: ActionPointState) -> tuple[date, str, tuple[int, int]]:
    return state.last_reported_day or date.min, state.agenda.slug, state.place
