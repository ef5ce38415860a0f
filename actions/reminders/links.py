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

from actions.models import ActionPoint, Responsibility
from actions.models.status import ENDED
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.reminders.models.digest_queryset import VALID
from tracker.people.models import User
from tracker.people.permissions import Right, may

UNSUBSCRIBE_VALID = timedelta(days=180)
"""How long a link that ends the digests works: people look for one in an old mail."""

_UNSUBSCRIBE = "reminders.unsubscribe"
_ANSWER = "reminders.answer"


class Purpose(models.TextChoices):
    PROGRESS = "progress", _("Log progress")
    NO_PROGRESS = "no_progress", _("No progress because …")
    PAUSE = "pause", _("Pause reminders")
    NOT_MINE = "not_mine", _("Not mine")


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A link with which one person may answer for one part of an action point in one way."""

    digest: Digest
    action_point: ActionPoint
    part: Responsibility | None
    """None for an action point without a lead."""
    purpose: Purpose
    submission: uuid.UUID
    """The same for the same link, so that an answer that is sent twice counts once."""

    @property
    def person(self) -> User:
        return self.digest.recipient


def answer_link(digest: Digest, action_point: int, part: int | None, purpose: str) -> str:
    """Return the address where the recipient of a stored digest answers for a part, by their ids. No query."""
    return settings.BASE_URL + answer_path(digest, action_point, part, purpose)


def answer_path(digest: Digest, action_point: int, part: int | None, purpose: str) -> str:
    """Return that address without the server's part."""
    token = signing.dumps([digest.pk, action_point, part, str(purpose)], salt=_ANSWER)
    return reverse("answer", args=[token])


def read_answer_link(token: str) -> AnswerLink | None:
    """Read a link. None if it was not made here, is too old or was replaced by a newer digest's, the part has ended, or the person is not
    responsible for it any more: by rights, or because a coordinator gave it to somebody else since. (A person who stays with a lead
    agency may still log progress after signing in, but not from the old mail.) Up to seven queries.
    """
    if not (content := _read(token)):
        return None
    digest_pk, pk, part_pk, purpose = content
    digest = Digest.objects.select_related("recipient__agency").filter(pk=digest_pk).first()
    action_point = ActionPoint.objects.with_context().filter(pk=pk).first()
    if not digest or not action_point or not action_point.is_open or not _is_newest(digest, pk):
        return None
    part = next((each for each in action_point.parts if each.pk == part_pk), None)
    if purpose not in purposes(part_pk) or not _may_be_answered(action_point, part, part_pk):
        return None
    if not may(digest.recipient, Right.LOG_PROGRESS, part or action_point):
        return None
    given_away = DeclinedResponsibility.objects.declined_on_behalf_since(digest.sent_at or digest.created_at)
    if given_away.filter(person=digest.recipient, action_point=action_point).exists():
        return None
    return AnswerLink(digest, action_point, part, Purpose(purpose), uuid.uuid5(uuid.NAMESPACE_URL, token))


def purposes(part: int | None) -> list[Purpose]:
    """Return what the links about a part are for. Without a lead nobody's reminders can be paused or declined."""
    return list(Purpose) if part else [Purpose.PROGRESS, Purpose.NO_PROGRESS]


def _may_be_answered(action_point: ActionPoint, part: Responsibility | None, part_pk: int | None) -> bool:
    """Return whether the part is still led by its agency and going on, or the action point is still without a lead."""
    if part_pk is None:
        return not action_point.parts
    return part is not None and part.status not in ENDED


def successors_of(token: str) -> list[ActionPoint]:
    """Return the open action points that carry on the one of a link, whose agenda may have ended since. One query."""
    content = _read(token)
    if not content:
        return []
    successors = ActionPoint.objects.open().filter(carried_from=content[1]).select_related("issue__agenda")
    return list(successors.order_by("issue__agenda__slug", "issue__number", "number"))


def _read(token: str) -> tuple[int, int, int | None, str] | None:
    """Return the ids of digest, action point and part, and the purpose. None if the link was not made here or is too old."""
    try:
        digest, action_point, part, purpose = signing.loads(token, salt=_ANSWER, max_age=VALID)
    except signing.BadSignature:
        return None
    return digest, action_point, part, purpose


def _is_newest(digest: Digest, action_point: int) -> bool:
    """Return whether no later digest went to the person. A reminder sent by hand only replaces the links of its own action point."""
    newer = Digest.objects.filter(
        Q(asked_about=None) | Q(asked_about=action_point),
        recipient=digest.recipient,
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
