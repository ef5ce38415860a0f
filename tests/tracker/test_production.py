"""Test that production does not start with an insecure or missing setting, and that the message shows no secret."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT
from tracker.production import EXAMINATIONS, faults

SECURE = {
    "SECRET_KEY": "Zq3" * 5 + "vT7_bN1-xK9wR5mD2hF8cJ4gL6pS0aQyUeIoWzXk",
    "BASE_URL": "https://tracker.example.org",
    "ALLOWED_HOSTS": "tracker.example.org",
    "DATABASE_URL": "postgres://tracker:hush@db/tracker",
    "CELERY_BROKER_URL": "redis://:hush@redis:6379/0",
    "EMAIL_URL": "smtp+tls://tracker:hush@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Tracker <tracker@example.org>",
}


def run(environment: dict[str, str], folder: object, *command: str) -> "subprocess.CompletedProcess[str]":
    of_tests = {*EXAMINATIONS, "TRACKER_MODE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    clean = {name: value for name, value in os.environ.items() if name not in of_tests}
    settings = {"TRACKER_MODE": "production", "TRACKER_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tracker.settings"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=clean | settings | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_secure_environment_has_no_faults():
    assert faults(SECURE) == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SECRET_KEY", "", "is missing"),
        ("SECRET_KEY", "short", "is shorter than 50 characters"),
        ("SECRET_KEY", "django-insecure-" + "abcdefghij" * 5, "is for development only"),
        ("SECRET_KEY", "ab" * 30, "repeats the same few characters"),
        ("BASE_URL", "", "is missing"),
        ("BASE_URL", "http://tracker.example.org", "does not begin with https://"),
        ("BASE_URL", "https://", "does not begin with https:// and a host name"),
        ("BASE_URL", "https://[", "does not begin with https:// and a host name"),
        ("ALLOWED_HOSTS", " , ", "is missing"),
        ("ALLOWED_HOSTS", "tracker.example.org,*", "allows every host"),
        ("ALLOWED_HOSTS", "another.example.org", "does not allow the host of BASE_URL"),
        ("DATABASE_URL", "", "is missing"),
        ("DATABASE_URL", "sqlite:////var/lib/tracker.sqlite3", "is not that of a PostgreSQL server"),
        ("DATABASE_URL", "postgres://tracker:hush@db", "names no database"),
        ("CELERY_BROKER_URL", "", "is missing"),
        ("CELERY_BROKER_URL", "filesystem://", "is not that of a Redis server"),
        ("CACHE_URL", "locmem://", "is not that of a Redis server"),
        ("EMAIL_URL", "", "is missing"),
        ("EMAIL_URL", "consolemail://", "is not that of an SMTP server"),
        ("EMAIL_URL", "smtp://tracker:hush@mail.example.org:x", "is not that of an SMTP server"),
        ("EMAIL_URL", "smtp://tracker:hush@mail.example.org", "sends its password unencrypted"),
        ("DEFAULT_FROM_EMAIL", "", "is missing"),
        ("DEFAULT_FROM_EMAIL", "tracker@localhost", "has no address that other mail servers accept"),
        ("PROXY_COUNT", "one", "is not a number"),
    ],
)
def test_insecure_setting_is_reported_with_advice(name, value, message):
    messages = faults(SECURE | {name: value})

    assert len(messages) == 1
    assert messages[0].startswith(f"{name} {message}")
    assert "; " in messages[0]


def test_host_with_a_leading_full_stop_allows_subdomains():
    assert faults(SECURE | {"ALLOWED_HOSTS": ".example.org"}) == []


@pytest.mark.parametrize(
    "url", ["smtp://relay:25", "smtps://tracker:hush@mail:587", "smtp+ssl://tracker:hush@mail:465"]
)
def test_mail_server_may_have_no_password_or_be_encrypted(url):
    assert faults(SECURE | {"EMAIL_URL": url}) == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "31536000 True True"),
        ({"HSTS_PRELOAD": "no"}, "31536000 True False"),
        ({"HSTS_SUBDOMAINS": "no"}, "31536000 False False"),
    ],
    ids=str,
)
def test_hsts_includes_subdomains_unless_switched_off(tmp_path, environment, expected):
    code = (
        "from tracker import settings as s; "
        "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    )

    assert run(SECURE | environment, tmp_path, "-c", code).stdout.strip() == expected


def test_no_process_starts_with_an_empty_environment(tmp_path):
    web = run({}, tmp_path, "-c", "import tracker.wsgi")
    worker = run({}, tmp_path, "-m", "celery", "-A", "tracker", "report")
    command = run({}, tmp_path, "manage.py", "migrate")

    optional = {"SECOND_FACTOR_KEY", "CACHE_URL", "CONTACT_EMAIL", "BOUNCE_ADDRESS", "PROXY_COUNT"}
    required = [name for name in EXAMINATIONS if name not in optional]
    for process in (web, worker, command):
        assert process.returncode != 0
        output = process.stdout + process.stderr
        assert [name for name in required if f"- {name} is missing; " in output] == required
    assert "Traceback" not in command.stderr
    assert list(tmp_path.iterdir()) == []


def test_message_lists_every_fault_and_no_secret(tmp_path):
    insecure = {
        "SECRET_KEY": "my-little-hush",
        "BASE_URL": "http://tracker.example.org",
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": "mysql://tracker:hush@db/tracker",
        "CELERY_BROKER_URL": "amqp://tracker:hush@queue/",
        "EMAIL_URL": "filemail:///hush",
        "DEFAULT_FROM_EMAIL": "tracker",
    }

    output = run(insecure, tmp_path, "manage.py", "check").stderr

    assert [name for name in insecure if f"  - {name} " in output] == list(insecure)
    assert "hush" not in output


def test_deployment_check_passes_with_a_secure_environment(tmp_path):
    checked = run(SECURE, tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.strip() == "System check identified no issues (0 silenced)."


def test_production_counts_attempts_in_redis_by_the_address_that_the_proxy_reports(tmp_path):
    code = "from tracker import settings as s; print(s.CACHES['default']['LOCATION'], s.ALLAUTH_TRUSTED_PROXY_COUNT)"

    default = run(SECURE, tmp_path, "-c", code).stdout.split()
    chosen = run(SECURE | {"CACHE_URL": "redis://redis/1", "PROXY_COUNT": "2"}, tmp_path, "-c", code).stdout.split()

    assert default == ["redis://:hush@redis:6379/0", "1"]
    assert chosen == ["redis://redis/1", "2"]
