"""Add what was understood of a pasted text to its agenda."""

from datetime import datetime

from actions.models import ActionPoint, ReportedStatus
from actions.progress import Progress, log_progress
from actions.responsibilities import default_since
from actions.setup.pasted_agenda import PastedAgenda
from actions.setup.understood import UnderstoodPoint, UnderstoodUpdate
from issues.models import Agenda, Issue
from tracker.people.models import User


def add_to_agenda(pasted: PastedAgenda, *, by: User, now: datetime) -> None:
    """Store issues, action points, leads and updates. Call it in a transaction that has locked the agenda.

    Updates are recorded by the person who pasted them, with the dates that the text gives.
    """
    agenda = pasted.agenda
    if introduction := pasted.introduction:
        agenda.introduction = "\n\n".join(filter(None, [agenda.introduction, introduction]))
        agenda.save(update_fields=["introduction"])
    for issue in pasted.issues:
        stored = issue.existing or Issue.objects.create(
            agenda=agenda, number=issue.number, title=issue.title, rationale=issue.rationale
        )
        stored.agenda = agenda
        for point in issue.points:
            _add_action_point(agenda, stored, point, by, now)


def _add_action_point(agenda: Agenda, issue: Issue, point: UnderstoodPoint, by: User, now: datetime) -> None:
    today = now.date()
    action_point = ActionPoint.objects.create(
        issue=issue,
        number=point.number,
        title=point.title,
        description=_with_unknown_leads(point),
        added_on=agenda.day_of_adding(today),
    )
    since = default_since(agenda, today)
    for agency in point.leads:  # it has no update yet, so no status to derive
        action_point.responsibilities.create(agency=agency, since=since)
    for update in point.updates:
        log_progress(
            action_point, _progress(update, agenda.language), author=by, now=now, reported_on=update.facts.reported
        )


def _with_unknown_leads(point: UnderstoodPoint) -> str:
    """Return the description, with the leads that were kept as text."""
    kept = ", ".join(unknown.typed for unknown in point.unknown_leads)
    return "\n\n".join(filter(None, [point.description, kept and f"[{kept}]"]))


def _progress(update: UnderstoodUpdate, language: str) -> Progress:
    facts = update.facts
    has_no_progress = facts.status == ReportedStatus.NO_PROGRESS
    attributed = facts.attributed_to or ", ".join(unknown.typed for unknown in facts.unknown)
    return Progress(
        status=facts.status,
        narrative="" if has_no_progress else update.text,
        reason=update.text if has_no_progress else "",
        happened=facts.happened,
        agency=facts.agencies[0] if facts.agencies else None,
        attributed_to="" if facts.agencies else attributed[:200],
        participants=facts.agencies[1:],
        language=language,
    )
