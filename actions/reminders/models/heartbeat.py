"""The sign of life of the scheduler and the workers: the instant of the last tick."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

FAILURES_AGAIN = timedelta(hours=1)
"""Between two mails about failed digests."""


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self, now: datetime) -> None:
        """Say that a tick has run. One query, two for the first one of all."""
        if not self.filter(pk=Heartbeat.ONLY).update(at=now, alarm_raised=False):
            self.bulk_create([Heartbeat(pk=Heartbeat.ONLY, at=now)], ignore_conflicts=True)

    def raise_alarm(self, last_tick: datetime) -> bool:
        """Whether it is the caller who has to tell the admins that nothing has run since: one caller is. One query."""
        return bool(self.filter(pk=Heartbeat.ONLY, at=last_tick, alarm_raised=False).update(alarm_raised=True))

    def may_tell_of_failures(self, now: datetime) -> bool:
        """Whether it is the caller who has to mail the admins about failed digests: one caller is, once an hour. One query."""
        free = models.Q(failures_told_at=None) | models.Q(failures_told_at__lte=now - FAILURES_AGAIN)
        return bool(self.filter(free, pk=Heartbeat.ONLY).update(failures_told_at=now))

    def last(self) -> datetime | None:  # type: ignore[override] # an instant is all there is to know of it
        """The instant of the last tick; None where there was none yet. One query."""
        return self.values_list("at", flat=True).filter(pk=Heartbeat.ONLY).first()


class Heartbeat(models.Model):
    """One row for the whole tracker: a tick needs the scheduler, the broker, a worker and the database, so it speaks for all of them."""

    ONLY = 1

    at = models.DateTimeField(_("at"))
    alarm_raised = models.BooleanField(_("admins were told that it stands still"), default=False)
    failures_told_at = models.DateTimeField(_("admins were mailed about failed digests at"), null=True)

    objects = HeartbeatManager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heartbeat_is_one")]

    def __str__(self) -> str:
        return self.at.isoformat()
