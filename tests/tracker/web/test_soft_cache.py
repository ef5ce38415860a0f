"""Test that a cache whose server or disk is away answers as an empty one that stores everything."""

import shutil
from typing import Any

import pytest
from django.core.cache import cache
from redis import Redis

from tests import servers
from tracker.web import soft_cache

KEY, WAIT = "tests:soft", soft_cache.PAUSE + 1


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    times = [1000.0]
    monkeypatch.setattr(soft_cache, "monotonic", lambda: times[-1])
    return times


@pytest.fixture
def file_cache(settings, tmp_path):
    """A cache whose folder cannot be created while there is a file of that name."""
    location = tmp_path / "cache"
    settings.CACHES = {"default": {"BACKEND": "tracker.web.soft_cache.SoftFileCache", "LOCATION": str(location)}}
    return location


def answers(cache: Any) -> dict[str, object]:
    return {
        "add": cache.add(KEY, 1),
        "get": cache.get(KEY, "default"),
        "set": cache.set(KEY, 1),
        "touch": cache.touch(KEY),
        "delete": cache.delete(KEY),
        "has_key": cache.has_key(KEY),
        "incr": cache.incr(KEY),
        "get_many": cache.get_many([KEY]),
        "set_many": cache.set_many({KEY: 1}),
        "delete_many": cache.delete_many([KEY]),
        "clear": cache.clear(),
    }


AS_EMPTY = {
    "add": True,
    "get": "default",
    "set": None,
    "touch": False,
    "delete": False,
    "has_key": False,
    "incr": 1,
    "get_many": {},
    "set_many": [],
    "delete_many": None,
    "clear": None,
}


@pytest.mark.parametrize("is_file", [True, False])
def test_every_answer_is_that_of_an_empty_cache(settings, tmp_path, clock, is_file):
    (blocked := tmp_path / "blocked").write_text("")
    settings.CACHES = {
        "default": {"BACKEND": "tracker.web.soft_cache.SoftFileCache", "LOCATION": str(blocked / "cache")}
        if is_file
        else {"BACKEND": "tracker.web.soft_cache.SoftRedisCache", "LOCATION": "redis://127.0.0.1:2"}
    }
    cache.add(KEY, 1)

    assert answers(cache) == AS_EMPTY


def test_cache_is_asked_again_after_the_pause(file_cache, clock, caplog):
    file_cache.write_text("")
    cache.set(KEY, 1)
    file_cache.unlink()
    cache.set(KEY, 2)
    during = cache.get(KEY)
    clock.append(clock[-1] + WAIT)
    cache.set(KEY, 3)

    assert (during, cache.get(KEY)) == (None, 3)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "The cache is away, so attempts to sign in are not counted"
    ]


@pytest.mark.skipif(not shutil.which("redis-server"), reason="Redis is not installed (on Debian: redis-server)")
def test_full_redis_takes_values_again_when_it_has_room(settings, clock):
    with servers.redis() as url, Redis.from_url(url) as server:
        settings.CACHES = {"default": {"BACKEND": "tracker.web.soft_cache.SoftRedisCache", "LOCATION": url}}
        server.config_set("maxmemory", 1)
        while_full = (cache.add(KEY, 1), cache.add(KEY, 1))
        server.config_set("maxmemory", 0)
        clock.append(clock[-1] + WAIT)

        assert while_full == (True, True)
        assert (cache.add(KEY, 1), cache.add(KEY, 1)) == (True, False)


def test_settings_use_these_backends(settings):
    """With short timeouts for Redis: a page waits for its cache once."""
    (configured,) = settings.CACHES.values()

    assert configured["BACKEND"].startswith("tracker.web.soft_cache.")
    if "Redis" in configured["BACKEND"]:
        assert configured["OPTIONS"] == {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
