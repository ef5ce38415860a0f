"""Record which pages were refused and which files were downloaded, whatever view answered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tracker.audit.models import Event
from tracker.audit.recording import current_request, record
from tracker.logs import SECRET_PATHS, Redaction

_without_tokens = Redaction(SECRET_PATHS)


def audit_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Record answers of 403, and files for people who are signed in. Comes after authentication."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = current_request.set(request)
        try:
            response = get_response(request)
            if event := _event(request, response):
                record(event, detail=_without_tokens.redact(f"{request.method} {request.path}"))
        finally:
            current_request.reset(token)
        return response

    return middleware


def _event(request: HttpRequest, response: HttpResponseBase) -> Event | None:
    if not request.user.is_authenticated:
        return None
    if response.status_code == 403:
        return Event.REFUSED
    is_file = response.get("Content-Disposition", "").startswith("attachment")
    return Event.EXPORTED if is_file and response.status_code == 200 and request.method != "HEAD" else None
