"""Store progress updates and their links. Rows are only added: a correction is a new row."""

from datetime import date, datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models.action_point import ActionPoint
from actions.models.status import ReportedStatus
from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User
from tracker.searchable import Searchable
from tracker.text import validate_line, validate_text

NARRATIVE_LIMIT = 20_000
REASON_LIMIT = 2_000


class ProgressUpdateQuerySet(AppendOnlyQuerySet["ProgressUpdate"]):
    def newest_versions(self) -> "ProgressUpdateQuerySet":
        """Filter the newest version of each update, withdrawn ones included."""
        return self.filter(~Exists(self.model._default_manager.filter(supersedes=OuterRef("pk"))))

    def current(self) -> "ProgressUpdateQuerySet":
        """Filter the updates that count: the newest version of each update, unless it was withdrawn."""
        return self.newest_versions().filter(withdrawn_at=None)

    def newest_first(self) -> "ProgressUpdateQuerySet":
        """Sort for the time line: by position, then recording time, then number, the latest first."""
        return self.order_by("-position", "-first_recorded_at", "-number", "-version")

    def by_happening(self) -> "ProgressUpdateQuerySet":
        """Sort by the date of the progress, the latest first; those without a date last, as in the time line."""
        happened = F("happened_latest").desc(nulls_last=True), F("happened_earliest").desc(nulls_last=True)
        return self.order_by(*happened, "-position", "-first_recorded_at", "-number", "-version")

    def not_replaced_by(self, instant: datetime) -> "ProgressUpdateQuerySet":
        """Filter versions that were not corrected or withdrawn by that instant. For the reason see `readable_since`."""
        return self.exclude(superseded_by__recorded_at__lte=instant).exclude(withdrawn_at__lte=instant)

    def with_context(self) -> "ProgressUpdateQuerySet":
        """Load agency, author, participants and evidence as well. Two more queries."""
        return self.select_related("agency", "author", "withdrawn_by").prefetch_related("participants", "evidence")


