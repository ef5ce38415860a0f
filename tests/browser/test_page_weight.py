"""Tests of the number of requests and bytes of a visit."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import override_settings
from playwright.sync_api import Browser

from tests.browser.test_every_page import PATHS, people  # noqa: F401 # a fixture
from tests.conftest import PATIENCE
from tracker import settings as production_settings

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a page weighs does not depend on the database
]

MAX_REQUESTS = 15
MAX_VISIT_BYTES = 120_000


class QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def collected_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect and compress the static files as in production, but for those of the admin site."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES=production_settings.STORAGES, STATIC_ROOT=folder):
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["admin"])
    return folder


@pytest.fixture
def server_address(transactional_db: None, collected_files: Path, settings: Any) -> Iterator[str]:
    """Serve pages and static files as in production."""
    settings.STORAGES = production_settings.STORAGES
    settings.STATIC_ROOT = collected_files
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietRequestHandler)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def visit(browser: Browser, address: str, language: str) -> list[tuple[str, int]]:
    """Open the page in a new browser session; return the address and the bytes of each response that came over the wire."""
    context = browser.new_context(extra_http_headers={"Accept-Language": language})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    addresses: dict[str, str] = {}
    responses: list[tuple[str, int]] = []
    network.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    network.on(
        "Network.loadingFinished",
        lambda event: responses.append((addresses[event["requestId"]], int(event["encodedDataLength"]))),
    )
    page.goto(address, wait_until="networkidle")
    context.close()
    return [(url, size) for url, size in responses if size]


VISITS = [
    *itertools.product(["ru"], ["", "dashboard/", "action-points/"]),
    ("en", ""),
    ("ar", "dashboard/"),
    ("zh-hans", "action-points/"),
]
"""Languages and pages. Russian weighs most: it has a font of its own. The others load on each page what they load on one."""


def test_first_visit_is_small(browser, server_address, people):  # noqa: F811
    for language, page in VISITS:
        responses = visit(browser, f"{server_address}/agendas/2005/{page}", language)

        assert len(responses) <= MAX_REQUESTS, responses
        assert sum(size for _url, size in responses) <= MAX_VISIT_BYTES, responses


def test_second_visit_loads_only_the_page(browser, server_address, people):  # noqa: F811
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server_address}/agendas/2005/", wait_until="networkidle")
    requested: list[str] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: requested.append(event) if event["encodedDataLength"] else None)
    page.goto(f"{server_address}/agendas/2005/issues/3/", wait_until="networkidle")
    context.close()

    assert len(requested) == 1
