"""Lock rows, and repeat what a database rolled back because two transactions stood in each other's way.

Every transaction locks rows in one order, so that no two wait for each other: people, roll-overs, agendas, reminder schedules, action
points, milestones, drafts; rows of one table by their ids. Reading never locks.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.messages.storage import default_storage
from django.db import OperationalError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

Row = TypeVar("Row", bound=Model)
Params = ParamSpec("Params")
Result = TypeVar("Result")

ROLLED_BACK = {"40001", "40P01"}
"""PostgreSQL's states of a transaction that could not be serialised, and of a deadlock."""

logger = logging.getLogger(__name__)


def for_update(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Lock these rows, and none that are joined to them, until the transaction ends. Others may still refer to them."""
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock(rows: QuerySet[Row]) -> list[Row]:
    """Lock these rows in the order of their ids, and read them. One query."""
    return list(for_update(rows))


def atomic_post(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Run a POST in one transaction. A GET gets none: on SQLite a transaction alone would make all writers wait."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return inner


def locked_by_post(request: HttpRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Lock these rows until the transaction ends if the request is a POST."""
    return for_update(rows) if request.method == "POST" else rows


def is_rolled_back(error: BaseException) -> bool:
    """Whether the database gave the transaction up for another one, so that repeating it can succeed."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) in ROLLED_BACK


def repeat_once(call: Callable[Params, Result]) -> Callable[Params, Result]:
    """Repeat a task once if the database rolled it back. Its first run must have left nothing behind."""

    @wraps(call)
    def inner(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        try:
            return call(*args, **kwargs)
        except OperationalError as error:
            if not is_rolled_back(error):
                raise
            logger.warning("Repeated %s: %s", call.__name__, str(error).partition("\n")[0])
        return call(*args, **kwargs)

    return inner


class RepeatRolledBackRequests:
    """Middleware that runs a view once more if the database rolled its transaction back. Nothing was sent to the browser by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not is_rolled_back(error):
            return None
        logger.warning("Repeated %s %s: %s", request.method, match.view_name, str(error).partition("\n")[0])
        request._messages = default_storage(request)  # type: ignore[attr-defined] # without those of the first run
        for files in request.FILES.lists():
            for file in files[1]:
                file.seek(0)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
