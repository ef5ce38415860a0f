"""Apply the rules of progress to plain data: updates that are due, milestones, what needs attention, and whose it is.

The status itself is derived in `actions.summaries`. "Part" means one lead agency's part of an action point. An action point without a
lead has one part, which is nobody's. No other module repeats these rules.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from actions.models.status import ENDED, ActionStatus, AttentionReason
from actions.states import ActionPointState, OpenMilestone, PartState
from actions.summaries import latest_date, status_of_action_point
from tracker.people.models import User

SOON = 30
"""How many days ahead a digest lists a milestone."""

_MOST_IMPORTANT_FIRST = tuple(AttentionReason)


def days_since(last: date | None, today: date) -> int | None:
    """Return the age of the last report in days; None without a report. A day in the future (other time zones) counts as today."""
    return max(0, (today - last).days) if last else None


def days_since_report(reported: ActionPointState | PartState, today: date) -> int | None:
    """Return the days since the position of the last report; None without a report."""
    return days_since(reported.last_reported_day, today)


def is_open(state: ActionPointState) -> bool:
    """Return whether the agenda is open and the action point is neither completed nor discontinued."""
    return state.agenda.is_open and state.status not in ENDED


def is_going_on(part: PartState) -> bool:
    """Return whether the part is neither completed nor discontinued."""
    return part.status not in ENDED


def is_paused(part: PartState, today: date) -> bool:
    return part.paused_until is not None and part.paused_until > today


def is_own_part(part: PartState, user: User) -> bool:
    """Return whether it is assigned to the user, led by the user's agency or one below it, or the user's because no active person is named.

    One query for the agencies below the user's, once a request.
    """
    return user.pk in part.people or user.pk in part.persons or part.agency in user.agency_ids


def is_own(state: ActionPointState, user: User) -> bool:
    """Return whether one of its parts is the user's own. Queries as for `is_own_part`."""
    return any(is_own_part(part, user) for part in state.parts)


def allowed_until(state: ActionPointState, part: PartState) -> date | None:
    """Return the last day on which no update is due yet; None if none will be due: nobody's part, or one that has ended."""
    if part.agency is None or not is_going_on(part):
        return None
    days = [
        part.last_reported_day,
        part.predecessor_reported,
        state.agenda.opened_day,
        state.added_on,
        part.since,
        part.paused_until,
    ]
    latest = max((day for day in days if day), default=None)
    return latest + timedelta(days=state.agenda.silence_days) if latest else None


def is_update_due(state: ActionPointState, part: PartState, today: date) -> bool:
    """Return whether the agenda is open and more days than it allows have passed without an update. While paused none is due."""
    allowed = allowed_until(state, part)
    return state.agenda.is_open and not is_paused(part, today) and allowed is not None and today > allowed


def due_since(state: ActionPointState, part: PartState, today: date) -> date | None:
    """Return the first day on which an update of the part was due; None if none is due."""
    allowed = allowed_until(state, part)
    return allowed + timedelta(days=1) if allowed and is_update_due(state, part, today) else None


def has_paused_part(state: ActionPointState, today: date) -> bool:
    """Return whether the agenda is open and the reminders of a part that is going on are paused."""
    return state.agenda.is_open and any(is_going_on(part) and is_paused(part, today) for part in state.parts)


def is_without_update_for(state: ActionPointState, days: int, today: date) -> bool:
    """Return whether the agenda is open and the last update of a part that is going on is at least this many days old."""
    return state.agenda.is_open and any(
        is_going_on(part) and (age := days_since_report(part, today)) is not None and age >= days
        for part in state.parts
    )


def parts_of_milestone(state: ActionPointState, milestone: OpenMilestone) -> list[PartState]:
    """Return the part of the milestone's agency; every part if it has no agency, or one that does not lead."""
    return [part for part in state.parts if part.agency == milestone.agency] or list(state.parts)


def is_past_due(due_latest: date | None, today: date) -> bool:
    """Return whether the latest day of a due date is before today. A milestone without a date never is."""
    return due_latest is not None and due_latest < today


def _is_still_needed(state: ActionPointState, milestone: OpenMilestone) -> bool:
    return any(is_going_on(part) for part in parts_of_milestone(state, milestone))


