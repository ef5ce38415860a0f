"""One row for each recipient and day: what the digest contains and whether it was sent.

    pending -> claimed -> sending -> sent -> bounced   it was returned
       ^          |          |----> uncertain   nobody knows; a coordinator decides
       |          |          |----> failed      refused for good, or given up: a coordinator may send it again
       +----------+----------+                  refused for now: tried again until the next digest is due
                  +---------------> cancelled   nothing or nobody left to remind

Every change is one conditional update, so it works the same on SQLite and PostgreSQL and with any number of workers. Up to `claimed` a row
may be tried again any number of times. The change to `sending` is the send guard: after it the mail may have been sent, so a row that is
left there is never sent again without a coordinator's decision.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from actions.reminders.models.digest_queryset import MAX_ATTEMPTS, RESET, Cause, DigestQuerySet, State
from actions.reminders.models.schedule import ReminderSchedule, next_due
from tracker.mail.configuration import site_host
from tracker.people.models import User
from tracker.people.time_zones import zone_named
from tracker.text import validate_line

LONGEST_WAIT = timedelta(hours=1)
"""The longest time between two attempts at a digest that is refused for now."""
MANUAL_TRIED_FOR = timedelta(days=1)
"""How long a digest is tried that no other one replaces, such as a reminder that a coordinator sends by hand."""


class Digest(models.Model):
    """One person's digest of one day. It covers all agendas of the person."""

    State = State

    recipient = models.ForeignKey(User, verbose_name=_("recipient"), on_delete=models.PROTECT, related_name="digests")
    day = models.DateField(_("day"))
    """The recipient's date when it was planned."""
    asked_about = models.ForeignKey(
        ActionPoint, verbose_name=_("action point asked about"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    """The one action point of a reminder that a coordinator sends by hand."""
    asked_by = models.ForeignKey(
        User, verbose_name=_("asked by"), on_delete=models.PROTECT, null=True, related_name="digests_asked_for"
    )
    message = models.CharField(_("message"), max_length=500, blank=True, validators=[validate_line])
    created_at = models.DateTimeField(_("planned at"))
    snapshot = models.JSONField(_("content"))
    """A list of `DigestEntry`: what it will contain while it is pending, what it contained once it is sent."""
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    address = models.EmailField(_("sent to"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    refusals = models.PositiveSmallIntegerField(_("temporarily refused"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    token = models.UUIDField(_("token"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause, blank=True)
    error = models.CharField(_("answer of the mail server"), max_length=500, blank=True)
    admins_notified = models.BooleanField(_("admins were notified that it failed"), default=False)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "day"], condition=Q(asked_about=None), name="digest_once_a_day"
            ),
            models.UniqueConstraint(fields=["recipient", "asked_about", "day"], name="digest_asked_for_once_a_day"),
            models.CheckConstraint(
                condition=Q(asked_about=None, asked_by=None, message="")
                | Q(asked_about__isnull=False, asked_by__isnull=False),
                name="digest_asked_for_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "claimed", "sending", "sent", "uncertain", "failed", "cancelled", "bounced"],
                ),
                name="digest_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", next_attempt_at__isnull=False)
                | (~Q(state="pending") & Q(next_attempt_at=None)),
                name="digest_pending_has_next_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "sending"], token__isnull=False, lease_until__isnull=False)
                | Q(state="uncertain", lease_until=None)
                | (~Q(state__in=["claimed", "sending", "uncertain"]) & Q(token=None, lease_until=None)),
                name="digest_claimed_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sending", "sent", "uncertain", "bounced"], sent_at__isnull=False)
                | (~Q(state__in=["sending", "sent", "uncertain", "bounced"]) & Q(sent_at=None)),
                name="digest_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values)
                | (Q(cause="") & ~Q(state__in=["uncertain", "failed", "cancelled", "bounced"])),
                name="digest_trouble_has_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="digest_due"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.day}"

    def get_absolute_url(self) -> str:
        return reverse("digest", args=[self.pk])

    def count_answers(self, updates: Collection[tuple[int, datetime]]) -> int | None:
        """Count its action points with an update since it was sent, from pairs of action point and time; None before it was sent."""
        if not self.sent_at:
            return None
        listed = {entry["action_point"] for entry in self.snapshot}
        return len({point for point, recorded_at in updates if point in listed and recorded_at >= self.sent_at})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Digests are never deleted: they record what was sent to whom.")

    @property
    def slugs(self) -> list[str]:
        """Return the short names of the agendas that it covers, in the order of its entries."""
        return list(dict.fromkeys(entry["slug"] for entry in self.snapshot))

    @property
    def action_points(self) -> int:
        """Return how many action points it lists."""
        return len({entry["action_point"] for entry in self.snapshot})

    @property
    def may_be_sent_again(self) -> bool:
        """Return whether a coordinator may send it again."""
        return self.state in {self.State.UNCERTAIN, self.State.FAILED, self.State.BOUNCED}

    @property
    def agendas(self) -> set[int]:
        """Return the ids of the agendas that it covers."""
        return {entry["agenda"] for entry in self.snapshot}

    def is_held(self, now: datetime) -> bool:
        """Return whether this worker still has it, with nothing sent. One query."""
        return self._held(self.State.CLAIMED).filter(lease_until__gt=now).exists()

    def record_sent(self) -> bool:
        """Record that the server took it, also after a sweep has marked the row as uncertain."""
        held = self._held(self.State.SENDING, self.State.UNCERTAIN)
        return bool(held.update(state=self.State.SENT, token=None, lease_until=None, cause="", error=""))

    def record_uncertain(self, error: str) -> bool:
        """Record that the body was sent and no reply came back."""
        held = self._held(self.State.SENDING)
        return bool(held.update(state=self.State.UNCERTAIN, lease_until=None, cause=Cause.NO_REPLY, error=error[:500]))

    def record_failed(self, cause: Cause, error: str) -> bool:
        return self._record_unsent(state=self.State.FAILED, cause=cause, error=error[:500])

    def record_cancelled(self, cause: Cause) -> bool:
        return self._record_unsent(state=self.State.CANCELLED, cause=cause, error="")

    def record_bounced(self, error: str) -> bool:
        """Record that the mail was returned after the server had taken it."""
        sent = type(self).objects.filter(pk=self.pk, state__in=[self.State.SENT, self.State.UNCERTAIN])
        return bool(
            sent.update(state=self.State.BOUNCED, token=None, lease_until=None, cause=Cause.BOUNCED, error=error[:500])
        )

    def postpone(self, error: str, now: datetime, cause: Cause = Cause.REFUSED_FOR_NOW) -> bool:
        """Plan another attempt after 1, 2, 4 ... minutes, then every hour. It has failed if that would be after the next digest is due.
        Only for a mail that was certainly not sent. Needs the recipient loaded.
        """
        next_attempt = now + min(timedelta(minutes=2 ** min(self.refusals, 10)), LONGEST_WAIT)
        self.refusals += 1
        if self.refusals >= MAX_ATTEMPTS and next_attempt >= self._tried_until():
            return self._record_unsent(
                state=self.State.FAILED, cause=Cause.GIVEN_UP, error=error[:500], refusals=self.refusals
            )
        return self._record_unsent(
            state=self.State.PENDING,
            cause=cause,
            error=error[:500],
            refusals=self.refusals,
            next_attempt_at=next_attempt,
        )

    def _tried_until(self) -> datetime:
        """Return when the next period of one of its agendas begins, whose digest replaces this one. One query."""
        following = None
        if not self.asked_about_id:
            schedules = ReminderSchedule.objects.active().filter(agenda__in=self.agendas)
            following = next_due(schedules, zone_named(self.recipient.time_zone), self.created_at)
        return following or self.created_at + MANUAL_TRIED_FOR

    def send_again(self, now: datetime) -> bool:
        """Send one again that is uncertain, failed or was returned, with the same Message-ID. False if it has changed since it was read."""
        if not self.may_be_sent_again:
            return False
        as_read = type(self).objects.filter(pk=self.pk, state=self.state)
        return bool(as_read.update(next_attempt_at=now, **RESET))

    def _held(self, *states: str) -> DigestQuerySet:
        return type(self).objects.filter(pk=self.pk, token=self.token, state__in=states)

    def _record_unsent(self, **changes: Any) -> bool:
        held = self._held(self.State.CLAIMED, self.State.SENDING)
        return bool(held.update(token=None, lease_until=None, sent_at=None, **changes))


def new_message_id() -> str:
    """Return a Message-ID for a new digest, with the host name of the tracker."""
    return f"<{uuid.uuid4()}@{site_host()}>"
