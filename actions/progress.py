"""Log, correct and withdraw progress updates.

Each function locks the action point and stores the change and the derived status in one transaction. If it raises, nothing is stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from actions.models import ActionPoint, Evidence, ProgressUpdate, ReportedStatus, Responsibility
from actions.reports import agency_parents, read_reports
from actions.submission import Submission
from actions.summaries import StatusSummary, position_of, summarize
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User
from tracker.people.time_zones import zone_named
from tracker.transactions import for_update


class NewerUpdatesError(Exception):
    """Somebody else logged progress after the person opened the form; `updates` has the newer updates."""

    def __init__(self, updates: Sequence[ProgressUpdate]) -> None:
        super().__init__(f"{len(updates)} newer updates")
        self.updates = updates


class SupersededError(Exception):
    """Somebody else corrected or withdrew the update first; `update` is its newest version."""

    def __init__(self, update: ProgressUpdate) -> None:
        super().__init__(f"update {update.pk} is newer")
        self.update = update


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The validated content of a progress update."""

    status: str
    narrative: str = ""
    reason: str = ""
    is_piece: bool = False
    """Whether it is about a piece of the work only."""
    covers_all: bool = False
    """Whether it is about the parts of all lead agencies, whatever its agency is."""
    happened: PartialDate | None = None
    agency: Agency | None = None
    attributed_to: str = ""
    participants: Sequence[Agency] = ()
    evidence: Sequence[tuple[str, str]] = ()
    """Pairs of address and title."""
    language: str = ""
    """The language of the text. Empty: that of the update that is corrected, otherwise the author's, otherwise the agenda's."""


@transaction.atomic
def log_progress(
    action_point: ActionPoint,
    progress: Progress,
    *,
    author: User | None,
    now: datetime,
    submission: uuid.UUID | None = None,
    reported_on: PartialDate | None = None,
    version: int | None = None,
) -> ProgressUpdate:
    """Add a progress update. Its report date is the author's day unless `reported_on` is another.

    `submission` identifies the filled-in form: a form that is sent twice adds one update. The draft of the form is removed. Raises
    SubmissionUsedError if the form was published before with other content.

    `version` is the number of the last update that the author read. Raises NewerUpdatesError if others logged newer ones.
    """
    sent = Submission(
        id=submission, action_point=action_point, author=author, progress=progress, reported_on=reported_on
    )
    lock_action_point(action_point)
    if published := _find_published_and_remove_draft(sent):
        return published
    last_number = action_point.last_number()
    if version is not None and last_number > version:
        newer = action_point.progress_updates.newest_versions().filter(number__gt=version).exclude(author=author)
        if updates := list(newer.with_context()):
            raise NewerUpdatesError(updates)
    zone = zone_of(author)
    reported_on = reported_on or PartialDate.day(local_day(author, now))
    position, position_day = position_of(reported_on, now, zone)
    update = _store(
        ProgressUpdate(
            action_point=action_point,
            number=last_number + 1,
            author=author,
            recorded_at=now,
            recorded_day=local_day(author, now),
            first_recorded_at=now,
            first_recorded_day=local_day(author, now),
            submission=submission,
            reported_on=reported_on,
            position=position,
            position_day=position_day,
            language=author.language if author else action_point.issue.agenda.language,
        ),
        progress,
    )
    apply_status(action_point)
    return update


