"""Find the person who sent a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tracker.people.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the person who is signed in. Raises PermissionDenied for visitors."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
