"""GET reads and never saves: no page that is opened writes anything, takes a lock or begins a transaction (which locks SQLite)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import personas
from tests.admin_site.conftest import records  # noqa: F401 - a fixture
from tests.admin_site.forms import page as admin_page
from tests.admin_site.test_admin_site import REGISTERED
from tests.test_permissions import READ, address, client_of, create_world

_WRITES = re.compile(r"\b(FOR (NO KEY )?(UPDATE|SHARE)|BEGIN|SAVEPOINT|INSERT INTO|UPDATE|DELETE FROM)\b")


def writes(client, where, **query):
    """Return what a GET of that address does to the database beside reading. The audit trail may record a refusal or a download."""
    with CaptureQueriesContext(connection) as queries:
        client.get(where, query)
    statements = [query["sql"] for query in queries if not query["sql"].startswith('INSERT INTO "audit_auditentry"')]
    return [sql[:200] for sql in statements if _WRITES.search(sql)]


@pytest.mark.parametrize("person", ["own", "coordinator"])
def test_opening_a_page_locks_nothing(db, person):
    world = create_world()
    client = client_of(world, person)

    found = {route: writes(client, address(world, route)) for route in READ}

    assert {route: statements for route, statements in found.items() if statements} == {}


@pytest.mark.parametrize("label", REGISTERED)
def test_opening_a_page_of_the_admin_site_locks_nothing(client, admin, records, label):  # noqa: F811
    record = records(1)[label]
    personas.sign_in(client, admin)
    pages = [admin_page(label, "changelist"), *(admin_page(label, name, record.pk) for name in ("change", "history"))]

    assert [writes(client, where) for where in pages] == [[], [], []]


@pytest.mark.parametrize("path", ["password/change/", "reauthenticate/", "logout/", "2fa/"])
def test_opening_a_page_of_ones_account_locks_nothing(client, focal_point, path):
    personas.sign_in(client, focal_point)

    assert writes(client, f"/accounts/{path}") == []


def test_the_rule_itself_finds_what_it_should():
    assert _WRITES.search('SELECT 1 FROM "a" FOR NO KEY UPDATE OF "a"')
    assert _WRITES.search('UPDATE "a" SET "b" = 1')
    assert not _WRITES.search('SELECT "a"."updated" FROM "a"')
