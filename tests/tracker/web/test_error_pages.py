"""Test that each failed request gets a page that needs neither user nor database, and one line in the log."""

import io
import logging
import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.signals import request_started
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
)
from django.http import UnreadablePostError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from tests.servers import ROOT, free_port, wait_until
from tracker.embedded.processes import start_child, stop_child
from tracker.web.error_pages import is_outage
from tracker.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_connection")]
TOKEN = "a" * 32
FIELD = f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'


@pytest.fixture
def open_connection():
    """Keep the test's connection to the database while its requests begin."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def call(caplog: Any, **environ: Any) -> tuple[int, str, list[str]]:
    """Send a request to the WSGI application. Return the status, the page and the log lines."""
    body = environ.pop("body", "").encode()
    given = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": "/accounts/login/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "tracker.example.org",
        "HTTP_COOKIE": f"csrftoken={TOKEN}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    } | environ
    status = []
    caplog.clear()
    page = b"".join(
        application(
            {name: value for name, value in given.items() if value is not None},
            lambda line, headers: status.append(line),
        )
    )
    return int(status[0].split()[0]), page.decode(), logged(caplog.records)


def logged(records: list[logging.LogRecord]) -> list[str]:
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    return [line for record in records if console.filter(record) for line in console.format(record).splitlines()]


@pytest.fixture(params=[["*"], ["tracker.example.org"]], ids=["embedded", "production"])
def hosts(request, settings):
    settings.ALLOWED_HOSTS = request.param


@pytest.mark.one_database  # refused before anything uses the database
@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize("host", ["a b", "[::1", "x/..", "", "\xff\xfe", "a,b", "tracker.example.org:x", "@"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/"])
def test_malformed_host_is_refused(caplog, host, path):
    status, page, lines = call(caplog, HTTP_HOST=host, PATH_INFO=path)

    assert (status, len(lines)) == (400, 1)
    assert "The tracker is not reached under this address." in page


@pytest.mark.parametrize("host", ["another.example.org", "127.0.0.1", None])
def test_unknown_or_missing_host_is_refused_in_production(caplog, settings, host):
    settings.ALLOWED_HOSTS = ["tracker.example.org"]

    status, page, lines = call(caplog, HTTP_HOST=host)

    assert (status, len(lines)) == (400, 1)
    assert "The tracker is not reached under this address." in page


CHARSETS = [
    "rot13",
    "hex",
    "undefined",
    "idna",
    "utf-7",
    "utf-16",
    "unicode_escape",
    "zip",
    "latin-1",
    "nowhere",
    "\xff",
]


@pytest.mark.one_database  # refused before anything uses the database
@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("query", ["", "next=/a%ff"])
def test_charset_other_than_utf_8_is_refused(caplog, charset, query):
    for content_type, body in [
        ("multipart/form-data; boundary=x", f"{FIELD}--x--\r\n"),
        ("application/x-www-form-urlencoded", f"csrfmiddlewaretoken={TOKEN}"),
        ("text/plain", ""),
    ]:
        content_type = f"{content_type}; charset={charset}"
        status, page, lines = call(caplog, CONTENT_TYPE=content_type, body=body, QUERY_STRING=query)

        assert (status, len(lines)) == (400, 1)
        assert "Nothing was changed" in page


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "us-ascii", '"utf-8"'])
def test_form_in_utf_8_arrives(caplog, charset):
    content_type = f"multipart/form-data; boundary=x; charset={charset}"

    status, page, lines = call(caplog, CONTENT_TYPE=content_type, body=f"{FIELD}--x--\r\n")

    assert (status, lines) == (200, [])
    assert "This is needed" in page


MANY_FILES = f'{FIELD}--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n1\r\n' * 101


@pytest.mark.one_database  # refused before anything uses the database
@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("multipart/form-data", FIELD, "Nothing was changed"),
        ("multipart/form-data; boundary=", FIELD, "Nothing was changed"),
        ("multipart/form-data; boundary=\xff", FIELD, "Nothing was changed"),
        (f"multipart/form-data; boundary={'a' * 500}", FIELD, "Nothing was changed"),
        ("multipart/form-data; boundary=x; a*=nowhere''b", FIELD, "Nothing was changed"),
        ("multipart/form-data; boundary=x", f"{MANY_FILES}--x--\r\n", "send less of it"),
        ("application/x-www-form-urlencoded", "&".join(["a=1"] * 1001), "send less of it"),
        ("application/x-www-form-urlencoded", "a=" + "b" * 5_300_000, "send less of it"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_form_that_cannot_be_read_is_refused(caplog, content_type, body, words):
    status, page, lines = call(caplog, CONTENT_TYPE=content_type, body=body)

    assert (status, len(lines)) == (400, 1)
    assert words in page


@pytest.mark.parametrize("content_type", ["", "text/plain; charset=utf-8"])
@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_query_with_too_many_fields_is_refused(caplog, content_type, path):
    query = "&".join("a" * 1001)

    status, page, lines = call(caplog, PATH_INFO=path, QUERY_STRING=query, CONTENT_TYPE=content_type)

    assert (status, len(lines)) == (400, 1)
    assert "send less of it" in page


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000aaaaaaaaaa"', 'django_language="\\000"', "sessionid=\xff\xfe", ";;=;"]
)
@pytest.mark.parametrize(("path", "expected"), [("/accounts/login/", 200), ("/", 302), ("/nowhere/", 404)])
def test_unreadable_cookie_is_ignored(caplog, cookie, path, expected):
    status, _, lines = call(caplog, HTTP_COOKIE=cookie, PATH_INFO=path)

    assert status == expected
    assert len(lines) == (expected == 404)


def test_form_that_breaks_off_is_answered_with_400(caplog):
    class Broken(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise OSError("The connection broke off")

    status, _, lines = call(
        caplog,
        HTTP_COOKIE="",
        PATH_INFO="/unsubscribe/1/x/",
        CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH="9",
        body="x" * 9,
        **{"wsgi.input": Broken()},
    )

    assert 400 <= status < 500
    assert len(lines) <= 1


class Failing:
    """Fail before or after the view."""

    error: Exception = OperationalError("could not connect to server\n\tIs it running?")

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        raise self.error


class FailingTwice(Failing):
    def __call__(self, request: Any) -> Any:
        self.get_response(request)
        raise self.error


@pytest.mark.parametrize("middleware", ["Failing", "FailingTwice"])
@pytest.mark.parametrize(
    ("error", "status", "lines"),
    [
        (OperationalError("could not connect\n\tIs it running?"), 503, 1),
        (InterfaceError("connection already closed"), 503, 1),
        (UnreadablePostError("broken off"), 400, None),
        (ProgrammingError("no such column"), 500, None),
        (ValueError("a mistake"), 500, None),
    ],
    ids=repr,
)
def test_status_distinguishes_outages_from_errors(caplog, settings, monkeypatch, middleware, error, status, lines):
    monkeypatch.setattr(Failing, "error", error)
    settings.MIDDLEWARE = [f"{__name__}.{middleware}", f"{__name__}.Failing"]

    response = Client(raise_request_exception=False).get("/")

    assert response.status_code == status
    assert b"<h1>" in response.content
    assert lines is None or len(logged(caplog.records)) == lines


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError(), True),
        (InterfaceError(), True),
        (DatabaseError("Forced update did not affect any rows."), False),
        (IntegrityError(), False),
        (ProgrammingError(), False),
        (OSError(), False),
    ],
    ids=repr,
)
def test_outage_is_recognised_by_the_error_of_the_driver(error, expected):
    assert is_outage(error) is expected


@pytest.mark.one_database
@pytest.mark.parametrize("mode", ["embedded", "production"])
def test_without_database_every_page_is_unavailable_with_one_line_in_the_log(tmp_path, mode):
    (tmp_path / "data" / "no-file.sqlite3").mkdir(parents=True)
    environment = {
        "embedded": {"DATABASE_URL": f"sqlite:///{tmp_path}/data/no-file.sqlite3"},
        "production": {
            "DATABASE_URL": f"postgres://tracker@127.0.0.1:{free_port()}/tracker",
            "SECRET_KEY": "Zq3vT7_bN1-xK9wR5mD2hF8cJ4gL6pS0aQyUeIoWzXk" * 2,
            "BASE_URL": "https://tracker.example.org",
            "ALLOWED_HOSTS": "tracker.example.org",
            "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "DEFAULT_FROM_EMAIL": "tracker@example.org",
        },
    }[mode]
    environment |= {
        "TRACKER_MODE": mode,
        "TRACKER_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--access-logfile", "-"]
    with log.open("wb") as output:
        server = start_child(command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: b"Booting worker" in log.read_bytes(), "gunicorn")
            began = len(log.read_text())
            paths = [
                "/",
                "/accounts/login/",
                "/agendas/2005/",
                "/admin/",
                "/nowhere/",
                "/search/?q=a",
                "/reminders/answers/secret/",
            ]
            answers = [get(port, path) for path in paths]
        finally:
            stop_child(server)

    assert [status for status, _ in answers] == [503] * len(paths)
    assert all("The tracker is not available just now" in page for _, page in answers)
    lines = re.findall("^.* (?:ERROR|WARNING) .*$|^Traceback.*$", log.read_text()[began:], re.MULTILINE)
    assert len(lines) == len(paths)
    assert "secret" not in log.read_text()
    assert log.read_text().count("/reminders/answers/[redacted]") == 2


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    session = {"Host": "tracker.example.org", "X-Forwarded-Proto": "https", "Cookie": f"sessionid={TOKEN}"}
    connection.request("GET", path, headers=session)
    response = connection.getresponse()
    return response.status, response.read().decode()


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html"])
@pytest.mark.parametrize("user", [None, AnonymousUser()], ids=["no user", "visitor"])
def test_page_of_an_error_is_rendered_without_a_user(template, user):
    request = RequestFactory().get("/")
    if user:
        request.user = user

    assert "<h1>" in render_to_string(template, {}, request)
