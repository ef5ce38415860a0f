"""Links in digests that work without signing in: signed, and good for one thing only."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tracker.people.models import User

_UNSUBSCRIBE = "reminders.unsubscribe"


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
