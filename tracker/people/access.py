"""Who stands behind a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tracker.people.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that only signed-in people can make."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
