"""Limit how often a visitor may ask for what costs much, so that none of them keeps the tracker from working for the others."""

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

View = Callable[..., HttpResponseBase]
_MINUTE = 60


def limit_visitors(action: str) -> Callable[[View], View]:
    """Answer 429 when an address asks for views with the same `action` more than VISITORS_PER_MINUTE[action] times a minute.

    Signed-in people are not counted, and nobody is while the cache is away (`tracker.web.soft_cache`).
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_over_limit(request, action):
                context = {"limit": settings.VISITORS_PER_MINUTE[action]}
                response = render(request, "429_visitor.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
                response["Retry-After"] = str(_MINUTE)
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorator


def is_over_limit(request: HttpRequest, action: str) -> bool:
    """Count the request, and return whether its address has asked too often in this minute. False for signed-in people."""
    if request.user.is_authenticated:
        return False
    return _count(action, client_network(request)) > int(settings.VISITORS_PER_MINUTE[action])


def _count(action: str, address: str) -> int:
    """Return how many requests the address has sent in this minute, with this one; 1 while the cache is away."""
    key = f"visits:{action}:{sha256(address.encode()).hexdigest()}:{int(time()) // _MINUTE}"
    with suppress(ValueError):  # the key has just expired
        cache.add(key, 0, 2 * _MINUTE)
        return cache.incr(key)
    return 0


def client_network(request: HttpRequest) -> str:
    """Return the address that the last proxy names; for IPv6 its network, because one visitor has 2⁶⁴ addresses there."""
    address: str = get_adapter().get_client_ip(request)
    if ":" in address:
        with suppress(ValueError):
            return str(ip_network(f"{address}/64", strict=False))
    return address
