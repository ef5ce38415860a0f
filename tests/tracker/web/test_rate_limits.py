"""Test the rate limits of visitors."""

import pytest

from tests import personas
from tests.actions.pages import text

SEARCH, PDF, ASK = "/search/?q=train", "/agendas/2026/note.pdf", "/agendas/2026/note/files/"


@pytest.fixture(autouse=True)
def limits(db, settings, tmp_path):
    settings.VISITORS_PER_MINUTE = {"search": 2, "note_files": 1}
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }
    personas.agenda(visible_to="everybody")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("tracker.web.rate_limits.time", lambda: 6000)


def test_visitor_over_the_limit_gets_429(client):
    responses = [client.get(SEARCH) for _ in range(3)]

    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[2].headers["Retry-After"] == "60"
    assert "you can open at most 2 of these a minute. Wait a minute and reload the page" in text(responses[2])


def test_actions_are_counted_separately(client):
    client.get(SEARCH)

    assert client.get(PDF).status_code == 200
    assert client.get(PDF).status_code == 429
    assert client.post(ASK, {"extension": "pdf"}).status_code == 429


def test_next_minute_counts_from_zero(client, monkeypatch):
    for _ in range(3):
        client.get(SEARCH)
    monkeypatch.setattr("tracker.web.rate_limits.time", lambda: 6060)

    assert client.get(SEARCH).status_code == 200


def test_signed_in_people_are_not_counted(client, focal_point):
    personas.sign_in(client, focal_point)

    assert [client.get(SEARCH).status_code for _ in range(4)] == [200] * 4


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        (["192.0.2.1", "192.0.2.1", "192.0.2.2"], 200),
        (["2001:db8::1", "2001:db8::2", "2001:db8::3"], 429),
        (["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"], 200),
    ],
    ids=str,
)
def test_addresses_are_counted_separately(client, addresses, last):
    assert [client.get(SEARCH, REMOTE_ADDR=address).status_code for address in addresses][-1] == last


def test_nobody_is_counted_while_the_cache_is_away(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "tracker.web.soft_cache.SoftRedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }

    assert [client.get(SEARCH).status_code for _ in range(4)] == [200] * 4
