"""Recognise a form that is sent more than once, so that it adds one update only."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actions.models import ActionPoint, ProgressUpdate, ReportedStatus
from tracker.people.models import User

if TYPE_CHECKING:
    from actions.progress import Progress
    from tracker.dates.value import PartialDate


class SubmissionUsedError(Exception):
    """The form was published before with other content. Nothing was stored now; `update` is the published one."""

    def __init__(self, update: ProgressUpdate) -> None:
        super().__init__(f"published as update {update.pk}")
        self.update = update


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A filled-in progress form with its author and action point."""

    id: uuid.UUID | None
    """Id of the form. None if the form has no id; a second submission is not recognised then."""
    action_point: ActionPoint
    author: User | None
    progress: "Progress"
    reported_on: "PartialDate | None" = None
    """The report date; None for the day of the recording."""
    corrects: int | None = None
    """Number of the update that the form corrects; None for a new update."""

    def find_published(self) -> ProgressUpdate | None:
        """Return the update that this form was published as before, or None.

        Raises SubmissionUsedError if the content, the author or the action point was another then. One query, up to two more if
        the form was published before.
        """
        published = ProgressUpdate.objects.filter(submission=self.id).first() if self.id else None
        if published and not self._is_same_as(published):
            raise SubmissionUsedError(published)
        return published

    def _is_same_as(self, update: ProgressUpdate) -> bool:
        author = self.author.pk if self.author else None
        if (update.action_point_id, update.author_id) != (self.action_point.pk, author):
            return False
        if not same_content(update, self.progress):
            return False
        if update.is_correction:
            return update.number == self.corrects
        return self.corrects is None and self.reported_on in (None, update.reported_on)


def same_content(update: ProgressUpdate, progress: "Progress") -> bool:
    """Return whether an update has exactly this content. Up to two queries."""
    reason = progress.reason if progress.status == ReportedStatus.NO_PROGRESS else ""
    agency = progress.agency.pk if progress.agency else None
    return (
        (update.status, update.happened) == (progress.status, progress.happened)
        and (update.is_piece, update.covers_all) == (progress.is_piece, progress.covers_all)
        and (update.narrative, update.reason) == (progress.narrative, reason)
        and progress.language in ("", update.language)
        and (update.agency_id, update.attributed_to) == (agency, progress.attributed_to)
        and {agency.pk for agency in update.participants.all()} == {agency.pk for agency in progress.participants}
        and [(link.url, link.title) for link in update.evidence.all()] == list(progress.evidence)
    )
