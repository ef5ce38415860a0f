"""Pages are made once, and shown until something changes: making them is what costs, and most readers see what others have just seen."""

from contextlib import suppress
from functools import cache as once
from hashlib import sha256
from typing import Generic, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone, translation
from redis.exceptions import RedisError

Made = TypeVar("Made")

SECONDS = 600
"""So long at most a page is kept, changed or not. Only its latest state is."""


class Memory(Generic[Made]):
    """What was made last for these words, in this language and time zone. A cache that is gone is a cache that is empty.

    Whatever the page depends on and the stamp does not say must be among the words: the day, and who may see what.
    """

    def __init__(self, stamp: str, *words: object, where: str = "default") -> None:
        """`stamp` is one of `stamps()`: that of the choices where nothing shows of action points, but what they can be filtered by.
        `where` is "near" for what each process should make for itself rather than fetch.
        """
        named = "\n".join([*map(str, words), translation.get_language() or "", timezone.get_current_timezone_name()])
        self._key = f"shown:{_release()}:{sha256(named.encode()).hexdigest()}"
        self._stamp, self._cache = stamp, caches[where]
        self.made: Made | None = None
        with suppress(OSError, RedisError):
            kept_stamp, made = self._cache.get(self._key) or ("", None)
            if kept_stamp == self._stamp:
                self.made = made

    def keep(self, made: Made) -> Made:
        with suppress(OSError, RedisError):
            self._cache.set(self._key, (self._stamp, made), SECONDS)
        return made


@once
def _release() -> str:
    """Differs as soon as any file that pages are made from does, so that no page of an older release is shown."""
    found = sha256()
    for folder in ("actions", "issues", "tracker", "templates", "locale"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in {".py", ".html", ".mo"}:
                found.update(path.read_bytes())
    return found.hexdigest()[:12]
