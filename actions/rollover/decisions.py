"""Store and remove decisions. Writers lock the plan, and a form that shows an old decision does not replace a newer one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.rollover.models import MAX_NUMBER, Decision, PlannedIssue, PlannedPoint, Rollover
from actions.rollover.plan import RolloverError, lock_plan
from tracker.people.models import User


class DecisionChangedError(Exception):
    """Report that another coordinator changed the decision after the page was opened. Nothing was stored."""

    def __init__(self, stored: Decision | None) -> None:
        super().__init__("decision changed")
        self.stored = stored
        """The decision now; None if it was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Hold what a coordinator chose for one action point, validated by the form."""

    kind: str
    reason: str
    outcome: str = ""
    into: PlannedPoint | None = None
    """The planned action point that it goes into; None for new ones with these titles."""
    issue: PlannedIssue | None = None
    number: int | None = None
    titles: Sequence[str] = ()


@transaction.atomic
def decide(
    rollover: Rollover, action_point: ActionPoint, choice: Choice, *, by: User, now: datetime, version: str
) -> Decision:
    """Store a decision, or replace the stored one if `version` is that of the stored one (empty for none).

    Raises DecisionChangedError or RolloverError.
    """
    lock_plan(rollover)
    decision = _stored_decision(action_point, version, by)
    _require_targets_exist(choice)
    targets = _update_carried(decision, choice) if decision else []
    if decision is None:
        decision = Decision(rollover=rollover, action_point=action_point)
    elif not targets:
        _release_targets(decision, keep=choice.into)
    decision.kind, decision.outcome, decision.reason = choice.kind, choice.outcome, choice.reason
    decision.mark_decided(by, now)
    decision.save()
    decision.targets.set(targets or _create_targets(action_point, choice))
    return decision


@transaction.atomic
def remove_decision(rollover: Rollover, action_point: ActionPoint, *, by: User, version: str) -> None:
    """Make the action point undecided again. Raises DecisionChangedError or RolloverError."""
    lock_plan(rollover)
    if decision := _stored_decision(action_point, version, by):
        _release_targets(decision)
        decision.delete()


@transaction.atomic
def carry_open_forward(rollover: Rollover, reason: str, *, by: User, now: datetime) -> tuple[int, int]:
    """Carry all open, undecided action points forward, each into the copy of its issue, with its old number if that is free.

    Returns how many were carried, and how many were skipped because their issue was removed. Raises RolloverError.
    """
    lock_plan(rollover)
    copies = {copy.copied_from_id: copy for copy in rollover.issues.exclude(copied_from=None)}
    carried = skipped = 0
    for point in rollover.undecided_open().select_related("issue__agenda"):
        if not (issue := copies.get(point.issue_id)):
            skipped += 1
            continue
        decision = Decision(rollover=rollover, action_point=point, kind=Decision.Kind.CARRY, reason=reason)
        decision.mark_decided(by, now)
        decision.save()
        decision.targets.set(_create_points(issue, [point.title], issue.free_number(point.number)))
        carried += 1
    return carried, skipped


def _stored_decision(action_point: ActionPoint, version: str, by: User) -> Decision | None:
    """Return the decision on this action point. Raises DecisionChangedError if somebody else has changed it since `version`."""
    decision = Decision.objects.filter(action_point=action_point).first()
    stored = str(decision.version) if decision else ""
    if stored != version and (decision is None or decision.decided_by_id != by.pk):
        raise DecisionChangedError(decision)
    return decision


def _require_targets_exist(choice: Choice) -> None:
    point_is_gone = choice.into and not PlannedPoint.objects.filter(pk=choice.into.pk).exists()
    issue_is_gone = choice.issue and not PlannedIssue.objects.filter(pk=choice.issue.pk).exists()
    if point_is_gone or issue_is_gone:
        raise RolloverError(
            _("Another coordinator has just removed what you chose from the new agenda. Choose again, then save.")
        )


def _release_targets(decision: Decision, keep: PlannedPoint | None = None) -> None:
    """Detach the decision from its targets. Delete those that no other decision leads to, so that their numbers are free again."""
    released = list(decision.targets.values_list("pk", flat=True))
    decision.targets.clear()
    PlannedPoint.objects.filter(pk__in=released, decisions=None).exclude(pk__in=[keep.pk] if keep else []).delete()


def _update_carried(decision: Decision, choice: Choice) -> list[PlannedPoint]:
    """Rename or move the target if the action point is still carried forward, so that others merged into it stay. Otherwise return [].

    Raises RolloverError if the new number is taken.
    """
    if not decision.kind == choice.kind == Decision.Kind.CARRY or not choice.issue:
        return []
    point = decision.targets.get()
    stays_in_issue = point.issue_id == choice.issue.pk
    number = choice.number or (point.number if stays_in_issue else choice.issue.free_number(point.number))
    if not stays_in_issue or number != point.number:
        _require_free(choice.issue, number)
    point.issue, point.number, point.title = choice.issue, number, choice.titles[0]
    point.save()
    return [point]


def _create_targets(action_point: ActionPoint, choice: Choice) -> list[PlannedPoint]:
    if choice.into:
        return [choice.into]
    if not choice.issue:
        return []
    number = choice.number or choice.issue.free_number(action_point.number)
    return _create_points(choice.issue, choice.titles, number)


def _create_points(issue: PlannedIssue, titles: Sequence[str], first: int) -> list[PlannedPoint]:
    """Create a planned action point for each title, numbered from `first` with numbers that are free. Raises RolloverError."""
    points: list[PlannedPoint] = []
    for title in titles:
        number = issue.free_number(points[-1].number + 1) if points else first
        _require_free(issue, number)
        points.append(PlannedPoint.objects.create(issue=issue, number=number, title=title))
    return points


def _require_free(issue: PlannedIssue, number: int) -> None:
    if number > MAX_NUMBER:
        raise RolloverError(_("This issue has no number left. Choose another issue."))
    if taken := issue.points.filter(number=number).first():
        raise RolloverError(
            _("Number %(code)s is already used by “%(title)s”. Choose another number, or leave it empty.")
            % {"code": f"{issue.number}.{number}", "title": taken.title}
        )
