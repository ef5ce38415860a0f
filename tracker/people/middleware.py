"""Pages for the person who is signed in: in a language and time zone of their own, and kept by nobody on the way."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from tracker.people.models import User
from tracker.people.time_zones import zone_named

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def person_middleware(get_response: GetResponse) -> GetResponse:
    """Stands behind the sign-in. Visitors keep the language that their browser asks for, and UTC."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, User):
            return get_response(request)
        with translation.override(person.language), timezone.override(zone_named(person.time_zone)):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response

    return middleware


def private_middleware(get_response: GetResponse) -> GetResponse:
    """What signed-in people see is stored nowhere, so that nobody goes back to it after they signed out. What a view says itself, holds;
    what it answers with a validator may be kept by the browser alone, which asks each time.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated:
            is_conditional = response.has_header("ETag") or response.has_header("Last-Modified")
            response.headers.setdefault("Cache-Control", f"private, {'no-cache' if is_conditional else 'no-store'}")
        return response

    return middleware
