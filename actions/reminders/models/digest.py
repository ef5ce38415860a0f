"""The ledger of digests: one row a recipient and period, what it said and what became of it.

    pending -> claimed -> sending -> sent -> bounced   it came back
       ^          |          |----> uncertain   nobody knows; a coordinator decides
       |          |          |----> failed      refused for good, or given up
       +----------+----------+                  refused for now: again later
                  +---------------> cancelled   nothing (or nobody) left to remind

Every change is one conditional update, so that it works alike on SQLite and PostgreSQL and with any number of workers. Up to `claimed`
a row may be tried again as often as need be. The change to `sending` is the fence: after it the mail may be out, so a row that is found
there is never sent again by itself.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from issues.models import Agenda
from tracker.people.models import User
from tracker.prepared import Param, PreparedUpdate, Statement
from tracker.text import validate_line

LEASE = timedelta(minutes=5)
"""How long a worker has until it has to ask for more: longer than all time-outs of one mail together."""
MAX_ATTEMPTS = 8


class Cause(models.TextChoices):
    """Why a digest is in a state that somebody may ask about."""

    WORKER_DIED = "worker_died", _("The worker stopped in the middle of it.")
    NO_REPLY = "no_reply", _("The connection broke before the mail server said whether it took the mail.")
    REFUSED_FOR_NOW = "refused_for_now", _("The mail server could not be reached or did not take it now.")
    REFUSED = "refused", _("The mail server refused it.")
    GIVEN_UP = "given_up", _("Given up after several attempts.")
    INACTIVE = "inactive", _("The person is not active any more.")
    UNWANTED = "unwanted", _("The person does not want digests, or has paused them.")
    SWITCHED_OFF = "switched_off", _("The reminders of this agenda were switched off.")
    AGENDA_CLOSED = "agenda_closed", _("The agenda is not open any more.")
    NOTHING_LEFT = "nothing_left", _("Nothing in it shows no progress any more.")
    BOUNCED = "bounced", _("The mail came back.")


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self, now: datetime) -> "DigestQuerySet":
        """What a worker may claim: waiting, or left behind by a worker that died before it sent anything."""
        return self.filter(
            Q(state=Digest.State.PENDING, next_attempt_at__lte=now)
            | Q(state=Digest.State.CLAIMED, lease_until__lte=now, attempts__lt=MAX_ATTEMPTS)
        )

    def switched_off(self) -> "DigestQuerySet":
        """Those of a schedule that is switched off. What a coordinator asked for goes out all the same."""
        return self.filter(asked_about=None, agenda__reminder_schedule__enabled=False)

    @transaction.atomic
    def claim(self, now: datetime, limit: int = 1) -> list["Digest"]:
        """Take due digests, for one attempt each: up to `limit` new ones, or a single one that was tried before, so that a digest on which
        workers die takes no others with it. They share a token, which proves whose they are. Three queries, which leave
        the snapshot unread.
        """
        due = self.due(now).order_by("attempts", "next_attempt_at", "pk").select_for_update(skip_locked=True)
        found = list(due.values_list("pk", "attempts")[:limit])
        chosen = [pk for pk, attempts in found if not attempts] or [pk for pk, _attempts in found[:1]]
        if not chosen:
            return []
        token = uuid.uuid4()
        self.due(now).filter(pk__in=chosen).update(
            state=Digest.State.CLAIMED,
            token=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            next_attempt_at=None,
        )
        claimed = self.filter(token=token).select_related("recipient", "agenda__reminder_schedule", "asked_by")
        return list(claimed.defer("snapshot").order_by("pk"))

    def extend_lease(self, token: uuid.UUID | None, now: datetime) -> None:
        """More time for what is claimed and still to come. One query."""
        self.filter(token=token, state=Digest.State.CLAIMED, lease_until__gt=now).update(lease_until=now + LEASE)

    def sweep(self, now: datetime) -> int:
        """Settle what dead workers left: sending becomes uncertain, what was claimed too often fails. The number of rows."""
        abandoned = self.filter(lease_until__lte=now)
        uncertain = abandoned.filter(state=Digest.State.SENDING).update(
            state=Digest.State.UNCERTAIN,
            lease_until=None,
            cause=Cause.WORKER_DIED,
        )
        failed = abandoned.filter(state=Digest.State.CLAIMED, attempts__gte=MAX_ATTEMPTS).update(
            state=Digest.State.FAILED,
            token=None,
            lease_until=None,
            cause=Cause.WORKER_DIED,
        )
        return uncertain + failed

    def delete(self) -> Any:
        raise TypeError("Digests are never deleted: they say what was sent to whom.")


class Digest(models.Model):
    """What one person was told, or is to be told, of one agenda in one period."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("Being prepared")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNCERTAIN = "uncertain", _("Uncertain")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        BOUNCED = "bounced", _("Came back")

    recipient = models.ForeignKey(User, verbose_name=_("recipient"), on_delete=models.PROTECT, related_name="digests")
    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="digests")
    period_start = models.DateField(_("period from"))
    asked_about = models.ForeignKey(
        ActionPoint, verbose_name=_("asked about"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    """The one action point that a coordinator reminds of out of turn; then the period is that day."""
    asked_by = models.ForeignKey(
        User, verbose_name=_("asked by"), on_delete=models.PROTECT, null=True, related_name="digests_asked_for"
    )
    message = models.CharField(_("message"), max_length=500, blank=True, validators=[validate_line])
    created_at = models.DateTimeField(_("planned at"))
    snapshot = models.JSONField(_("what it says"))
    """A list of `Entry`: what it is to say while it waits, what it said once it was sent."""
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    address = models.EmailField(_("sent to"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    token = models.UUIDField(_("token"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    sent_at = models.DateTimeField(_("handed to the mail server at"), null=True)
    cause = models.CharField(_("what happened"), max_length=20, choices=Cause, blank=True)
    error = models.CharField(_("what the server said"), max_length=500, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "agenda", "period_start"],
                condition=Q(asked_about=None),
                name="digest_unique_in_period",
            ),
            models.UniqueConstraint(
                fields=["recipient", "asked_about", "period_start"], name="digest_asked_for_once_a_day"
            ),
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
            models.Index(fields=["agenda", "period_start"], name="digest_period"),
        ]

    def __str__(self) -> str:
        return f"{self.agenda_id} {self.period_start} {self.recipient_id}"

    def get_absolute_url(self) -> str:
        return reverse("digest", args=[self.pk])

    def followed(self, updates: Collection[tuple[int, datetime]]) -> int | None:
        """How many of its action points were reported on since, by pairs of action point and instant; None before it was sent."""
        if not self.sent_at:
            return None
        told = {entry["action_point"] for entry in self.snapshot}
        return len({point for point, recorded_at in updates if point in told and recorded_at >= self.sent_at})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Digests are never deleted: they say what was sent to whom.")

    @property
    def may_be_sent_again(self) -> bool:
        """Whether a coordinator may decide on another attempt."""
        return self.state in {self.State.UNCERTAIN, self.State.FAILED, self.State.BOUNCED}

    @property
    def is_switched_off(self) -> bool:
        """Whether it is one of a schedule that is switched off. Needs agenda and schedule loaded."""
        schedule = getattr(self.agenda, "reminder_schedule", None)
        return self.asked_about_id is None and schedule is not None and not schedule.enabled

    def is_held(self, now: datetime) -> bool:
        """Whether this worker still has it, with nothing sent. One query."""
        return self._held(self.State.CLAIMED).filter(lease_until__gt=now).exists()

    def record_sent(self) -> bool:
        """The server took it. Holds good after a sweep has called the row uncertain, too."""
        return bool(_RECORD_SENT.run(self._state.db or "default", pk=self.pk, token=self.token))

    def record_uncertain(self, error: str) -> bool:
        """The body went out and no answer came back."""
        held = self._held(self.State.SENDING)
        return bool(held.update(state=self.State.UNCERTAIN, lease_until=None, cause=Cause.NO_REPLY, error=error[:500]))

    def record_failed(self, cause: Cause, error: str) -> bool:
        return self._record_unsent(state=self.State.FAILED, cause=cause, error=error[:500])

    def record_cancelled(self, cause: Cause) -> bool:
        return self._record_unsent(state=self.State.CANCELLED, cause=cause, error="")

    def record_bounced(self, error: str) -> bool:
        """The mail came back, after the server had taken it."""
        out = type(self).objects.filter(pk=self.pk, state__in=[self.State.SENT, self.State.UNCERTAIN])
        return bool(
            out.update(state=self.State.BOUNCED, token=None, lease_until=None, cause=Cause.BOUNCED, error=error[:500])
        )

    def postpone(self, error: str, now: datetime) -> bool:
        """Try again after 1, 2, 4 ... minutes; after MAX_ATTEMPTS it has failed. For a mail that is surely not out."""
        if self.attempts >= MAX_ATTEMPTS:
            return self.record_failed(Cause.GIVEN_UP, error)
        return self._record_unsent(
            state=self.State.PENDING,
            cause=Cause.REFUSED_FOR_NOW,
            error=error[:500],
            next_attempt_at=now + timedelta(minutes=2 ** (self.attempts - 1)),
        )

    def send_again(self, now: datetime) -> bool:
        """A coordinator's decision on one that went wrong, as read: the same Message-ID. False where it has changed since."""
        if not self.may_be_sent_again:
            return False
        undecided = type(self).objects.filter(pk=self.pk, state=self.state)
        return bool(
            undecided.update(
                state=self.State.PENDING,
                next_attempt_at=now,
                attempts=0,
                sent_at=None,
                token=None,
                cause="",
                error="",
            )
        )

    def _held(self, *states: str) -> DigestQuerySet:
        return type(self).objects.filter(pk=self.pk, token=self.token, state__in=states)

    def _record_unsent(self, **changes: Any) -> bool:
        held = self._held(self.State.CLAIMED, self.State.SENDING)
        return bool(held.update(token=None, lease_until=None, sent_at=None, **changes))


def _record_sent() -> Statement:
    out = Digest.objects.filter(
        pk=Param("pk", Digest._meta.pk),
        token=Param("token", Digest._meta.get_field("token")),
        state__in=[Digest.State.SENDING, Digest.State.UNCERTAIN],
    )
    return out, {"state": Digest.State.SENT, "token": None, "lease_until": None, "cause": "", "error": ""}


_RECORD_SENT = PreparedUpdate(_record_sent)


def new_message_id() -> str:
    """A Message-ID for a new digest, under the domain that the tracker mails from."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4()}@{domain}>"
