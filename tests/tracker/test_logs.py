"""Test the log lines of refused and failed requests, and that tokens are hidden."""

import logging
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from tracker.logs import Redaction


def failed_request(status):
    try:
        raise ValueError("Something failed.")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.WARNING, __file__, 1, "Bad Request: /x", (), sys.exc_info()
        )
    record.status_code = status
    return record


@pytest.mark.parametrize(("status", "has_traceback"), [(400, False), (404, False), (500, True)])
def test_only_failed_requests_are_logged_with_a_traceback(status, has_traceback):
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    record = failed_request(status)

    assert console.filter(record)
    assert console.format(record).splitlines()[0].endswith("WARNING django.request: Bad Request: /x")
    assert ("Traceback" in console.format(record)) == has_traceback


def test_other_records_keep_their_traceback():
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    record = failed_request(None)
    del record.status_code

    assert console.filter(record)
    assert "Traceback" in console.format(record)


TOKEN = "eyJhIjoxfQ:1wPq3t:J-8_secret"
# Route parameters that are not secret. List a new one here, or add its route to SECRET_PATHS.
HARMLESS = {"slug", "number", "issue", "update", "pk", "acronym", "kind", "name"}
HARMLESS_IN_ADMIN = {"content_type_id", "object_id", "app_label", "url"}


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, set[str]]]:
    """Yield the pattern of every route with the names of its parameters."""
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        else:
            yield route, set(re.findall(r"<(?:\w+:)?(\w+)>", route))


SECRET = [
    re.sub(r"\(\?P<\w+>[^)]+\)|<[^>]+>", TOKEN, route).replace("^", "").replace("$", "")
    for route, parameters in routes(get_resolver())
    if parameters - HARMLESS - (HARMLESS_IN_ADMIN if route.startswith("/admin/") else set())
]


def test_routes_with_a_token_are_known():
    assert [
        f"/reminders/answers/{TOKEN}/",
        f"/reminders/unsubscribe/{TOKEN}/",
        f"/accounts/confirm-email/{TOKEN}/",
        f"/accounts/password/reset/key/{TOKEN}-{TOKEN}/",
    ] == SECRET


@pytest.mark.parametrize("path", SECRET)
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Not Found: {path}", "Not Found: "),
        ("Forbidden (CSRF cookie not set.): {path} and more", "Forbidden (CSRF cookie not set.): "),
        ('127.0.0.1 - - "GET {path} HTTP/1.1" 404 9 "https://tracker.example.org{path}" "-"', '" 404 9 "https://'),
        ("Invalid HTTP request line: 'GET {path}?a=b'", "Invalid HTTP request line: 'GET "),
        ('"GET /language/?next={path}&a HTTP/1.1" 200', '" 200'),
        ('"GET /accounts/login/?next={quoted} HTTP/1.1" 302', '" 302'),
        ('"GET /accounts/login/?next={quoted_twice} HTTP/1.1" 302', '" 302'),
        ("Not Found: /{path}", "Not Found: /"),
    ],
)
@pytest.mark.parametrize("change", [str, str.upper, lambda path: path.replace("/", "//")])
def test_token_in_a_path_is_not_logged(path, line, shown, change):
    path = change(path)
    quoted = quote(path, safe="")
    text = line.format(path=path, quoted=quoted, quoted_twice=quote(quoted, safe=""))
    try:
        raise ValueError(text)
    except ValueError:
        record = logging.LogRecord("gunicorn.error", logging.ERROR, __file__, 1, "%s", (text,), sys.exc_info())

    formatted = formatted_by_console(record)

    assert "secret" not in formatted.lower()
    assert formatted.count("[redacted]") >= 2
    assert shown in formatted
    assert "ValueError" in formatted


@pytest.mark.parametrize("path", SECRET)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.django_db
def test_token_of_a_refused_request_is_not_logged(client, caplog, path, method):
    client.handler.enforce_csrf_checks = True
    response = getattr(client, method)(path)

    assert response.status_code >= 300
    assert all("secret" not in formatted_by_console(record) for record in caplog.records)


def formatted_by_console(record: logging.LogRecord) -> str:
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    assert console.filter(record)
    return console.format(record)


def test_console_and_gunicorn_logs_hide_tokens():
    import_module("tracker.wsgi")  # configures the loggers of gunicorn
    handlers = [handler for handler in logging.root.handlers if handler.get_name() == "console"]
    own = [logging.getLogger("gunicorn.access"), logging.getLogger("gunicorn.error"), *handlers]
    assert all(any(isinstance(found, Redaction) for found in each.filters) for each in own)
    assert logging.getLogger("django").handlers == logging.getLogger("django.server").handlers == []
    assert logging.getLogger("django.server").propagate


@pytest.mark.parametrize(
    "text", ["Not Found: /people/", "/reminders/answers", "/reminders/", "a\nb", "", "/accounts/password/reset/"]
)
def test_other_lines_are_not_changed(text):
    assert Redaction(settings.SECRET_PATHS).redact(text) == text
