"""Store action points: the agreed text, the owners and the status."""

import re

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point_queryset import ActionPointQuerySet
from actions.models.status import ENDED, ActionStatus
from issues.models import Agenda, Issue
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.people.models import Agency, User
from tracker.searchable import Searchable
from tracker.text import validate_line, validate_text

REFERENCE = re.compile(r"(?:([-\w]{1,50})/)?([0-9]{1,3})\.([0-9]{1,3})")
"""A reference as people type it: `2005/3.2`, or `3.2` within an agenda."""


STATUS_COLUMNS = (
    "status",
    "last_reported",
    "last_reported_day",
    "last_happened",
    "last_happened_latest",
    "no_progress_streak",
)
"""Columns derived from the updates. `actions.progress.apply_status` stores them; the history does not include them."""


class ActionPointManager(models.Manager["ActionPoint"].from_queryset(ActionPointQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, number: int) -> "ActionPoint":
        return self.get(issue__agenda__slug=slug, issue__number=issue, number=number)


class ActionPoint(Searchable):
    """An action that the network agreed on, under an issue. Its reference is `2005/3.2`: agenda, issue, number."""

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

    # Derived from the updates. Each change to an update stores these in the same transaction.
    status = models.CharField(
        _("status"), max_length=20, choices=ActionStatus, default=ActionStatus.NOT_REPORTED, editable=False
    )
    last_reported = PartialDateField(_("last reported"), null=True, editable=False)
    last_reported_day = models.DateField(_("day of the last report"), null=True, editable=False)
    last_happened = PartialDateField(_("last dated progress"), null=True, editable=False)
    last_happened_latest = PartialDateEdge(source="last_happened", edge="latest")
    no_progress_streak = models.PositiveIntegerField(_("reports without progress in a row"), default=0, editable=False)

    history = HistoricalRecords(
        m2m_fields=[lead_agencies, focal_points],
        excluded_fields=[*STATUS_COLUMNS, "search_text"],
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
        # No index has a column that a new update changes, so PostgreSQL writes to no index when one is logged.

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def code(self) -> str:
        """Return the issue number and its own number: `3.2`. One query unless the issue is loaded."""
        return f"{self.issue.number}.{self.number}"

    @property
    def reference(self) -> str:
        """Return the reference: `2005/3.2`. Up to two queries unless issue and agenda are loaded."""
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
        """Return whether the user is a focal point, or the user's agency or one of its parts leads it.

        Up to two queries, none if the owners are prefetched.
        """
        return any(user.speaks_for(agency) for agency in self.lead_agencies.all()) or any(
            person.id == user.id for person in self.focal_points.all()
        )

    def last_number(self) -> int:
        """Return the highest number among its updates; 0 if it has no update. One query."""
        return self.progress_updates.aggregate(last=Max("number", default=0))["last"]
