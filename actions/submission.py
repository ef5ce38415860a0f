"""A filled-in form that may be sent more than once: it makes one update, and nothing else that it says is dropped in silence."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actions.models import ActionPoint, ProgressUpdate, ReportedStatus
from tracker.people.models import User

if TYPE_CHECKING:
    from actions.progress import Progress
    from tracker.dates.value import PartialDate


class SubmissionUsedError(Exception):
    """The form was published before and said something else then. Nothing was stored; `update` is what was."""

    def __init__(self, update: ProgressUpdate) -> None:
        super().__init__(f"published as update {update.pk}")
        self.update = update


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a form says about an action point, and who says it."""

    id: uuid.UUID | None
    """None if the form has none: then it is never found again."""
    action_point: ActionPoint
    author: User | None
    progress: "Progress"
    reported_on: "PartialDate | None" = None
    """None for the day of the recording."""
    corrects: int | None = None
    """The number of the update that it corrects."""

    def find_published(self) -> ProgressUpdate | None:
        """The update that it made when it was sent before. Raises SubmissionUsedError if it said something else then, or elsewhere.

        One query, up to two more if it was sent before.
        """
        found = ProgressUpdate.objects.filter(submission=self.id).first() if self.id else None
        if found and not self._repeats(found):
            raise SubmissionUsedError(found)
        return found

    def _repeats(self, update: ProgressUpdate) -> bool:
        author = self.author.pk if self.author else None
        if (update.action_point_id, update.author_id) != (self.action_point.pk, author):
            return False
        if not same_content(update, self.progress):
            return False
        if update.is_correction:
            return update.number == self.corrects
        return self.corrects is None and self.reported_on in (None, update.reported_on)


def same_content(update: ProgressUpdate, progress: "Progress") -> bool:
    """Whether an update says just this. Up to two queries."""
    reason = progress.reason if progress.status == ReportedStatus.NO_PROGRESS else ""
    agency = progress.agency.pk if progress.agency else None
    return (
        (update.status, update.part_only, update.happened) == (progress.status, progress.part_only, progress.happened)
        and (update.narrative, update.reason) == (progress.narrative, reason)
        and (update.agency_id, update.attributed_to) == (agency, progress.attributed_to)
        and {agency.pk for agency in update.participants.all()} == {agency.pk for agency in progress.participants}
        and [(link.url, link.title) for link in update.evidence.all()] == list(progress.evidence)
    )
