"""Until when each person's digests have been planned."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.people.models import User


class PlannedUntilManager(models.Manager["PlannedUntil"]):
    def record(self, people: Iterable[int], now: datetime) -> None:
        """Record that the digests of these people have been planned until now. One query for each thousand."""
        self.bulk_create(
            [PlannedUntil(person_id=person, instant=now) for person in sorted(people)],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["instant"],
        )


class PlannedUntil(models.Model):
    """The last time at which a period of any agenda had begun and the person's digest was planned, or found to be unnecessary.

    Without it an action point that becomes due on a Wednesday would cause a mail at midnight instead of on the next day on which a period
    begins. It belongs to the person, so somebody who moves to another time zone misses no digest and gets none twice.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="digests_planned")
    instant = models.DateTimeField(_("planned until"))

    objects = PlannedUntilManager()

    class Meta:
        verbose_name = _("planned digest")
        verbose_name_plural = _("planned digests")

    def __str__(self) -> str:
        return f"{self.person_id} {self.instant.isoformat()}"
