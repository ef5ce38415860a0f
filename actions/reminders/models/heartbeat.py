"""The time of the last tick, by which pages and monitoring see whether scheduler and workers run."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

FAILURES_REPORTED_EVERY = timedelta(hours=1)
"""The least time between two mails to the admins about failed digests."""

FAST_CLOCK = timedelta(minutes=5)
"""A heartbeat further in the future than this is of no use."""


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self, now: datetime) -> None:
        """Record that a tick has run. One that began before the recorded one changes nothing, unless that came from a fast clock.
        One query, two for the first tick.
        """
        older = models.Q(at__lt=now) | models.Q(at__gt=now + FAST_CLOCK)
        if not self.filter(older, pk=Heartbeat.ONLY).update(at=now, alarm_raised=False):
            self.bulk_create([Heartbeat(pk=Heartbeat.ONLY, at=now)], ignore_conflicts=True)

    def raise_alarm(self, last_tick: datetime) -> bool:
        """Return whether the caller has to alert the admins that no tick has run since. True for one caller. One query."""
        return bool(self.filter(pk=Heartbeat.ONLY, at=last_tick, alarm_raised=False).update(alarm_raised=True))

    def may_report_failures(self, now: datetime) -> bool:
        """Return whether the caller has to mail the admins about failed digests. True for one caller an hour. One query."""
        due = models.Q(failures_reported_at=None) | models.Q(failures_reported_at__lte=now - FAILURES_REPORTED_EVERY)
        return bool(self.filter(due, pk=Heartbeat.ONLY).update(failures_reported_at=now))

    def latest_tick(self) -> datetime | None:
        """Return the time of the last tick; None before the first one. One query."""
        return self.values_list("at", flat=True).filter(pk=Heartbeat.ONLY).first()


class Heartbeat(models.Model):
    """One row for the whole tracker: a tick needs scheduler, broker, worker and database, so it shows that all of them run."""

    ONLY = 1

    at = models.DateTimeField(_("date and time"))
    alarm_raised = models.BooleanField(_("admins were alerted that it stopped"), default=False)
    failures_reported_at = models.DateTimeField(_("admins were mailed about failed digests at"), null=True)

    objects = HeartbeatManager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heartbeat_is_one")]

    def __str__(self) -> str:
        return self.at.isoformat()
