"""Who writes waits for others; who reads waits for nobody, and lets nobody wait."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

Row = TypeVar("Row", bound=Model)


def atomic_post(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """POST is one transaction. GET is none: on SQLite a transaction alone would keep all writers waiting."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return inner


def locked_by_post(request: HttpRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """These rows, locked until the transaction ends where the request is a POST. Others may still refer to them."""
    return rows.select_for_update(of=("self",), no_key=True) if request.method == "POST" else rows
