"""The action point: what was agreed, who answers for it, and where it stands."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point_queries import ActionPointQuerySet
from actions.models.status import (
    ENDED,
    REPORT_COLUMNS,
    STANDING,
    ActionStatus,
    NoProgressReason,
    Report,
    Standing,
    days_since,
    no_progress_reasons,
    standing,
)
from actions.models.submission import Sent
from issues.models import Agenda, Issue
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.dates.value import PartialDate
from tracker.locking import for_update
from tracker.people.models import Agency, User
from tracker.searchable import Searchable
from tracker.text import validate_line, validate_text

if TYPE_CHECKING:
    from actions.models.progress_update import ProgressUpdate


REFERENCE = re.compile(r"(?:([-\w]{1,50})/)?([0-9]{1,3})\.([0-9]{1,3})")
"""What people type for an action point: `2005/3.2`, or `3.2` within its agenda."""


class NewerUpdatesError(Exception):
    """Somebody else logged progress since the person began to write. Nothing was stored."""

    def __init__(self, updates: Sequence["ProgressUpdate"]) -> None:
        super().__init__(f"{len(updates)} newer updates")
        self.updates = updates


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a person says of an action point: the content of a progress update, checked by its form."""

    status: str
    narrative: str = ""
    reason: str = ""
    part_only: bool = False
    happened: PartialDate | None = None
    agency: Agency | None = None
    attributed_to: str = ""
    participants: Sequence[Agency] = ()
    evidence: Sequence[tuple[str, str]] = ()
    """Pairs of address and title."""


