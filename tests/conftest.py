"""Fixtures that every test may use: people of the network, a browser, an SMTP server, a real Celery worker."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import servers
from tests.personas import (  # noqa: F401
    admin,
    as_admin,
    as_coordinator,
    as_focal_point,
    coordinator,
    focal_point,
    other_focal_point,
    visitor,
)

# How long an example takes says more of what else the machine does than of the tracker.
hypothesis.settings.register_profile("tracker", deadline=None)
hypothesis.settings.load_profile("tracker")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out the tests that use no database: they have run on SQLite."""
    if connection.vendor == "sqlite":
        return
    uses_database = {
        item: item.get_closest_marker("django_db")
        or {"db", "transactional_db"} & set(getattr(item, "fixturenames", []))
        for item in items
    }
    config.hook.pytest_deselected(items=[item for item in items if not uses_database[item]])
    items[:] = [item for item in items if uses_database[item]]


PATIENCE = 15_000
"""Milliseconds that a page may take for anything: a busy machine is no fault."""
expect.set_options(timeout=PATIENCE)
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[servers.Mailbox]:
    """A real SMTP server on loopback, which the tracker of this process sends its mail to."""
    with servers.smtp() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, _, port = mailbox.url.removeprefix("smtp://").partition(":")
        settings.EMAIL_PORT = int(port)
        yield mailbox


@pytest.fixture
def celery_worker_process(transactional_db: None, smtp_server: servers.Mailbox) -> Iterator[Path]:
    """A real Celery worker on the test's database and broker, which mails to `smtp_server`; the path of its log."""
    current_app.control.purge()
    with servers.celery_worker(worker_environment() | {"EMAIL_URL": smtp_server.url}) as log:
        yield log


def worker_environment() -> dict[str, str]:
    """The environment in which another process of the tracker sees this test's database, broker and data folder."""
    server = "sqlite://" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    return {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATA": str(django_settings.DATA_DIR),
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "CELERY_BROKER_URL": django_settings.CELERY_BROKER_URL,
    }


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; one for all tests of this process."""
    executable = servers.find_chromium()
    assert executable, "Chromium is not installed (on Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Makes a page of its own session on the running tracker: `new_page(user)` signed in, `new_page()` as a visitor.

    Further arguments are those of Playwright's `new_context`, such as `viewport`, `color_scheme`, `java_script_enabled`.
    The test fails when a script failed or the content security policy had to step in.
    """
    contexts = []
    complaints: list[str] = []

    def make(user: Any = None, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A visitor's page on the running tracker."""
    return new_page()
