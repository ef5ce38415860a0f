"""Caches that pages can do without: while the server or the disk is away they answer as an empty cache does that stores everything.

The cache only counts attempts, so people sign in uncounted meanwhile. After an error nothing asks the server for `PAUSE` seconds: a page
waits for a server that hangs at most once.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE = 10


class _SoftCache:
    """Answer in place of a backend that fails. Comes before the backend in the list of base classes."""

    away_until: ClassVar[dict[str, float]] = {}
    """The moment until which each location is left alone, for all threads of this process."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        self._location = location
        with suppress(OSError):  # a folder that cannot be created now
            super().__init__(location, params)  # type: ignore[call-arg] # the backend's

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._or_else(True, super().add, key, value, timeout, version)  # type: ignore[misc]

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._or_else(default, super().get, key, default, version)  # type: ignore[misc]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._or_else(None, super().set, key, value, timeout, version)  # type: ignore[misc]

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._or_else(False, super().touch, key, timeout, version)  # type: ignore[misc]

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._or_else(False, super().delete, key, version)  # type: ignore[misc]

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._or_else(False, super().has_key, key, version)  # type: ignore[misc]

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._or_else(delta, super().incr, key, delta, version)  # type: ignore[misc]

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return self._or_else({}, super().get_many, keys, version)  # type: ignore[misc]

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return self._or_else([], super().set_many, data, timeout, version)  # type: ignore[misc]

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._or_else(None, super().delete_many, keys, version)  # type: ignore[misc]

    def clear(self) -> None:
        self._or_else(None, super().clear)  # type: ignore[misc]

    def _or_else(self, answer: Any, method: Callable[..., Any], *args: Any) -> Any:
        """Return what the backend's method returns; `answer` if it fails or has failed within the pause."""
        if monotonic() < self.away_until.get(self._location, 0):
            return answer
        try:
            return method(*args)
        except (OSError, RedisError) as error:
            self.away_until[self._location] = monotonic() + PAUSE
            log.warning("The cache is away, so attempts to sign in are not counted: %s", error)
            return answer


class SoftRedisCache(_SoftCache, RedisCache):
    """Keep the cache in Redis. Set short timeouts in OPTIONS."""


class SoftFileCache(_SoftCache, FileBasedCache):
    """Keep the cache in files."""
