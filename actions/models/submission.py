"""One filled-in form, sent once or more often: it makes one update, and whatever else it says is never dropped in silence."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from actions.models.status import ReportedStatus
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.time_zones import zone_named

if TYPE_CHECKING:
    from actions.models.action_point import ActionPoint, Progress
    from actions.models.progress_update import ProgressUpdate


class SubmissionUsedError(Exception):
    """The form was published before and said something else then. Nothing was stored; `update` is what was."""

    def __init__(self, update: "ProgressUpdate") -> None:
        super().__init__(f"published as update {update.pk}")
        self.update = update


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form says, and of what. `updates` are all there are; `corrects` is the number of the update that it corrects."""

    updates: Any
    submission: uuid.UUID | None
    progress: "Progress"
    action_point: "ActionPoint"
    author: User | None
    now: datetime
    corrects: int | None = None
    reported_on: PartialDate | None = None

    @contextmanager
    def storing(self) -> Iterator[None]:
        """In which it is stored. Raises SubmissionUsedError where it is stored elsewhere at the same moment: on another action point,
        for on one writers take turns.
        """
        try:
            with transaction.atomic():
                yield
        except IntegrityError:
            if found := self._found():
                raise SubmissionUsedError(found) from None
            raise

    def made(self) -> "ProgressUpdate | None":
        """The update that it made when it was sent before; None where it was not. Raises SubmissionUsedError where it said something else
        then, or elsewhere. One query, up to two more where it was sent before.
        """
        if (found := self._found()) and not self._repeats(found):
            raise SubmissionUsedError(found)
        return found

    def reported(self, recorded_at: datetime) -> PartialDate:
        """The day that is given or, without one, that of the recording where the author is."""
        zone = zone_named(self.author.time_zone) if self.author else self.now.tzinfo
        return self.reported_on or PartialDate.day(recorded_at.astimezone(zone).date())

    def _found(self) -> "ProgressUpdate | None":
        return self.updates.filter(submission=self.submission).first() if self.submission else None

    def _repeats(self, found: "ProgressUpdate") -> bool:
        by = self.author.pk if self.author else None
        if (found.action_point_id, found.author_id) != (self.action_point.pk, by):
            return False
        if found.is_correction:
            return found.number == self.corrects and says(found, self.progress)
        is_log = self.corrects is None and found.reported_on == self.reported(found.recorded_at)
        return is_log and says(found, self.progress)


def says(update: "ProgressUpdate", progress: "Progress") -> bool:
    """Whether the content of the update is this. Up to two queries."""
    reason = progress.reason if progress.status == ReportedStatus.NO_PROGRESS else ""
    agency = progress.agency.pk if progress.agency else None
    return (
        (update.status, update.part_only, update.happened) == (progress.status, progress.part_only, progress.happened)
        and (update.narrative, update.reason) == (progress.narrative, reason)
        and (update.agency_id, update.attributed_to) == (agency, progress.attributed_to)
        and {agency.pk for agency in update.participants.all()} == {agency.pk for agency in progress.participants}
        and [(link.url, link.title) for link in update.evidence.all()] == list(progress.evidence)
    )
