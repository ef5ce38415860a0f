"""Make and read the links in digests that work without signing in: signed, each for one person and one purpose, for a limited time."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint
from actions.reminders.models import DeclinedResponsibility, Digest
from tracker.people.models import User
from tracker.people.permissions import Right, may

VALID = timedelta(days=45)
"""How long a link works; a newer digest ends it earlier."""

UNSUBSCRIBE_VALID = timedelta(days=180)
"""How long a link that ends the digests works: people look for one in an old mail."""

_UNSUBSCRIBE = "reminders.unsubscribe"
_ANSWER = "reminders.answer"


class Purpose(models.TextChoices):
    PROGRESS = "progress", _("Log progress")
    NO_PROGRESS = "no_progress", _("Still no progress, because …")
    SNOOZE = "snooze", _("Remind me later, because …")
    NOT_MINE = "not_mine", _("This is not mine")


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A link with which one person may answer for one action point in one way."""

    digest: Digest
    action_point: ActionPoint
    purpose: Purpose
    submission: uuid.UUID
    """The same for the same link, so that an answer that is sent twice counts once."""

    @property
    def person(self) -> User:
        return self.digest.recipient


def answer_link(digest: Digest, action_point: int, purpose: str) -> str:
    """Return the address where the recipient of a stored digest answers for an action point. No query."""
    token = signing.dumps([digest.pk, action_point, purpose], salt=_ANSWER)
    return settings.BASE_URL + reverse("answer", args=[token])


def read_answer_link(token: str) -> AnswerLink | None:
    """Read a link. None if it was not made here, is too old or was replaced by a newer digest's, or the person is not responsible for the
    action point any more: by its owners, or because a coordinator gave it to somebody else since. (A person who stays with a leading agency
    may still log progress after signing in, but not from the old mail.) Up to seven queries.
    """
    if not (content := _read(token)):
        return None
    digest_pk, pk, purpose = content
    digest = Digest.objects.select_related("recipient__agency", "agenda").filter(pk=digest_pk).first()
    action_point = ActionPoint.objects.with_context().filter(pk=pk).first()
    if not digest or not action_point or not action_point.is_open or not _is_newest(digest, pk):
        return None
    if not may(digest.recipient, Right.LOG_PROGRESS, action_point):
        return None
    given_away = DeclinedResponsibility.objects.declined_on_behalf_since(digest.sent_at or digest.created_at)
    if given_away.filter(person=digest.recipient, action_point=action_point).exists():
        return None
    return AnswerLink(digest, action_point, Purpose(purpose), uuid.uuid5(uuid.NAMESPACE_URL, token))


def successors_of(token: str) -> list[ActionPoint]:
    """Return the open action points that carry on the one of a link, whose agenda may have ended since. One query."""
    content = _read(token)
    if not content:
        return []
    successors = ActionPoint.objects.open().filter(carried_from=content[1]).select_related("issue__agenda")
    return list(successors.order_by("issue__agenda__slug", "issue__number", "number"))


def _read(token: str) -> tuple[int, int, str] | None:
    """Return the ids of digest and action point, and the purpose. None if the link was not made here or is too old."""
    try:
        digest, action_point, purpose = signing.loads(token, salt=_ANSWER, max_age=VALID)
    except signing.BadSignature:
        return None
    return digest, action_point, purpose


def _is_newest(digest: Digest, action_point: int) -> bool:
    """Return whether no later digest went to the person. A reminder sent by hand only replaces the links of its own action point."""
    newer = Digest.objects.filter(
        Q(asked_about=None) | Q(asked_about=action_point),
        recipient=digest.recipient,
        agenda=digest.agenda,
        pk__gt=digest.pk,
        sent_at__isnull=False,
    )
    return not newer.exists()


def unsubscribe_link(person: User) -> str:
    """Return the address where the person ends the digests. The link allows nothing else."""
    token = signing.dumps(person.pk, salt=_UNSUBSCRIBE)
    return settings.BASE_URL + reverse("unsubscribe", args=[token])


def person_to_unsubscribe(token: str) -> User | None:
    """Return the person of a link. None if it was not made by `unsubscribe_link` or is too old. One query."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=_UNSUBSCRIBE, max_age=UNSUBSCRIBE_VALID)).first()
    except signing.BadSignature:
        return None