class ActionPointManager(models.Manager["ActionPoint"].from_queryset(ActionPointQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, number: int) -> "ActionPoint":
        return self.get(issue__agenda__slug=slug, issue__number=issue, number=number)


class ActionPoint(Searchable):
    """What the network agreed to do under an issue. Its reference is `2005/3.2`: agenda, issue, number."""

    issue = models.ForeignKey(Issue, verbose_name=_("issue"), on_delete=models.PROTECT, related_name="action_points")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    description = models.TextField(_("description"), blank=True, validators=[validate_text])
    lead_agencies = models.ManyToManyField(
        Agency, verbose_name=_("lead agencies"), blank=True, related_name="led_action_points"
    )
    focal_points = models.ManyToManyField(
        User, verbose_name=_("focal points"), blank=True, related_name="assigned_action_points"
    )
    carried_from = models.ManyToManyField(
        "self", verbose_name=_("carried from"), symmetrical=False, blank=True, related_name="carried_to"
    )
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    snooze_reason = models.CharField(_("reason of the snooze"), max_length=500, blank=True, validators=[validate_line])

    # Where it stands: derived from its updates, kept in the same transaction as each of them, for speed.
    status = models.CharField(
        _("status"), max_length=20, choices=ActionStatus, default=ActionStatus.NOT_REPORTED, editable=False
    )
    last_reported = PartialDateField(_("last reported"), null=True, editable=False)
    last_reported_latest = models.DateField(_("day of the last report"), null=True, editable=False)
    last_happened = PartialDateField(_("last dated progress"), null=True, editable=False)
    last_happened_latest = PartialDateEdge(source="last_happened", edge="latest")
    no_progress_streak = models.PositiveIntegerField(_("reports without progress in a row"), default=0, editable=False)

    history = HistoricalRecords(
        m2m_fields=[lead_agencies, focal_points],
        excluded_fields=[*STANDING, "search_text"],
    )

    objects = ActionPointManager()

    searched_fields = ("title", "description")

    class Meta:
        ordering = ["issue", "number"]
        verbose_name = _("action point")
        verbose_name_plural = _("action points")
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="action_point_number_unique_in_issue"),
            models.CheckConstraint(condition=Q(number__range=(1, 999)), name="action_point_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="action_point_title_given"),
            models.CheckConstraint(condition=Q(status__in=ActionStatus.values), name="action_point_status_known"),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, snooze_reason="")
                | (Q(snoozed_until__isnull=False) & ~Q(snooze_reason="")),
                name="action_point_snooze_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.NOT_REPORTED, last_reported=None)
                | (~Q(status=ActionStatus.NOT_REPORTED) & Q(last_reported__isnull=False)),
                name="action_point_reported_iff_dated",
            ),
        ]
        # No index holds what an update changes: PostgreSQL then leaves all of them alone.

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def code(self) -> str:
        """`3.2`. Costs a query unless the issue is loaded."""
        return f"{self.issue.number}.{self.number}"

    @property
    def reference(self) -> str:
        """`2005/3.2`. Costs up to two queries unless issue and agenda are loaded."""
        return f"{self.issue.agenda.slug}/{self.code}"

    def natural_key(self) -> tuple[str, int, int]:
        return (*self.issue.natural_key(), self.number)

    natural_key.dependencies = ["issues.issue", "people.agency"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("action_point", args=[self.issue.agenda.slug, self.issue.number, self.number])

    @property
    def is_open(self) -> bool:
        return self.issue.agenda.state == Agenda.State.OPEN and self.status not in ENDED

    def is_own(self, user: User) -> bool:
        """Assigned to the user, or led by the user's agency or a part of it. Up to three queries, none where owners are prefetched."""
        return any(user.speaks_for(agency.id) for agency in self.lead_agencies.all()) or any(
            person.id == user.id for person in self.focal_points.all()
        )

    def days_silent(self, today: date) -> int | None:
        """Days since the last report; None if nothing was ever reported."""
        return days_since(self.last_reported_latest, today)

    def no_progress_reasons(self, today: date, *, late: bool | None = None) -> list[NoProgressReason]:
        """Why it shows no progress, most telling first; empty where it shows some, is not open or is snoozed.

        `late` says whether a milestone passed undone, where the caller knows; else it costs a query unless they are prefetched.
        """
        if not self.is_open or (self.snoozed_until and self.snoozed_until > today):
            return []
        if late is None:
            late = any(milestone.is_passed(today) for milestone in self.milestones.all())
        return no_progress_reasons(self.status, self.days_silent(today), self.issue.agenda.silence_days, late=late)

    def log_progress(
        self,
        progress: Progress,
        *,
        author: User | None,
        now: datetime,
        submission: uuid.UUID | None = None,
        reported_on: PartialDate | None = None,
        seen: int | None = None,
    ) -> "ProgressUpdate":
        """Add a progress update and bring the standing up to date, in one transaction.

        `submission` names one filled-in form: sent twice, it makes one update; raises SubmissionUsedError where it said something else
        before. The draft of that form goes with it, no other. `seen` is the number of the last update that the author saw; where there are
        newer ones by others, raises NewerUpdatesError. Where it raises, nothing is stored. `reported_on` is the day of `now` unless given.
        """
        updates = self.progress_updates.model
        sent = Sent(
            updates=updates.objects,
            submission=submission,
            progress=progress,
            action_point=self,
            author=author,
            now=now,
            reported_on=reported_on,
        )
        with sent.storing():
            if already := self.lock_for(sent):
                return already
            last_number = self.last_number()
            if seen is not None and last_number > seen:
                newer = self.progress_updates.current().filter(number__gt=seen).exclude(author=author)
                if found := list(newer.with_context()):
                    raise NewerUpdatesError(found)
            update = updates.store(
                self,
                progress,
                number=last_number + 1,
                author=author,
                now=now,
                submission=submission,
                reported_on=sent.reported(now),
            )
            self.refresh_standing()
        return update

    def last_number(self) -> int:
        """The highest number that an update of it has; 0 where there is none. One query."""
        return self.progress_updates.aggregate(last=Max("number", default=0))["last"]

    def stand_as(self, then: Any) -> None:
        """Take the standing that `as_of` annotated. In memory only: such an action point is read, never saved."""
        self.status = then.status_then
        self.last_reported = PartialDate.parse(then.reported_text_then) if then.reported_text_then else None
        self.last_reported_latest = then.reported_then
        self.last_happened = PartialDate.parse(then.happened_text_then) if then.happened_text_then else None
        self.no_progress_streak = 0
        self.snoozed_until, self.snooze_reason = None, ""
        self.issue.agenda.be_open(then.agenda_open_then)

    def drop_draft(self, author: User | None, submission: Any) -> None:
        """Remove the draft of that form, and no other that the author has begun since."""
        self.drafts.filter(author=author, submission=submission).delete()

    def snooze(self, until: date, reason: str) -> None:
        """Hold reminders back until that day. The reason is kept and shown."""
        self._snooze(until, reason)

    def wake(self) -> None:
        self._snooze(None, "")

    @transaction.atomic
    def _snooze(self, until: date | None, reason: str) -> None:
        """Store it once, with one row of history, also if it is sent twice."""
        stored = for_update(ActionPoint.objects.filter(pk=self.pk)).values_list("snoozed_until", "snooze_reason").get()
        self.snoozed_until, self.snooze_reason = until, reason
        if stored != (until, reason):
            self.save(update_fields=["snoozed_until", "snooze_reason"])

    def refresh_standing(self) -> None:
        """Derive the standing from the updates in force anew. Two queries; call it with the row locked."""
        self._stand_at(standing(self.reports()))

    def reports(self) -> list[Report]:
        """Of the updates in force. One query."""
        rows = self.progress_updates.in_force().values_list(*REPORT_COLUMNS, named=False)
        return [Report(*row) for row in rows]

    def lock_for(self, sent: Sent) -> "ProgressUpdate | None":
        """Lock it for what is sent, whose draft goes; the update that it made if it was sent before. Raises like `Sent.made`."""
        self.lock()
        already = sent.made()
        if sent.submission:
            self.drop_draft(sent.author, sent.submission)
        return already

    def lock(self) -> None:
        """Make writers on one action point take turns. One query."""
        for_update(ActionPoint.objects.only("pk")).get(pk=self.pk)

    def _stand_at(self, found: Standing) -> None:
        """Store the standing. No history is written of it: the updates are."""
        ActionPoint.objects.filter(pk=self.pk).update(**found.columns)
        for name, value in found.columns.items():
            setattr(self, name, value)
