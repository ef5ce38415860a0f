"""The rules of progress over plain data (`ActionPointState`): what needs attention on a day, and why. Each rule is here, once."""

from datetime import date

from actions.models import Milestone
from actions.models.status import ENDED, ActionStatus, NoProgressReason, days_since
from actions.states import ActionPointState, OpenMilestone
from issues.models import Agenda
from tracker.people.models import User


def is_open(state: ActionPointState) -> bool:
    """Whether something is still to be done: its agenda is open, and it is neither completed nor discontinued."""
    return state.agenda.state == Agenda.State.OPEN and state.status not in ENDED


def is_paused(state: ActionPointState, today: date) -> bool:
    return state.paused_until is not None and state.paused_until > today


def has_owner(state: ActionPointState) -> bool:
    return bool(state.leads or state.focal_points)


def is_own(state: ActionPointState, user: User) -> bool:
    """Assigned to the user, or led by the user's agency or a part of it. One query for the parts of the agency, once a request."""
    return user.pk in state.focal_points or any(user.speaks_for(pk) for pk in state.leads)


def days_since_report(state: ActionPointState, today: date) -> int | None:
    """None if nothing was ever reported."""
    return days_since(state.last_reported_day, today)


def is_silent(state: ActionPointState, today: date) -> bool:
    """Whether the last report is older than the agenda allows, or there is none. Only open action points are."""
    days = days_since_report(state, today)
    return is_open(state) and (days is None or days > state.agenda.silence_days)


def is_overdue(milestone: OpenMilestone | Milestone, today: date) -> bool:
    """Not done, and its latest day is before today. One that recurs never is."""
    return milestone.done_on is None and milestone.repeats_every_months is None and milestone.due_latest < today


def is_ahead(milestone: OpenMilestone | Milestone, today: date) -> bool:
    """Neither done nor overdue."""
    return milestone.done_on is None and not is_overdue(milestone, today)


def has_overdue_milestone(state: ActionPointState, today: date) -> bool:
    """Only open action points have one."""
    return is_open(state) and any(is_overdue(milestone, today) for milestone in state.milestones)


def has_milestone_ahead(state: ActionPointState, today: date) -> bool:
    """Only open action points have one."""
    return is_open(state) and any(is_ahead(milestone, today) for milestone in state.milestones)


def attention_reasons(state: ActionPointState, today: date) -> list[NoProgressReason]:
    """Why an open action point needs attention, the most important first. Empty while its reminders are paused."""
    if not is_open(state) or is_paused(state, today):
        return []
    reasons = []
    if state.status == ActionStatus.NOT_REPORTED:
        reasons.append(NoProgressReason.NOT_REPORTED)
    if state.status == ActionStatus.NO_PROGRESS:
        reasons.append(NoProgressReason.NO_PROGRESS)
    if state.last_reported and is_silent(state, today):
        reasons.append(NoProgressReason.SILENT)
    if has_overdue_milestone(state, today):
        reasons.append(NoProgressReason.MILESTONE_PASSED)
    return reasons


def needs_attention(state: ActionPointState, today: date) -> bool:
    return bool(attention_reasons(state, today))
