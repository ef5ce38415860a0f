"""Fixtures for all tests: people of the network, a browser, an SMTP server, a real Celery worker."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
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

# No deadline: the time that an example takes depends on the load of the machine. Half of the usual examples keep the whole run short.
hypothesis.settings.register_profile("tracker", deadline=None, max_examples=50)
hypothesis.settings.load_profile("tracker")


WAITING = ("test_frozen_database.py", "test_backup.py", "test_start.py")
"""Modules that mostly wait for processes of their own. They run first, so that the other tests use that time."""


LONG = ("test_every_page.py", "test_real_year.py", "test_page_size.py", "test_page_weight.py")
"""Modules with tests of many seconds. They begin early, so that no process works on one of them while the others have finished."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what waits and what is long first. On PostgreSQL leave out the tests that use no database: they have run on SQLite."""
    waiting = [item for item in items if item.path.name in WAITING and not item.get_closest_marker("django_db")]
    long = [item for item in items if item.path.name in LONG]
    first = {*waiting, *long}
    items[:] = [*waiting, *long, *(item for item in items if item not in first)]
    if connection.vendor == "sqlite":
        return
    uses_database = {
        item: item.get_closest_marker("django_db")
        or {"db", "transactional_db"} & set(getattr(item, "fixturenames", []))
        or issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
        for item in items
    }
    config.hook.pytest_deselected(items=[item for item in items if not uses_database[item]])
    items[:] = [item for item in items if uses_database[item]]


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking through the thousands of collected tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep the rows that other fixtures of the module create until its last test; each test undoes only its own changes.

    For modules in which every test that uses the database needs these rows.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def rows_deleted_one_by_one() -> Iterator[None]:
    """Delete the few rows of a test that commits. TRUNCATE makes new files for all tables and indexes, and what Django creates once,
    content types and permissions, would have to be created after each of these tests.
    """

    def delete_rows(_case: Any) -> None:
        existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
        kept = {ContentType._meta.db_table, Permission._meta.db_table}
        tables = [connection.ops.quote_name(name) for name in existing if name not in kept]
        deletions = [f"DELETE FROM {table}" for table in tables]
        if connection.vendor == "postgresql":  # wait for what a killed worker had begun to write
            deletions.insert(0, f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        connection.ops.execute_sql_flush(deletions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_rows)
        yield


PATIENCE = 15_000
"""Milliseconds that the browser waits for a page or an element, enough for a busy machine."""
expect.set_options(timeout=PATIENCE)
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@pytest.fixture(autouse=True)
def english() -> None:
    """Begin each test in English: the last request of another test leaves its language in this thread."""
    translation.activate("en")


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[servers.Mailbox]:
    """Run an SMTP server on loopback, to which the tracker of this process sends its mail."""
    with servers.smtp() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, _, port = mailbox.url.removeprefix("smtp://").partition(":")
        settings.EMAIL_PORT = int(port)
        yield mailbox


@pytest.fixture
def celery_worker_process(transactional_db: None, smtp_server: servers.Mailbox) -> Iterator[Path]:
    """Run a Celery worker on the test's database and broker, which mails to `smtp_server`; yield the path of its log."""
    current_app.control.purge()
    with servers.celery_worker(worker_environment() | {"EMAIL_URL": smtp_server.url}) as log:
        yield log


def worker_environment() -> dict[str, str]:
    """Return the environment for another process of the tracker: this test's database, broker and data folder."""
    server = "sqlite://" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    return {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATA": str(django_settings.DATA_DIR),
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "CELERY_BROKER_URL": django_settings.CELERY_BROKER_URL,
    }


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run one headless Chromium for all tests of this process."""
    executable = servers.find_chromium()
    assert executable, "Chromium is not installed (on Debian: apt-get install chromium-headless-shell)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open pages of separate sessions on the running tracker: `new_page(user)` signed in, `new_page()` as a visitor.

    Further arguments are those of Playwright's `new_context`, such as `viewport`, `color_scheme`, `java_script_enabled`.
    The test fails if a script failed or violated the content security policy.
    """
    contexts = []
    errors: list[str] = []

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
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Open a visitor's page on the running tracker."""
    return new_page()