@transaction.atomic
def correct(
    update: ProgressUpdate,
    progress: Progress,
    *,
    author: User | None,
    now: datetime,
    submission: uuid.UUID | None = None,
    version: int | None = None,
) -> ProgressUpdate:
    """Add a version that supersedes this one, with the same number, report date and position.

    `version` is the one that the author read. Raises SupersededError if another person corrected or withdrew it since, and
    SubmissionUsedError like `log_progress`.
    """
    sent = Submission(
        id=submission, action_point=update.action_point, author=author, progress=progress, corrects=update.number
    )
    lock_action_point(update.action_point)
    if published := _find_published_and_remove_draft(sent):
        return published
    _require_newest(update, version)
    corrected = _store(
        ProgressUpdate(
            action_point=update.action_point,
            number=update.number,
            version=update.version + 1,
            supersedes=update,
            author=author,
            recorded_at=now,
            recorded_day=local_day(author, now),
            first_recorded_at=update.first_recorded_at,
            first_recorded_day=update.first_recorded_day,
            submission=submission,
            reported_on=update.reported_on,
            position=update.position,
            position_day=update.position_day,
            language=update.language,
        ),
        progress,
    )
    apply_status(update.action_point)
    return corrected


@transaction.atomic
def withdraw(update: ProgressUpdate, *, by: User, reason: str, now: datetime, version: int | None = None) -> None:
    """Mark an update as withdrawn. It stays readable but does not affect the status. Raises SupersededError like `correct`."""
    lock_action_point(update.action_point)
    _require_newest(update, version)
    update.mark_withdrawn(by=by, reason=reason, at=now, day=local_day(by, now))
    apply_status(update.action_point)


def zone_of(person: User | None) -> ZoneInfo:
    """Return the time zone of a person; UTC for a record that has no author."""
    return zone_named(person.time_zone if person else "UTC")


def local_day(person: User | None, now: datetime) -> date:
    """Return the day that it is for the person at that instant."""
    return now.astimezone(zone_of(person)).date()


def apply_status(action_point: ActionPoint) -> None:
    """Derive the status of a locked action point and of its parts from its current updates, and store it without history.

    Five queries, and one for each part.
    """
    parts = list(action_point.responsibilities.current())
    reports = read_reports(action_point.progress_updates.current())[action_point.pk]
    summaries = summarize(reports, [part.agency_id for part in parts], agency_parents())
    _store_summary(action_point, summaries.action_point)
    for part in parts:
        _store_summary(part, summaries.parts[part.agency_id])
    action_point.forget_parts()


def _store_summary(row: ActionPoint | Responsibility, summary: StatusSummary) -> None:
    columns = summary.columns()
    type(row)._base_manager.filter(pk=row.pk).update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)


def lock_action_point(action_point: ActionPoint) -> None:
    """Lock the action point until the transaction ends. One query."""
    for_update(ActionPoint.objects.only("pk")).get(pk=action_point.pk)


def _find_published_and_remove_draft(sent: Submission) -> ProgressUpdate | None:
    """Remove the draft of this form, and return the update that the form was published as before, if any."""
    published = sent.find_published()
    if sent.id:
        sent.action_point.drafts.filter(author=sent.author, submission=sent.id).delete()
    return published


def _store(update: ProgressUpdate, progress: Progress) -> ProgressUpdate:
    """Insert the update with this content, its participants and its evidence."""
    update.status, update.is_piece, update.narrative = progress.status, progress.is_piece, progress.narrative
    update.reason = progress.reason if progress.status == ReportedStatus.NO_PROGRESS else ""
    update.happened, update.covers_all = progress.happened, progress.covers_all
    update.language = progress.language or update.language
    update.agency, update.attributed_to = progress.agency, progress.attributed_to
    update.save(force_insert=True)
    if progress.participants:
        update.participants.set(progress.participants)
    if progress.evidence:
        Evidence.objects.bulk_create(Evidence(update=update, url=url, title=title) for url, title in progress.evidence)
    return update


def _require_newest(update: ProgressUpdate, version: int | None) -> None:
    """Raise SupersededError unless this is the newest version, is not withdrawn, and has that number if one is passed."""
    versions = update.action_point.progress_updates.with_context().filter(number=update.number)
    newest = versions.order_by("-version")[0]
    if newest.pk != update.pk or newest.is_withdrawn or version not in (None, newest.version):
        newest.action_point = update.action_point
        raise SupersededError(newest)
