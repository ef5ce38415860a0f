"""Answer requests that fail. Pages that may be needed without session, user or database are static."""

import re
import sys
from collections.abc import Callable
from math import ceil

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.log import log_response

from tracker.whole_files import is_disk_full

MAX_QUERY = 8_000
"""Characters of an address after the question mark."""
MAX_VALUES = 50
"""How often an address may repeat a parameter, such as `status`. No list has as many to choose from."""

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_FOR_MACHINES = {"/alive/", "/health/"}
_UNEXPECTED = "Part of it is not what the tracker expects. Nothing was changed. Go back and try again."
_TOO_LONG = (
    "The address asks for more than the tracker looks for at once: it is too long, or repeats one of its parts too often. "
    "Go back, and choose less; nothing was changed."
)
_TOO_LARGE = "More was sent than the tracker takes at once, so nothing was stored. Go back, and send less of it."


class TooLongAddressError(BadRequest):
    """The query string has more than MAX_QUERY characters, or more than MAX_VALUES values of one parameter."""


def readable_request_middleware(get_response: GetResponse) -> GetResponse:
    """Refuse a request whose host, charset or query string cannot be read, or whose query is too long. Must come first."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.get_host()
        if request.path_info in _FOR_MACHINES:
            request.COOKIES = {}  # Without a session they need no database.
            return get_response(request)
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
            request.encoding = "utf-8"
            raise BadRequest("The charset of the request is not UTF-8")
        _refuse_long_query(request)
        # Ignore cookies that the database could not search for.
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if not _CONTROL_CHARACTER.search(value)
        }
        return get_response(request)

    return middleware


def _refuse_long_query(request: HttpRequest) -> None:
    """Raise TooLongAddressError if filters, searches and links made from the query would cost much."""
    if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY:
        raise TooLongAddressError
    if any(len(values) > MAX_VALUES for _name, values in request.GET.lists()):
        raise TooLongAddressError


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for status 400, with the reason that a view gave. A request that reached no view gets a static page."""
    if isinstance(exception, BadRequest) and request.resolver_match:
        return render(request, "400.html", {"reason": str(exception)}, status=400)
    if isinstance(exception, DisallowedHost):
        words = "The tracker is not reached under this address. Check the host name in it."
    elif isinstance(exception, TooLongAddressError):
        words = _TOO_LONG
    elif isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        words = _TOO_LARGE
    else:
        words = _UNEXPECTED
    return static_page(400, "This address or form could not be understood", words)


def too_many_attempts(request: HttpRequest, seconds: int = 60) -> HttpResponse:
    """Return the page for status 429 after too many attempts to sign in or choose a password, with the time to wait."""
    response = render(request, "429.html", {"minutes": ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for what went wrong: 400 for a broken request, 503 while the database is away or the disk full, else 500."""
    error = sys.exc_info()[1]
    if isinstance(error, UnreadablePostError):
        return static_page(
            400, "The form did not arrive", "The connection broke off, so nothing was stored. Send it once more."
        )
    if error is not None and is_outage(error):
        return _unavailable(request, error, "Its database does not answer")
    if error is not None and is_disk_full(error):
        return _unavailable(request, error, "Its disk is full")
    return static_page(
        500,
        "Something broke on our side",
        "The last step was not stored. Go back: what you typed is still in the form. Then try once more; if it fails again, "
        "tell an admin what you did and when.",
    )


def is_outage(error: BaseException) -> bool:
    """Return whether the driver reported that the database cannot be reached or cannot work: gone, locked, full, damaged, not migrated."""
    if type(error) is DatabaseError:  # what SQLite raises for a file that is damaged or no database
        return error.__cause__ is not None
    return isinstance(error, OperationalError | InterfaceError)


def static_page(status: int, headline: str, words: str) -> HttpResponse:
    """Render a page that needs neither session, user nor database."""
    page = render_to_string("static_page.html", {"headline": headline, "words": words})
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def _unavailable(request: HttpRequest, error: BaseException, reason: str) -> HttpResponse:
    """Return the page for status 503, and log the outage once for each request, although more than one middleware may fail."""
    response = static_page(
        503,
        "The tracker is not available just now",
        f"{reason}. Nothing was stored; what you typed is still in the form when you go back. Try again in a minute.",
    )
    response["Retry-After"] = "60"
    if not getattr(request, "outage_was_logged", False):
        request.outage_was_logged = True  # type: ignore[attr-defined]
        detail = str(error).strip().partition("\n")[0]
        log_response("%s (%s): %s", reason, detail, request.path, response=response, request=request)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
