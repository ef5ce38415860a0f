"""Queries on digests, and changes of many at once. `models/digest.py` has a diagram of the states."""

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from actions.reminders.models.digest import Digest

LEASE = timedelta(minutes=5)
"""How long a claim holds until the worker extends it: longer than all time-outs of one mail together."""
VALID = timedelta(days=45)
"""How long the links of a digest work; a newer digest ends them earlier."""
MAX_ATTEMPTS = 8
"""How many times workers may die on a digest, and how many times one that is refused for now is tried at least."""


class State(models.TextChoices):
    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being prepared")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Uncertain")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Returned")


class Cause(models.TextChoices):
    """Why a digest is in its state, if that needs an explanation."""

    WORKER_DIED = "worker_died", _("The worker stopped while sending it.")
    NO_REPLY = "no_reply", _("The connection broke before the mail server confirmed that it took the mail.")
    REFUSED_FOR_NOW = "refused_for_now", _("The mail server could not be reached or did not take it now.")
    NOT_BUILT = (
        "not_built",
        _("The mail could not be created: a mail setting or a header is wrong. An admin has to correct it."),
    )
    REFUSED = "refused", _("The mail server refused it.")
    GIVEN_UP = "given_up", _("Given up after several attempts.")
    INACTIVE = "inactive", _("The person is no longer active.")
    UNWANTED = "unwanted", _("The person has turned digests off or paused them.")
    SWITCHED_OFF = "switched_off", _("The reminders of its agendas were switched off.")
    AGENDA_CLOSED = "agenda_closed", _("Its agendas are no longer open.")
    NOTHING_LEFT = "nothing_left", _("Nothing in it needs an update now.")
    BOUNCED = "bounced", _("The mail was returned.")


RESET: dict[str, Any] = {
    "state": State.PENDING,
    "attempts": 0,
    "refusals": 0,
    "sent_at": None,
    "token": None,
    "cause": "",
    "error": "",
    "admins_notified": False,
}
"""The fields of a digest that a coordinator sends again, except the time of the next attempt."""


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self, now: datetime) -> "DigestQuerySet":
        """Those that a worker may claim: pending, or left behind by a worker that died before it sent anything."""
        return self.filter(
            Q(state=State.PENDING, next_attempt_at__lte=now)
            | Q(state=State.CLAIMED, lease_until__lte=now, attempts__lt=F("refusals") + MAX_ATTEMPTS)
        )

    def unsent(self) -> "DigestQuerySet":
        """Filter those that are still to be sent: due, postponed, or claimed by a worker."""
        return self.filter(state__in=[State.PENDING, State.CLAIMED, State.SENDING])

    def undecided(self, today: date) -> "DigestQuerySet":
        """Filter those that need a coordinator's decision: uncertain and failed ones whose links still work, to people who accept digests
        and have no newer digest about the same.
        """
        newer = self.model._default_manager.filter(
            Q(asked_about=None) | Q(asked_about=OuterRef("asked_about")),
            recipient=OuterRef("recipient"),
            pk__gt=OuterRef("pk"),
        )
        return self.filter(
            ~Exists(newer),
            state__in=[State.UNCERTAIN, State.FAILED],
            day__gt=today - VALID,
            recipient__is_active=True,
            recipient__wants_digests=True,
        )

    def failed(self, today: date) -> "DigestQuerySet":
        """Filter those that need a coordinator's decision and were certainly not sent."""
        return self.undecided(today).filter(state=State.FAILED)

    def send_failed_again(self, now: datetime) -> int:
        """Send all failed ones again, each with its own Message-ID, and return how many. One query, which also checks the state of each
        row, so that one that somebody else sends again at the same time is not changed twice.
        """
        failed = self.failed(now.date()).values("pk")
        return self.filter(pk__in=failed, state=State.FAILED).update(next_attempt_at=now, **RESET)

    @transaction.atomic
    def claim(self, now: datetime, limit: int = 1) -> list["Digest"]:
        """Claim due digests for one attempt each: up to `limit` new ones, or a single one that was tried before, so that one that kills
        workers affects no others. They share a token, which proves which worker has them. Three queries.
        """
        due = self.due(now).order_by("attempts", "next_attempt_at", "pk").only("attempts")
        candidates = list(due.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])
        chosen = [digest.pk for digest in candidates if not digest.attempts] or [digest.pk for digest in candidates[:1]]
        if not chosen:
            return []
        token = uuid.uuid4()
        self.due(now).filter(pk__in=chosen).update(
            state=State.CLAIMED,
            token=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            next_attempt_at=None,
        )
        return list(self.filter(token=token).select_related("recipient__agency", "asked_by").order_by("pk"))

    def extend_lease(self, token: uuid.UUID | None, now: datetime) -> None:
        """Extend the lease of what is claimed and not sent yet. One query."""
        self.filter(token=token, state=State.CLAIMED, lease_until__gt=now).update(lease_until=now + LEASE)

    def sweep(self, now: datetime) -> int:
        """Clean up after dead workers: sending becomes uncertain, and what was claimed too often fails. Return the number of rows."""
        abandoned = self.filter(lease_until__lte=now)
        uncertain = abandoned.filter(state=State.SENDING).update(
            state=State.UNCERTAIN,
            lease_until=None,
            cause=Cause.WORKER_DIED,
        )
        too_often = Q(attempts__gte=F("refusals") + MAX_ATTEMPTS)
        failed = abandoned.filter(too_often, state=State.CLAIMED).update(
            state=State.FAILED,
            token=None,
            lease_until=None,
            cause=Cause.WORKER_DIED,
        )
        return uncertain + failed

    def delete(self) -> Any:
        raise TypeError("Digests are never deleted: they record what was sent to whom.")
