"""Pages in the language and the time zone of the person who is signed in."""

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
