"""What is asked of the ledger of digests, and done to many of them at once. `models/digest.py` draws the states."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda

if TYPE_CHECKING:
    from actions.reminders.models.digest import Digest

LEASE = timedelta(minutes=5)
"""How long a worker has until it has to ask for more: longer than all time-outs of one mail together."""
MAX_ATTEMPTS = 8
"""So often may workers die on a digest; and so often is one that is refused for now tried at least."""


class State(models.TextChoices):
    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being prepared")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Uncertain")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Came back")


class Cause(models.TextChoices):
    """Why a digest is in a state that somebody may ask about."""

    WORKER_DIED = "worker_died", _("The worker stopped in the middle of it.")
    NO_REPLY = "no_reply", _("The connection broke before the mail server said whether it took the mail.")
    REFUSED_FOR_NOW = "refused_for_now", _("The mail server could not be reached or did not take it now.")
    NOT_BUILT = (
        "not_built",
        _("The mail could not be put together: a mail setting or a header is wrong. An admin has to correct it."),
    )
    REFUSED = "refused", _("The mail server refused it.")
    GIVEN_UP = "given_up", _("Given up after several attempts.")
    INACTIVE = "inactive", _("The person is not active any more.")
    UNWANTED = "unwanted", _("The person does not want digests, or has paused them.")
    SWITCHED_OFF = "switched_off", _("The reminders of this agenda were switched off.")
    AGENDA_CLOSED = "agenda_closed", _("The agenda is not open any more.")
    NOTHING_LEFT = "nothing_left", _("Nothing in it shows no progress any more.")
    BOUNCED = "bounced", _("The mail came back.")


ANEW: dict[str, Any] = {
    "state": State.PENDING,
    "attempts": 0,
    "refusals": 0,
    "sent_at": None,
    "token": None,
    "cause": "",
    "error": "",
    "admins_told": False,
}
"""What becomes of a digest that a coordinator sends again, but for the instant."""


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self, now: datetime) -> "DigestQuerySet":
        """What a worker may claim: waiting, or left behind by a worker that died before it sent anything."""
        return self.filter(
            Q(state=State.PENDING, next_attempt_at__lte=now)
            | Q(state=State.CLAIMED, lease_until__lte=now, attempts__lt=F("refusals") + MAX_ATTEMPTS)
        )

    def undecided(self) -> "DigestQuerySet":
        """What waits for a coordinator: uncertain and failed ones of open agendas, to people who may be mailed and have no newer digest
        that tells of the same.
        """
        newer = self.model._default_manager.filter(
            Q(asked_about=None) | Q(asked_about=OuterRef("asked_about")),
            recipient=OuterRef("recipient"),
            agenda=OuterRef("agenda"),
            pk__gt=OuterRef("pk"),
        )
        return self.filter(
            ~Exists(newer),
            state__in=[State.UNCERTAIN, State.FAILED],
            agenda__state=Agenda.State.OPEN,
            recipient__is_active=True,
            recipient__wants_digests=True,
        )

    def failed(self) -> "DigestQuerySet":
        """What waits for a coordinator and is surely not out."""
        return self.undecided().filter(state=State.FAILED)

    def send_failed_again(self, now: datetime) -> int:
        """A coordinator's decision on all that failed: each with its own Message-ID, as ever. How many they are. One query, which asks for
        the state of each row itself, too: one that somebody else sends again meanwhile stays theirs.
        """
        failed = self.failed().values("pk")
        return self.filter(pk__in=failed, state=State.FAILED).update(next_attempt_at=now, **ANEW)

    def switched_off(self) -> "DigestQuerySet":
        """Those of a schedule that is switched off. What a coordinator asked for goes out all the same."""
        return self.filter(asked_about=None, agenda__reminder_schedule__enabled=False)

    @transaction.atomic
    def claim(self, now: datetime, limit: int = 1) -> list["Digest"]:
        """Take due digests, for one attempt each: up to `limit` new ones, or a single one that was tried before, so that a digest on which
        workers die takes no others with it. They share a token, which proves which worker has them. Three queries; snapshots are not read.
        """
        due = self.due(now).order_by("attempts", "next_attempt_at", "pk").only("attempts")
        found = list(due.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])
        chosen = [digest.pk for digest in found if not digest.attempts] or [digest.pk for digest in found[:1]]
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
        claimed = self.filter(token=token).select_related("recipient", "agenda__reminder_schedule", "asked_by")
        return list(claimed.defer("snapshot").order_by("pk"))

    def extend_lease(self, token: uuid.UUID | None, now: datetime) -> None:
        """More time for what is claimed and still to come. One query."""
        self.filter(token=token, state=State.CLAIMED, lease_until__gt=now).update(lease_until=now + LEASE)

    def sweep(self, now: datetime) -> int:
        """Settle what dead workers left: sending becomes uncertain, what was claimed too often fails. The number of rows."""
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
        raise TypeError("Digests are never deleted: they say what was sent to whom.")
