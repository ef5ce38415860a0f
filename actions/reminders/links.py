"""Links in digests that work without signing in: signed, each for one person and one purpose, and not for ever."""

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
from actions.reminders.models import Digest, Disclaimer
from tracker.people.models import User
from tracker.people.permissions import Right, may

VALID = timedelta(days=45)
"""How long an answer may be given; a newer digest ends it earlier."""

_UNSUBSCRIBE = "reminders.unsubscribe"
_ANSWER = "reminders.answer"


class Purpose(models.TextChoices):
    PROGRESS = "progress", _("Log progress")
    NO_PROGRESS = "no_progress", _("Still no progress, because …")
    SNOOZE = "snooze", _("Remind me later, because …")
    NOT_MINE = "not_mine", _("This is not mine")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a link allows: one person to answer for one action point in one way."""

    digest: Digest
    action_point: ActionPoint
    purpose: Purpose
    submission: uuid.UUID
    """The same for the same link, so that an answer sent twice counts once."""

    @property
    def person(self) -> User:
        return self.digest.recipient


def answer_address(digest: Digest, action_point: int, purpose: str) -> str:
    """Where the recipient of the digest, a stored one, answers for an action point. No query."""
    token = signing.dumps([digest.pk, action_point, purpose], salt=_ANSWER)
    return settings.BASE_URL + reverse("answer", args=[token])


def read_answer(token: str) -> Answer | None:
    """None where the link was not made here, is too old or was replaced by a newer digest's, or the person does not answer for the action
    point any more: in what the tracker knows of owners, or because a coordinator gave it to somebody else since. (Who stays with an agency
    that leads it may still log progress after signing in; the old mail does not do for that.) Up to seven queries.
    """
    if not (made := _read(token)):
        return None
    digest_pk, pk, purpose = made
    digest = Digest.objects.select_related("recipient__agency", "agenda").filter(pk=digest_pk).first()
    action_point = ActionPoint.objects.with_context().filter(pk=pk).first()
    if not digest or not action_point or not action_point.is_open or not _is_newest(digest, pk):
        return None
    if not may(digest.recipient, Right.LOG_PROGRESS, action_point):
        return None
    given_away = Disclaimer.objects.spoken_for_since(digest.sent_at or digest.created_at)
    if given_away.filter(person=digest.recipient, action_point=action_point).exists():
        return None
    return Answer(digest, action_point, Purpose(purpose), uuid.uuid5(uuid.NAMESPACE_URL, token))


def goes_on_as(token: str) -> list[ActionPoint]:
    """The open action points that the one of a link, which may be of an agenda that has ended since, was carried to. One query."""
    made = _read(token)
    if not made:
        return []
    found = ActionPoint.objects.open().filter(carried_from=made[1]).select_related("issue__agenda")
    return list(found.order_by("issue__agenda__slug", "issue__number", "number"))


def _read(token: str) -> tuple[int, int, str] | None:
    """Ids of digest and action point, and the purpose; None where the link was not made here or is too old."""
    try:
        digest, action_point, purpose = signing.loads(token, salt=_ANSWER, max_age=VALID)
    except signing.BadSignature:
        return None
    return digest, action_point, purpose


def _is_newest(digest: Digest, action_point: int) -> bool:
    """Whether no later digest went to the person; one out of turn replaces the links of its own action point alone."""
    newer = Digest.objects.filter(
        Q(asked_about=None) | Q(asked_about=action_point),
        recipient=digest.recipient,
        agenda=digest.agenda,
        pk__gt=digest.pk,
        sent_at__isnull=False,
    )
    return not newer.exists()


def unsubscribe_address(person: User) -> str:
    """Where the person ends the digests. Whoever has the link can do that for the person, and nothing else."""
    token = signing.dumps(person.pk, salt=_UNSUBSCRIBE)
    return settings.BASE_URL + reverse("unsubscribe", args=[token])


def person_to_unsubscribe(token: str) -> User | None:
    """None where the token was not made by `unsubscribe_address`. One query."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=_UNSUBSCRIBE)).first()
    except signing.BadSignature:
        return None
