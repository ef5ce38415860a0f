"""Store the yearly agendas and their issues."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.dates.fields import PartialDateField
from tracker.text import validate_line, validate_text

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tracker.people.models import User


def hidden_from(user: "User | AnonymousUser") -> models.Q | None:
    """Return a filter for the agendas, or their history rows, that the user may not read; None if the user may read all.

    Coordinators read drafts, the network every other agenda, and visitors those that are visible to everybody.
    """
    draft = models.Q(state=Agenda.State.DRAFT)
    if not user.is_authenticated:
        return draft | ~models.Q(visible_to=Agenda.Audience.EVERYBODY)
    return None if user.is_coordinating else draft


class AgendaQuerySet(models.QuerySet["Agenda"]):
    def visible_to(self, user: "User | AnonymousUser") -> "AgendaQuerySet":
        hidden = hidden_from(user)
        return self.exclude(hidden) if hidden else self

    def open(self) -> "AgendaQuerySet":
        return self.filter(state=Agenda.State.OPEN)

    def open_before(self, instant: datetime) -> "AgendaQuerySet":
        """Filter agendas that were open just before the instant, according to their history. Drafts are never open."""
        rows = Agenda.history.filter(id=models.OuterRef("pk"), history_date__lt=instant)
        newest = rows.order_by("-history_date", "-history_id").values("state")[:1]
        published = self.exclude(state=Agenda.State.DRAFT).alias(state_as_of=models.Subquery(newest))
        return published.filter(models.Q(state_as_of=None) | ~models.Q(state_as_of=Agenda.State.CLOSED))

    def current(self) -> "Agenda | None":
        """Return the latest open agenda, otherwise the latest, or None. One query.

        The latest is the one that was agreed last; an agenda without that date counts from its opening. Ties: the last short name.
        """
        open_first = models.Case(models.When(state=Agenda.State.OPEN, then=0), default=1)
        opened_on = Cast("opened_on", models.CharField())
        begun = Coalesce(models.F("agreed_on"), opened_on, output_field=models.CharField())  # EDTF sorts as text
        return self.order_by(open_first, begun.desc(nulls_last=True), "-slug").first()


class AgendaManager(models.Manager["Agenda"].from_queryset(AgendaQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str) -> "Agenda":
        return self.get(slug=slug)


class Agenda(models.Model):
    """One yearly agenda, with the date of its agreement and the period that its report covers."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Audience(models.TextChoices):
        NETWORK = "network", _("The network")
        EVERYBODY = "everybody", _("Everybody")

    slug = models.SlugField(_("short name"), max_length=20, unique=True, help_text=_("The year, as in 2005/3.2."))
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    report_title = models.CharField(_("title of the report"), max_length=200, blank=True, validators=[validate_line])
    introduction = models.TextField(_("introduction"), blank=True, validators=[validate_text])
    about_baseline = models.TextField(
        _("about this baseline"),
        blank=True,
        validators=[validate_text],
        help_text=_("For an agenda that was recorded from a document: what was read into it."),
    )
    agreed_on = PartialDateField(_("agreed on"), null=True, blank=True)
    reporting_period = PartialDateField(_("reporting period"), null=True, blank=True)
    follows = models.OneToOneField(
        "self", verbose_name=_("follows"), on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True, editable=False)
    """The day on which it was opened, or reopened the last time; None if it was open from the start, as the baseline is."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    visible_to = models.CharField(_("visible to"), max_length=10, choices=Audience, default=Audience.NETWORK)
    silence_days = models.PositiveSmallIntegerField(
        _("days between updates"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("An update is due when this number of days has passed since the last one."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default="en",
        help_text=_("The language in which its texts are written."),
    )
    history = HistoricalRecords()

    objects = AgendaManager()

    class Meta:
        ordering = ["-slug"]
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "closed"]), name="agenda_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(visible_to__in=["network", "everybody"]), name="agenda_audience_known"
            ),
            models.CheckConstraint(
                condition=models.Q(silence_days__range=(1, 3650)), name="agenda_silence_days_in_range"
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="agenda_title_given"),
            models.CheckConstraint(condition=~models.Q(follows=models.F("id")), name="agenda_not_after_itself"),
        ]

    def __str__(self) -> str:
        """Return the title, with the short name before it unless the title contains it. Several agendas may have the same title."""
        return self.title if self.slug in self.title else f"{self.slug}: {self.title}"

    def save(self, *args: Any, update_fields: "Iterable[str] | None" = None, **options: Any) -> None:
        """Store the agenda. If this opens or reopens it, store the day too. One more query for an open agenda."""
        if self.is_open and not self._is_stored_as_open():
            self.opened_on = self.opened_on if self._state.adding and self.opened_on else timezone.localdate()
            update_fields = {*update_fields, "opened_on"} if update_fields else None
        super().save(*args, update_fields=update_fields, **options)

    def _is_stored_as_open(self) -> bool:
        return not self._state.adding and type(self).objects.open().filter(pk=self.pk).exists()

    def clean(self) -> None:
        """Raise ValidationError if it would follow itself, directly or through others. One query for each agenda before it."""
        before, known = self.follows_id, set[int | None]()
        while before and before not in known and self.pk:
            if before == self.pk:
                raise ValidationError(
                    {
                        "follows": gettext(
                            "An agenda cannot follow itself, directly or through others. Choose an earlier one."
                        )
                    }
                )
            known.add(before)
            before = Agenda.objects.filter(pk=before).values_list("follows", flat=True).first()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def opened_day(self) -> date | None:
        """Return the day from which updates are expected: that of the opening, otherwise the latest day of the agreement."""
        return self.opened_on or (self.agreed_on.latest if self.agreed_on else None)

    def day_of_adding(self, today: date) -> date | None:
        """Return the day to store with an action point that is added now: today, but none in an agenda that is not open."""
        return today if self.is_open else None

    def look_back(self, instant: datetime) -> None:
        """Set the state, in memory, to open or closed as it was just before the instant. One query."""
        self.be_open(type(self).objects.filter(pk=self.pk).open_before(instant).exists())

    def be_open(self, was_open: bool) -> None:
        """Set the state, in memory, to open or closed; a draft stays a draft. Never save such an agenda."""
        if self.state != self.State.DRAFT:
            self.state = self.State.OPEN if was_open else self.State.CLOSED

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("agenda", args=[self.slug])


class IssueManager(models.Manager["Issue"]):
    def get_by_natural_key(self, slug: str, number: int) -> "Issue":
        return self.get(agenda__slug=slug, number=number)


class Issue(models.Model):
    """A theme of an agenda, with its rationale. Action points belong to an issue."""

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    short_title = models.CharField(
        _("short title"),
        max_length=30,
        blank=True,
        validators=[validate_line],
        help_text=_("For tables: a word or two."),
    )
    rationale = models.TextField(_("why it matters"), blank=True, validators=[validate_text])
    history = HistoricalRecords()

    objects = IssueManager()

    class Meta:
        ordering = ["agenda", "number"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "number"], name="issue_number_unique_in_agenda"),
            models.CheckConstraint(condition=models.Q(number__range=(1, 999)), name="issue_number_in_range"),
            models.CheckConstraint(condition=~models.Q(title=""), name="issue_title_given"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def natural_key(self) -> tuple[str, int]:
        return (*self.agenda.natural_key(), self.number)

    natural_key.dependencies = ["issues.agenda"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        """Return the address of the issue's page. One query unless the agenda is loaded."""
        return reverse("issue", args=[self.agenda.slug, self.number])