class ProgressUpdateManager(models.Manager["ProgressUpdate"].from_queryset(ProgressUpdateQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, point: int, number: int, version: int) -> "ProgressUpdate":
        return self.get(
            action_point__issue__agenda__slug=slug,
            action_point__issue__number=issue,
            action_point__number=point,
            number=number,
            version=version,
        )


class ProgressUpdate(AppendOnlyModel, Searchable):
    """One version of a dated report on an action point. A correction adds a version; the old one stays readable."""

    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.PROTECT, related_name="progress_updates"
    )
    number = models.PositiveIntegerField(_("number"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("supersedes"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
    )
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("agency"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="progress_updates",
    )
    attributed_to = models.CharField(
        _("by"),
        max_length=200,
        blank=True,
        validators=[validate_line],
        help_text=_("Whose work it is, where that is no agency of the directory."),
    )
    participants = models.ManyToManyField(
        Agency, verbose_name=_("with"), blank=True, related_name="joined_progress_updates"
    )
    author = models.ForeignKey(
        User, verbose_name=_("author"), on_delete=models.PROTECT, null=True, blank=True, related_name="progress_updates"
    )
    status = models.CharField(_("status"), max_length=20, choices=ReportedStatus)
    is_piece = models.BooleanField(
        _("a piece of the work"), default=False, help_text=_("It counts as a report, but does not set the status.")
    )
    covers_all = models.BooleanField(
        _("whole action point"), default=False, help_text=_("It is about the parts of all lead agencies.")
    )
    narrative = models.TextField(
        _("what happened"), blank=True, validators=[validate_text, MaxLengthValidator(NARRATIVE_LIMIT)]
    )
    reason = models.TextField(
        _("why there is no progress"), blank=True, validators=[validate_text, MaxLengthValidator(REASON_LIMIT)]
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    """The language of the text: its author's, unless another was chosen."""
    happened = PartialDateField(_("when it happened"), null=True, blank=True)
    happened_earliest = PartialDateEdge(source="happened", edge="earliest")
    happened_latest = PartialDateEdge(source="happened", edge="latest")
    reported_on = PartialDateField(_("reported on"))
    reported_on_latest = PartialDateEdge(source="reported_on", edge="latest")
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    recorded_day = models.DateField(_("day of the recording"), editable=False)
    """The author's local day at `recorded_at`. Past dates compare days, so an update belongs to the day on which its author wrote it."""
    first_recorded_at = models.DateTimeField(_("first recorded at"), editable=False)
    first_recorded_day = models.DateField(_("day of the first recording"), editable=False)
    """When the first version was recorded. Corrections copy this and the position from the version before."""
    position = models.DateTimeField(_("position"), editable=False)
    """The instant that sorts the update on the time line: see `actions.summaries.position_of`."""
    position_day = models.DateField(_("day for sorting"), editable=False)
    submission = models.UUIDField(_("submission"), null=True, unique=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_day = models.DateField(_("day of the withdrawal"), null=True, blank=True, editable=False)
    """The local day of the person who withdrew it."""
    withdrawn_by = models.ForeignKey(
        User, verbose_name=_("withdrawn by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField(
        _("why it was withdrawn"), max_length=500, blank=True, validators=[validate_line]
    )

    objects = ProgressUpdateManager()
    amendable = frozenset({"withdrawn_at", "withdrawn_day", "withdrawn_by", "withdrawn_reason"})

    searched_fields = ("narrative", "reason")

    class Meta:
        ordering = ["action_point", "number", "version"]
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        constraints = [
            models.UniqueConstraint(fields=["action_point", "number", "version"], name="update_version_unique"),
            models.CheckConstraint(condition=Q(status__in=ReportedStatus.values), name="update_status_known"),
            models.CheckConstraint(condition=Q(number__gte=1, version__gte=1), name="update_counts_from_one"),
            # A record of the past, which has no author, may lack the reason: nobody can be asked for it.
            models.CheckConstraint(
                condition=~Q(status=ReportedStatus.NO_PROGRESS) | ~Q(reason="") | (Q(author=None) & ~Q(narrative="")),
                name="update_no_progress_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=ReportedStatus.NO_PROGRESS) | ~Q(narrative=""), name="update_has_narrative"
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None) | Q(version__gt=1, supersedes__isnull=False),
                name="update_correction_supersedes",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_day=None, withdrawn_by=None, withdrawn_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_day__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                ),
                name="update_withdrawal_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["action_point", "-position", "-number"], name="update_time_line"),
            models.Index(fields=["recorded_at"], name="update_recorded"),
            models.Index(fields=["withdrawn_day"], condition=Q(withdrawn_at__isnull=False), name="update_withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.action_point.reference} #{self.number}"

    def natural_key(self) -> tuple[str, int, int, int, int]:
        return (*self.action_point.natural_key(), self.number, self.version)

    natural_key.dependencies = ["actions.actionpoint", "people.agency", "people.user"]  # type: ignore[attr-defined]

    @property
    def happened_precision(self) -> str:
        """How precisely it is known when it happened: "day", "month", "vague" or "none". Markers on time lines show it."""
        if self.happened is None:
            return "none"
        first = self.happened.earliest
        if self.happened == PartialDate.day(first):
            return "day"
        return "month" if self.happened == PartialDate.month(first.year, first.month) else "vague"

    def get_absolute_url(self) -> str:
        point = self.action_point
        return reverse("progress_update", args=[point.issue.agenda.slug, point.issue.number, point.number, self.number])

    @property
    def is_closed(self) -> bool:
        return self.action_point.is_closed

    def is_own(self, user: User) -> bool:
        """Return whether the user wrote it, it is from the user's agency or one below it, or about a part that is assigned to the user.

        One query unless the agency is loaded, and two for the parts unless those of the action point are loaded.
        """
        if user.speaks_for(self.agency) or (self.author_id is not None and self.author_id == user.pk):
            return True
        return any(part.agency_id == self.agency_id and part.is_assigned_to(user) for part in self.action_point.parts)

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_correction(self) -> bool:
        return self.version > 1

    def mark_withdrawn(self, *, by: User, reason: str, at: datetime, day: date) -> None:
        """Store the withdrawal. Call it from `actions.progress.withdraw` only, which locks and updates the status."""
        self._amend(withdrawn_at=at, withdrawn_day=day, withdrawn_by=by, withdrawn_reason=reason)


class Evidence(AppendOnlyModel):
    """A link that supports an update."""

    update = models.ForeignKey(
        ProgressUpdate, verbose_name=_("progress update"), on_delete=models.PROTECT, related_name="evidence"
    )
    url = models.URLField(_("address"), max_length=1000, validators=[URLValidator(schemes=["http", "https"])])
    title = models.CharField(_("title"), max_length=200, blank=True, validators=[validate_line])

    objects = AppendOnlyQuerySet["Evidence"].as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["update", "url"], name="evidence_unique_in_update"),
            models.CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"), name="evidence_is_web_address"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url