def is_passed(state: ActionPointState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether the latest day of the milestone has passed, and its part (or one of all parts) is going on."""
    return is_past_due(milestone.due_latest, today) and _is_still_needed(state, milestone)


def is_overdue(state: ActionPointState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether the agenda is open and the milestone has passed while its part is going on."""
    return state.agenda.is_open and is_passed(state, milestone, today)


def is_ahead(state: ActionPointState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether the milestone is due today or later, and its part (or one of all parts) is going on."""
    return not is_past_due(milestone.due_latest, today) and _is_still_needed(state, milestone)


def has_milestone_ahead(state: ActionPointState, today: date) -> bool:
    """Only action points of open agendas have one."""
    return state.agenda.is_open and any(is_ahead(state, milestone, today) for milestone in state.milestones)


def part_reasons(state: ActionPointState, part: PartState, today: date) -> list[AttentionReason]:
    """Return the reasons why a part needs attention, the most important first. A milestone of no agency counts for every part."""
    if not state.agenda.is_open or not is_going_on(part):
        return []
    reasons = []
    if not part.people:
        reasons.append(AttentionReason.NO_ONE_RESPONSIBLE)
    if is_update_due(state, part, today):
        reasons.append(AttentionReason.UPDATE_DUE)
    if any(is_overdue(state, each, today) and part in parts_of_milestone(state, each) for each in state.milestones):
        reasons.append(AttentionReason.MILESTONE_OVERDUE)
    if part.status == ActionStatus.NO_PROGRESS:
        reasons.append(AttentionReason.NO_PROGRESS)
    return reasons


def attention_reasons(state: ActionPointState, today: date) -> list[AttentionReason]:
    """Return the reasons why an action point needs attention, each one once, the most important first."""
    reasons = [reason for part in state.parts for reason in part_reasons(state, part, today)]
    return [reason for reason in _MOST_IMPORTANT_FIRST if reason in reasons]


def needs_attention(state: ActionPointState, today: date) -> bool:
    return any(part_reasons(state, part, today) for part in state.parts)


def is_asked_about(state: ActionPointState, part: PartState, today: date, period_start: date | None) -> bool:
    """Return whether a digest asks for a report on the part.

    It does if an update is due, or the answer was "no progress" before the agenda's present period began. Without a period it asks about
    every "no progress".
    """
    if not state.agenda.is_open or is_paused(part, today):
        return False
    if part.agency is None or part.status != ActionStatus.NO_PROGRESS:
        return is_update_due(state, part, today)
    return period_start is None or part.answered_day is None or part.answered_day < period_start


def is_reminded_of(state: ActionPointState, part: PartState, milestone: OpenMilestone, today: date) -> bool:
    """Return whether a digest lists the milestone for the part: it is overdue, or its latest day is at most `SOON` days ahead.

    The milestones of parts that are paused or have ended are left out.
    """
    return (
        state.agenda.is_open
        and is_going_on(part)
        and not is_paused(part, today)
        and milestone.due_latest is not None
        and milestone.due_latest <= today + timedelta(days=SOON)
        and part in parts_of_milestone(state, milestone)
    )


def is_reminded_by_hand(state: ActionPointState, part: PartState, today: date) -> bool:
    """Return whether a coordinator's reminder asks about the part: a digest would ask for a report, or a milestone of it is overdue."""
    return is_asked_about(state, part, today, None) or any(
        is_overdue(state, each, today) and is_reminded_of(state, part, each, today) for each in state.milestones
    )


def limited_to(state: ActionPointState, parts: Sequence[PartState]) -> ActionPointState:
    """Return the action point as if it had only these of its parts (at least one), with the milestones that belong to any of them."""
    if len(parts) == len(state.parts):
        return state
    latest = max(parts, key=lambda part: part.last_reported_day or date.min)
    return state._replace(
        parts=tuple(parts),
        status=status_of_action_point(part.status for part in parts).value,
        last_reported=latest.last_reported,
        last_reported_day=latest.last_reported_day,
        last_happened=latest_date(part.last_happened for part in parts if part.last_happened),
        no_progress_streak=min(part.no_progress_streak for part in parts),
        answered_day=latest.answered_day,
        milestones=tuple(
            milestone
            for milestone in state.milestones
            if any(part in parts for part in parts_of_milestone(state, milestone))
        ),
    )
