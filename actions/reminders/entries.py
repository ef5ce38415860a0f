"""Build the entries of a digest from the rows that selection reads, and leave out the rows that cannot be read."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from actions import rules as is_overdue
from actions import rules as open_reasons
from actions.models.milestone import next_turn
from actions.models.status import AttentionReason
from actions.reminders.models.entry import MILESTONE_AHEAD, DigestEntry, DigestMilestone
from actions.reminders.periods import DigestRules
from actions.rules import days_since
from actions.states import OpenMilestone
from issues.models import Agenda
from tracker.dates.value import PartialDate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that digests leave out because it cannot be read: an action point or, if given, only that milestone of it."""

    action_point: int
    milestone: int | None = None


def read_entries(
    candidates: QuerySet[Any], agenda: Agenda, rules: DigestRules, faults: set[Fault]
) -> Iterator[tuple[Any, DigestEntry]]:
    """Iterate over the action points that have a reason to be listed: the first row of each, and its entry.

    Those that cannot be read are left out, logged and added to `faults`.
    """
    for pk, group in groupby(_rows(candidates, faults), key=lambda row: row.pk):
        rows = list(group)
        try:
            entry = _entry(rows, agenda, rules, faults)
        except Exception as error:
            _leave_out(Fault(pk), error, faults)
            continue
        if entry["reasons"]:
            yield rows[0], entry


def digest_entry(
    point: Any,
    slug: str,
    issue: int,
    days_silent: int | None,
    last_reported: PartialDate | None,
    reasons: Iterable[AttentionReason] = (),
    milestones: Iterable[DigestMilestone] = (),
) -> DigestEntry:
    """Build the entry of an action point (or a row of it). `slug` is its agenda's, `issue` its issue's number. No query."""
    return {
        "action_point": point.pk,
        "slug": slug,
        "issue": issue,
        "number": point.number,
        "reference": f"{slug}/{issue}.{point.number}",
        "title": point.title,
        "status": point.status,
        "reasons": [reason.value for reason in reasons],
        "milestones": list(milestones),
        "days_silent": days_silent,
        "streak": point.no_progress_streak,
        "reminded": getattr(point, "reminded", 0),
        "last_reported": last_reported.text if last_reported else None,
        "unanswered": False,
    }


def _rows(candidates: QuerySet[Any], faults: set[Fault]) -> Iterator[Any]:
    """Read all rows in one query. If that fails, read one action point after the other, and leave out those that cannot be read."""
    try:
        yield from list(candidates)
    except Exception:
        for pk in dict.fromkeys(candidates.values_list("pk", flat=True)):
            try:
                yield from list(candidates.filter(pk=pk))
            except Exception as error:
                _leave_out(Fault(pk), error, faults)


def _leave_out(fault: Fault, error: Exception, faults: set[Fault]) -> None:
    if fault not in faults:
        faults.add(fault)
        place = f"action point {fault.action_point}" + (f", milestone {fault.milestone}" if fault.milestone else "")
        log.error("Left out of digests: %s (%s)", place, type(error).__name__)


def _entry(rows: list[Any], agenda: Agenda, rules: DigestRules, faults: set[Fault]) -> DigestEntry:
    """Build the entry of an action point from its rows, one for each milestone. Without a reason to be listed, its reasons are empty."""
    point = rows[0]
    milestones = _milestones(rows, rules, faults)
    days = days_since(point.last_reported_day, rules.today)
    late = any(milestone["passed"] for milestone in milestones)
    reasons = open_reasons(point.status, days, agenda.silence_days, has_overdue=late)
    last_reported = PartialDate.parse(point.last_reported_text) if point.last_reported_text else None
    entry = digest_entry(point, agenda.slug, point.issue__number, days, last_reported, reasons, milestones)
    if any(not milestone["passed"] for milestone in milestones):
        entry["reasons"].append(MILESTONE_AHEAD)
    return entry


def _milestones(rows: list[Any], rules: DigestRules, faults: set[Fault]) -> list[DigestMilestone]:
    """Those that are overdue or announced now."""
    milestones = []
    for row in rows:
        try:
            milestone = _milestone(row, rules) if row.milestone_id else None
        except Exception as error:
            _leave_out(Fault(row.pk, row.milestone_id), error, faults)
            continue
        if milestone:
            milestones.append(milestone)
    return milestones


def _milestone(row: Any, rules: DigestRules) -> DigestMilestone | None:
    """None if it is neither overdue nor announced now. If it repeats, its next turn counts; raises ValueError if there is none."""
    due = PartialDate.parse(row.milestone_due)
    overdue = is_overdue(OpenMilestone(row.milestone_id, due.earliest, due.latest, row.milestone_repeats), rules.today)
    if row.milestone_repeats:
        turn = next_turn(due, row.milestone_repeats, rules.today, "earliest")
        if turn is None:
            raise ValueError("no next turn")
        due = turn
    if not overdue and not any(first <= due.earliest < end for first, end in rules.announced):
        return None
    return {
        "title": row.milestone_title,
        "due": due.text,
        "in_days": (due.earliest - rules.today).days,
        "passed": overdue,
    }
