"""Answer people who are signed in in their language and time zone, and keep their pages out of caches."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from tracker.logs import person_id
from tracker.people.models import User
from tracker.people.time_zones import zone_named

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def person_middleware(get_response: GetResponse) -> GetResponse:
    """Use the person's language and time zone; visitors get their browser's language, and UTC. Comes after authentication."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, User):
            return get_response(request)
        person_id.set(person.pk)
        with translation.override(person.language), timezone.override(zone_named(person.time_zone)):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response

    return middleware


def private_middleware(get_response: GetResponse) -> GetResponse:
    """Forbid caches to store pages of signed-in people, so that nobody can go back to them after they sign out, and pages behind a link
    of a mail. A view may set its own Cache-Control; a page with a validator may be stored by the browser, which asks again each time.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated or _is_secret(request.path_info):
            is_conditional = response.has_header("ETag") or response.has_header("Last-Modified")
            response.headers.setdefault("Cache-Control", f"private, {'no-cache' if is_conditional else 'no-store'}")
        return response

    return middleware


def _is_secret(path: str) -> bool:
    """Return whether the path has a token of a mail, which signs somebody in or answers for them."""
    return path.startswith(tuple(f"/{secret}/" for secret in settings.SECRET_PATHS))
