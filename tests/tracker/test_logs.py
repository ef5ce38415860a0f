"""Test the lines of the log, and what is hidden in them."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from tests import personas, servers
from tests.conftest import worker_environment
from tests.servers import wait_until
from tracker.logs import JsonFormatter, Redaction, person_id, request_id


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
    assert " WARNING django.request" in console.format(record)
    assert ": Bad Request: /x" in console.format(record)
    assert ("Traceback" in console.format(record)) == has_traceback


def test_other_records_keep_their_traceback():
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    record = failed_request(None)
    del record.status_code

    assert console.filter(record)
    assert "Traceback" in console.format(record)


TOKEN = "eyJhIjoxfQ:1wPq3t:J-8_secret"
# Route parameters that are not secret. List a new one here, or add its route to SECRET_PATHS.
HARMLESS = {"slug", "number", "issue", "update", "pk", "acronym", "kind", "name", "page"}
HARMLESS_BELOW = {"/admin/": {"content_type_id", "object_id", "app_label", "url"}, "/agendas/": {"key"}}


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
    if parameters - HARMLESS - next((names for path, names in HARMLESS_BELOW.items() if route.startswith(path)), set())
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


def test_every_log_goes_through_the_one_handler_that_hides_tokens():
    console = next(handler for handler in logging.root.handlers if handler.get_name() == "console")
    own = [logging.getLogger(name) for name in ("gunicorn.access", "gunicorn.error", "django", "django.server")]

    assert any(isinstance(found, Redaction) for found in console.filters)
    assert [(logger.handlers, logger.propagate) for logger in own] == [([], True)] * 4


@pytest.mark.parametrize(
    "text", ["Not Found: /people/", "/reminders/answers", "/reminders/", "a\nb", "", "/accounts/password/reset/"]
)
def test_other_lines_are_not_changed(text):
    assert Redaction(settings.SECRET_PATHS).redact(text) == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("550 5.1.1 <ana.silva@undp.example>: no such user", "550 5.1.1 <[address]>: no such user"),
        ("Key (email)=(ana@undp.example) already exists.", "Key (email)=([address]) already exists."),
        ('"GET /search/?q=secret+words HTTP/1.1" 200', '"GET /search/?[redacted] HTTP/1.1" 200'),
        ("https://host/people/?q=ana and more", "https://host/people/?[redacted] and more"),
        (
            "no\nDETAIL:  Failing row contains (1, her\n\ntext).\n\nThe above exception",
            "no\nDETAIL:  [redacted]\n\nThe above exception",
        ),
        ("celery@worker ready. Is it?", "celery@worker ready. Is it?"),
    ],
)
def test_people_and_what_they_typed_are_hidden(text, redacted):
    assert Redaction(settings.SECRET_PATHS).redact(text) == redacted


@pytest.fixture
def request_context():
    tokens = request_id.set("req-123"), person_id.set(7)
    yield
    request_id.reset(tokens[0])
    person_id.reset(tokens[1])


BREAKS = "a\nb\rc\u2028d\x1b[31m"


def test_text_has_one_line_for_each_event_with_request_and_person(request_context):
    line = formatted_by_console(logging.LogRecord("tracker", logging.INFO, __file__, 1, BREAKS, (), None))

    assert line.endswith("INFO tracker [request req-123 person 7]: a\\nb\\rc\\u2028d\\x1b[31m")
    assert len(formatted_by_console(failed_request(500)).splitlines()) == 1


def test_json_has_one_object_for_each_event(request_context):
    formatter = JsonFormatter()
    record = failed_request(500)
    written = formatter.format(record)

    event = json.loads(written)

    assert len(written.splitlines()) == 1
    assert event["error"].startswith("Traceback")
    assert [event[name] for name in ("level", "logger", "message", "request", "person")] == [
        *("WARNING", "django.request", "Bad Request: /x", "req-123", 7)
    ]
    assert datetime.fromisoformat(event["time"]).utcoffset() == timedelta()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "accepted"), [("abc-123.4", True), ("a" * 65, False), ("a b c d", False), ("<x>", False)]
)
def test_answer_has_the_id_of_the_request(client, focal_point, sent, accepted):
    personas.sign_in(client, focal_point)

    ids = [client.get("/people/", headers={"X-Request-ID": sent})["X-Request-ID"] for _ in range(2)]

    assert [each == sent for each in ids] == [accepted] * 2
    assert person_id.get() == focal_point.pk
    if not accepted:
        assert len(set(ids)) == 2
        assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)


def test_visitor_after_a_person_is_nobody(client, db, focal_point):
    personas.sign_in(client, focal_point).get("/people/")
    client.logout()
    client.get("/people/")

    assert person_id.get() is None


@pytest.mark.django_db(transaction=True)
def test_worker_logs_with_the_id_of_the_request(client, celery_worker_process):
    person = personas.person("ana@undp.example")

    response = client.post(
        "/accounts/password/reset/", {"email": person.email}, headers={"X-Request-ID": "reset-12345"}
    )

    assert response.status_code == 302
    wait_until(
        lambda: "[request reset-12345]: Task people.send_password_resets" in celery_worker_process.read_text(), "it"
    )
    assert "ana@undp" not in celery_worker_process.read_text()


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_gunicorn_logs_each_request_on_one_line_without_its_query():
    environment = worker_environment() | {"DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_FORMAT": "json"}
    with servers.web_server(environment) as (address, log):
        request = Request(f"{address}/accounts/login/?next=/search/%3Fq=her-text", headers={"X-Request-ID": "id-12345"})
        urlopen(request, timeout=30).close()
        wait_until(lambda: "GET" in log.read_text(), "the line")
        events = [json.loads(line) for line in log.read_text().splitlines()]

    (access,) = [event for event in events if event["logger"] == "gunicorn.access"]
    assert access["message"].startswith('"GET /accounts/login/" 200 ')
    assert access["request"] == "id-12345"
    assert "her-text" not in str(events)
