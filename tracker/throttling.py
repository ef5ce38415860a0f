"""What costs much is made for visitors only so often a minute, so that none of them keeps the tracker from working for the others."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_network
from time import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from redis.exceptions import RedisError

View = Callable[..., HttpResponseBase]
_MINUTE = 60


def throttled_for_visitors(what: str) -> Callable[[View], View]:
    """Of all views with the same `what` a visitor may open VISITORS_A_MINUTE[what] from an address; the next is answered with 429.
    Signed-in people are not counted, and nobody is while the cache is gone.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_too_often(request, what):
                limit = {"limit": settings.VISITORS_A_MINUTE[what]}
                answer = render(request, "429_of_visitors.html", limit, status=HTTPStatus.TOO_MANY_REQUESTS)
                answer["Retry-After"] = str(_MINUTE)
                return answer
            return view(request, *args, **kwargs)

        return inner

    return decorated


def is_too_often(request: HttpRequest, what: str) -> bool:
    """Counts this one. Never for signed-in people."""
    if request.user.is_authenticated:
        return False
    return _counted(what, _address(request)) > int(settings.VISITORS_A_MINUTE[what])


def _counted(what: str, address: str) -> int:
    """How many there were of this address in this minute, this one included."""
    key = f"visits:{what}:{sha256(address.encode()).hexdigest()}:{int(time()) // _MINUTE}"
    with suppress(OSError, RedisError, ValueError):  # ValueError: the minute was over in between
        cache.add(key, 0, 2 * _MINUTE)
        return cache.incr(key)
    return 0


def _address(request: HttpRequest) -> str:
    """As the last proxy names it. Who has an address of IPv6 has 2⁶⁴."""
    address: str = get_adapter().get_client_ip(request)
    if ":" in address:
        with suppress(ValueError):
            return str(ip_network(f"{address}/64", strict=False))
    return address
