"""Configure the log: one line for each event, with the request and the person that it belongs to, and without secrets."""

import json
import logging
import re
import traceback
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

# These paths continue with a token that signs somebody in or answers for them, which must not be logged.
SECRET_PATHS = [
    "reminders/answers",
    "reminders/unsubscribe",
    "accounts/password/reset/key",
    "accounts/confirm-email",
]
FORMATS = {"text": "tracker.logs.TextFormatter", "json": "tracker.logs.JsonFormatter"}
REDACTED = "[redacted]"

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers, or of the one that asked for the task that it runs."""
person_id: ContextVar[int | None] = ContextVar("person_id", default=None)
"""The person who sent the request."""

_ID = re.compile(r"[A-Za-z0-9_.-]{6,64}")
_PERSONAL = [
    (re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:=/]+\.[^\s<>\"'(),;:=/]+"), "[address]"),
    # A query may contain what people searched for.
    (re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+"), rf"\1?{REDACTED}"),
    # PostgreSQL quotes the row that it refused, at the end of its message.
    (re.compile(r"((?:DETAIL|LINE \d+):\s+).*?(?=\n\n(?:The above|During)|\Z)", re.DOTALL), rf"\1{REDACTED}"),
]


def configuration(form: str, level: str) -> dict[str, Any]:
    """Return the settings of Python's logging for the tracker, gunicorn and Celery. `form` is one of FORMATS."""
    to_root: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATS[form]}},
        "filters": {
            "refusals": {"()": "django.utils.log.CallbackFilter", "callback": without_traceback_of_refusals},
            "redaction": {"()": "tracker.logs.Redaction", "paths": SECRET_PATHS},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals", "redaction"]}
        },
        "root": {"handlers": ["console"], "level": level},
        # Django would mail errors, with the request's path and form. It and gunicorn have handlers of their own.
        "loggers": {
            "django": to_root | {"level": "INFO"},
            "django.server": to_root,
            "gunicorn.access": to_root,
            "gunicorn.error": to_root,
        },
    }


def request_id_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Give the request an id, that of the proxy if it sends one (X-Request-ID), and return it with the answer. Must come first.

    The id stays until the thread's next request, so that gunicorn's line about the request has it, too.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request_id.set(sent if _ID.fullmatch(sent) else uuid4().hex[:16])
        person_id.set(None)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id.get()
        return response

    return middleware


class TextFormatter(logging.Formatter):
    """Write `time level logger [request person]: message`. Line breaks become `\\n`, so that nobody can add a line to the log."""

    def format(self, record: logging.LogRecord) -> str:
        event = _event(record)
        about = " ".join(f"{name} {event[name]}" for name in ("request", "person") if name in event)
        parts = [event["time"], event["level"], event["logger"] + (f" [{about}]" if about else "") + ":"]
        parts += [event["message"], *([event["error"]] if "error" in event else [])]
        return _on_one_line(" ".join(parts))


class JsonFormatter(logging.Formatter):
    """Write one JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_event(record))


def _event(record: logging.LogRecord) -> dict[str, Any]:
    event: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage(),
    }
    if request_id.get():
        event["request"] = request_id.get()
    if person_id.get() is not None:
        event["person"] = person_id.get()
    if error := record.exc_text or _traceback(record):
        event["error"] = error
    return event


def _traceback(record: logging.LogRecord) -> str:
    if not record.exc_info or not record.exc_info[0]:
        return ""
    return "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")


def _on_one_line(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def without_traceback_of_refusals(record: logging.LogRecord) -> bool:
    """Drop the traceback of a request that was refused (400 to 499), because the line says everything. Keeps every record."""
    if 400 <= getattr(record, "status_code", 0) < 500:
        record.exc_info = record.exc_text = None
    return True


class Redaction(logging.Filter):
    """Hide secrets and what identifies people in messages and tracebacks: what follows one of `paths`, up to the end of the line or
    quotation, because it contains tokens; mail addresses; query strings; and the rows that PostgreSQL quotes.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        super().__init__()
        # In a query a path is quoted (?next=%2Freminders...), in a query of a query twice.
        slash = "(?:/|%(?:25)*2F)+"
        prefixes = "|".join(slash.join(re.escape(part) for part in path.strip("/").split("/")) for path in paths)
        secret = re.compile(rf"((?:{prefixes}){slash})[^\"'\n]+", re.IGNORECASE)
        self._rules = [(secret, rf"\1{REDACTED}"), *_PERSONAL]

    def redact(self, text: str) -> str:
        for pattern, replacement in self._rules:
            text = pattern.sub(replacement, text)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (redacted := self.redact(message)) != message:
            record.msg, record.args = redacted, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _traceback(record)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        return True
