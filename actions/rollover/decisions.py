"""Storing decisions, one by one. Writers of one roll-over take turns; whoever decides on what another has changed meanwhile is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.rollover.models import NUMBER_LIMIT, Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Agenda
from tracker.locking import for_update
from tracker.people.models import User


class RolloverError(Exception):
    """It cannot be done as things stand; the words are for the person. Nothing was stored."""


class ChangedMeanwhileError(Exception):
    """Another coordinator decided on the same action point since the page was opened. Nothing was stored."""

    def __init__(self, theirs: Decision | None) -> None:
        super().__init__("decision changed meanwhile")
        self.theirs = theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a coordinator says of one action point, checked by the form."""

    kind: str
    reason: str
    outcome: str = ""
    into: PlannedPoint | None = None
    """Where it goes; None for a new one, or for new ones with these titles."""
    issue: PlannedIssue | None = None
    number: int | None = None
    titles: Sequence[str] = ()


def start(rollover: Rollover, by: User, now: datetime) -> Rollover:
    """Store a new one, with copies of the issues. Where another coordinator was faster, gives theirs."""
    with transaction.atomic():
        for_update(Agenda.objects.all()).get(pk=rollover.source_id)
        if theirs := Rollover.objects.filter(source=rollover.source_id).first():
            return theirs
        rollover.started_by, rollover.started_at = by, now
        rollover.save()
        rollover.copy_issues()
    return rollover


def lock_plan(rollover: Rollover) -> Rollover:
    """The roll-over, read anew, for whoever may write now. Raises RolloverError where the agenda is made already."""
    found = for_update(Rollover.objects.select_related("source")).get(pk=rollover.pk)
    if found.is_made:
        raise RolloverError(
            _("The new agenda is made already, so nothing was changed here. Undo it first; the decisions are kept.")
        )
    return found


@transaction.atomic
def rename(rollover: Rollover, *, slug: str, title: str) -> None:
    """Call the agenda to come something else. Raises RolloverError where it is made already."""
    found = lock_plan(rollover)
    found.slug, found.title = slug, title
    found.save(update_fields=["slug", "title"])


@transaction.atomic
def decide(
    rollover: Rollover, action_point: ActionPoint, choice: Choice, *, by: User, now: datetime, seen: str
) -> Decision:
    """Store the decision in place of the one before. `seen` is the revision that was before the eyes, empty for none.

    Raises ChangedMeanwhileError or RolloverError.
    """
    lock_plan(rollover)
    stored = Decision.objects.filter(action_point=action_point).first()
    _require_seen(stored, seen, by)
    _require_still_there(choice)
    targets = _carried_again(stored, choice) if stored else []
    if stored is None:
        stored = Decision(rollover=rollover, action_point=action_point)
    elif not targets:
        _release(stored, keep=choice.into)
    stored.kind, stored.outcome, stored.reason = choice.kind, choice.outcome, choice.reason
    stored.set_again(by, now)
    stored.save()
    stored.targets.set(targets or _targets(action_point, choice))
    return stored


@transaction.atomic
def take_back(rollover: Rollover, action_point: ActionPoint, *, by: User, seen: str) -> None:
    """The action point is undecided again. Raises like `decide`."""
    lock_plan(rollover)
    stored = Decision.objects.filter(action_point=action_point).first()
    _require_seen(stored, seen, by)
    if stored:
        _release(stored)
        stored.delete()


@transaction.atomic
def carry_open_forward(rollover: Rollover, reason: str, *, by: User, now: datetime) -> tuple[int, int]:
    """Carry forward all that are open and undecided, each under the copy of its issue with its number where that is free.

    Gives how many were carried, and how many were left because their issue was dropped. Raises RolloverError.
    """
    lock_plan(rollover)
    copies = {copy.copied_from_id: copy for copy in rollover.issues.exclude(copied_from=None)}
    carried = left = 0
    for point in rollover.undecided_open().select_related("issue__agenda"):
        if not (issue := copies.get(point.issue_id)):
            left += 1
            continue
        decision = Decision(rollover=rollover, action_point=point, kind=Decision.Kind.CARRY, reason=reason)
        decision.set_again(by, now)
        decision.save()
        decision.targets.set(_new_points(issue, [point.title], issue.free_number(point.number)))
        carried += 1
    return carried, left


def _require_seen(stored: Decision | None, seen: str, by: User) -> None:
    revision = str(stored.revision) if stored else ""
    if revision != seen and (stored is None or stored.decided_by_id != by.pk):
        raise ChangedMeanwhileError(stored)


def _require_still_there(choice: Choice) -> None:
    gone = choice.into and not PlannedPoint.objects.filter(pk=choice.into.pk).exists()
    if gone or (choice.issue and not PlannedIssue.objects.filter(pk=choice.issue.pk).exists()):
        raise RolloverError(_("Another coordinator has just dropped what you chose from the new agenda. Choose again."))


def _release(stored: Decision, keep: PlannedPoint | None = None) -> None:
    """Let go of what it leads to, and drop of that what no other decision leads to: its numbers are free again."""
    before = list(stored.targets.values_list("pk", flat=True))
    stored.targets.clear()
    PlannedPoint.objects.filter(pk__in=before, decisions=None).exclude(pk__in=[keep.pk] if keep else []).delete()


def _carried_again(stored: Decision, choice: Choice) -> list[PlannedPoint]:
    """Carried forward before and still: renamed or moved in its place, so that what was merged into it stays. Raises RolloverError."""
    if not stored.kind == choice.kind == Decision.Kind.CARRY or not choice.issue:
        return []
    point = stored.targets.get()
    wish = choice.number or (
        point.number if point.issue_id == choice.issue.pk else choice.issue.free_number(point.number)
    )
    if (point.issue_id, point.number) != (choice.issue.pk, wish):
        _require_free(choice.issue, wish)
    point.issue, point.number, point.title = choice.issue, wish, choice.titles[0]
    point.save()
    return [point]


def _targets(action_point: ActionPoint, choice: Choice) -> list[PlannedPoint]:
    if choice.into:
        return [choice.into]
    if not choice.issue:
        return []
    wish = choice.number or choice.issue.free_number(action_point.number)
    return _new_points(choice.issue, choice.titles, wish)


def _new_points(issue: PlannedIssue, titles: Sequence[str], first: int) -> list[PlannedPoint]:
    """One for each title, the first with that number, the others with the next free ones. Raises RolloverError."""
    made: list[PlannedPoint] = []
    for title in titles:
        number = first if not made else issue.free_number(made[-1].number + 1)
        _require_free(issue, number)
        made.append(PlannedPoint.objects.create(issue=issue, number=number, title=title))
    return made


def _require_free(issue: PlannedIssue, number: int) -> None:
    if number > NUMBER_LIMIT:
        raise RolloverError(_("There is no number left in this issue. Choose another issue."))
    if taken := issue.points.filter(number=number).first():
        raise RolloverError(
            _("Number %(code)s is taken by “%(title)s”. Choose another one, or leave it empty.")
            % {"code": f"{issue.number}.{number}", "title": taken.title}
        )
