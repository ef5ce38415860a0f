"""The schedule of an agenda's digests."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.reminders.periods import Rhythm, Timing, Weekday, next_period
from issues.models import Agenda
from tracker.number_choice_fields import NumberChoicesField

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
"""The days on which a schedule may start. After the latest one its first digest would be sent in a year that no date may have."""


class ReminderScheduleQuerySet(models.QuerySet["ReminderSchedule"]):
    def active(self) -> "ReminderScheduleQuerySet":
        """Those that are enabled, of open agendas."""
        return self.filter(enabled=True, agenda__state=Agenda.State.OPEN).select_related("agenda")


class ReminderScheduleManager(models.Manager["ReminderSchedule"].from_queryset(ReminderScheduleQuerySet)):  # type: ignore[misc]
    def add_missing(self, today: date) -> None:
        """Give every open agenda without a schedule the default one, from tomorrow on: opening an agenda mails nobody at once."""
        without = Agenda.objects.open().filter(reminder_schedule=None)
        self.bulk_create(
            [self.model(agenda=agenda, starts_on=today + timedelta(days=1)) for agenda in without],
            ignore_conflicts=True,
        )


class ReminderSchedule(models.Model):
    """One per agenda. The days after which an update is due are the agenda's own `silence_days`."""

    agenda = models.OneToOneField(
        Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="reminder_schedule"
    )
    enabled = models.BooleanField(_("send digests"), default=True)
    rhythm = models.CharField(_("rhythm"), max_length=20, choices=Rhythm, default=Rhythm.WEEKLY)
    weekdays = NumberChoicesField(_("days of the week"), numbers=Weekday.choices, default=(Weekday.MONDAY,))
    hour = models.PositiveSmallIntegerField(
        _("hour"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("From 0 to 23, in the time zone of each recipient."),
    )
    starts_on = models.DateField(
        _("from"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=_("No digest is sent before this day."),
    )
    escalate_after = models.PositiveSmallIntegerField(
        _("reminders without an answer before escalation"),
        null=True,
        blank=True,
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_(
            "After this many, the agency's other focal points find the action point in their digests, too; after twice as many, the "
            "coordinators. Leave it empty for no escalation."
        ),
    )
    faulty_since = models.DateTimeField(_("faulty since"), null=True, editable=False)
    """Since when planning has left out faulty rows, or could not plan the schedule at all. Null if it finds none."""
    history = HistoricalRecords(excluded_fields=["faulty_since"])

    objects = ReminderScheduleManager()

    class Meta:
        ordering = ["agenda"]
        verbose_name = _("reminder schedule")
        verbose_name_plural = _("reminder schedules")
        constraints = [
            models.CheckConstraint(condition=Q(rhythm__in=Rhythm.values), name="schedule_rhythm_known"),
            models.CheckConstraint(condition=~Q(weekdays=()), name="schedule_has_weekdays"),
            models.CheckConstraint(
                condition=Q(escalate_after=None) | Q(escalate_after__range=(1, 50)), name="schedule_escalation_in_range"
            ),
            models.CheckConstraint(condition=Q(hour__range=(0, 23)), name="schedule_hour_in_range"),
            models.CheckConstraint(
                condition=Q(starts_on__range=(EARLIEST, LATEST)), name="schedule_starts_on_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agenda}: {self.get_rhythm_display()}"

    def get_absolute_url(self) -> str:
        return reverse("reminder_schedule", args=[self.agenda.slug])

    @property
    def timing(self) -> Timing:
        return Timing(self.rhythm, self.weekdays, self.hour, self.starts_on)

    @property
    def weekday_names(self) -> list[str]:
        return [str(Weekday(day).label) for day in self.weekdays]

    def record_faults(self, any_found: bool, now: datetime) -> bool:
        """Record since when planning has found faults in it. True if it had found none before. One query, none without faults."""
        stored = ReminderSchedule.objects.filter(pk=self.pk)
        if any_found:
            return bool(stored.filter(faulty_since=None).update(faulty_since=now))
        if self.faulty_since:
            stored.update(faulty_since=None)
        return False


def next_due(schedules: Iterable[ReminderSchedule], zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first time after that instant at which a period of any of the schedules begins; None if none does, or one is faulty."""
    try:
        periods = [next_period(schedule.timing, zone, after) for schedule in schedules]
    except Exception:
        return None
    return min((period.due_at for period in periods if period), default=None)
