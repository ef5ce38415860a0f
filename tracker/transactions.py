"""Lock rows, and repeat a request or task that failed only because of another one at the same time.

Every transaction locks rows in one order, so that no two wait for each other: people, plans of the next agenda, agendas, reminder
schedules, action points, milestones, drafts; rows of one table by their ids. Reading never locks.
"""

import logging
import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.messages.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

Row = TypeVar("Row", bound=Model)
Params = ParamSpec("Params")
Result = TypeVar("Result")

LOST_RACES = {"40001", "40P01", "23503", "23505"}
"""PostgreSQL's states: not serialisable, deadlock, refers to a row that is gone, not unique."""
SQLITE_LOST_RACES = {sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}

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


def lost_a_race(error: BaseException) -> bool:
    """Return whether the error comes from a concurrent transaction, so that the same work can succeed when it is repeated."""
    cause = error.__cause__
    states = (
        getattr(cause, "pgcode", None) in LOST_RACES or getattr(cause, "sqlite_errorcode", None) in SQLITE_LOST_RACES
    )
    return isinstance(error, DatabaseError) and states


def repeat_once(call: Callable[Params, Result]) -> Callable[Params, Result]:
    """Repeat a task once if it lost a race. Its first run must have left nothing behind."""

    @wraps(call)
    def inner(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        try:
            return call(*args, **kwargs)
        except DatabaseError as error:
            if not lost_a_race(error):
                raise
            logger.warning("Repeated %s: %s", call.__name__, str(error).partition("\n")[0])
        return call(*args, **kwargs)

    return inner


class RepeatLostRaces:
    """Run a view once more if it lost a race, for example against the same form sent twice.

    Nothing was sent to the browser by then, and the database rolled the transaction back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not lost_a_race(error):
            return None
        logger.warning("Repeated %s %s: %s", request.method, match.view_name, str(error).partition("\n")[0])
        request._messages = default_storage(request)  # type: ignore[attr-defined] # without those of the first run
        for files in request.FILES.lists():
            for file in files[1]:
                file.seek(0)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
