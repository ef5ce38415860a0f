"""The rows of a list of action points for files: plain values, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, F
from django.db.models.functions import Cast

from actions.models import ActionPoint, ActionPointQuerySet
from actions.models.status import ENDED
from issues.models import Agenda

BATCH = 2000
"""Action points read at once, or those of one issue."""

_COLUMNS = (
    "reference",
    "issue",
    "issue_title",
    "title",
    "status",
    "lead_agencies",
    "last_dated_progress",
    "last_reported",
    "last_reported_until",
    "days_since_report",
    "is_silent",
    "snoozed_until",
    "address",
)


def columns(*, is_past: bool, with_people: bool) -> list[str]:
    """On a day that has gone by with what was recorded later; with names for people who signed in."""
    return [*_COLUMNS, *(["recorded_later"] if is_past else []), *(["focal_points"] if with_people else [])]


def rows(
    points: ActionPointQuerySet, agenda: Agenda, today: date, *, with_people: bool, order: Sequence[Any] = ()
) -> Iterator[list[list[Any]]]:
    """Batches of rows with a value for each of the columns, by reference unless an order is given. Two queries a batch, three with people,
    and one.
    """
    row_of = _row_maker(agenda, today)
    for batch, those in _in_order(points, order) if order else _by_issue(points, agenda):
        leads = _names(ActionPoint.lead_agencies.through, "agency__acronym", those)
        if with_people:
            people = _names(ActionPoint.focal_points.through, "user__name", those)
            yield [[*row_of(leads, *row), people.get(row[0], "")] for row in batch]
        else:
            yield [row_of(leads, *row) for row in batch]


_Batch = tuple[Iterable[tuple[Any, ...]], dict[str, Any]]
"""Values, and how a query finds the owners of the action points that they are of."""


def _by_issue(points: ActionPointQuerySet, agenda: Agenda) -> Iterator[_Batch]:
    for issues in chunks(agenda):
        found = list(_values(points.filter(issue__in=issues)).order_by("issue__number", "number"))
        if not found:
            continue
        pks = [row[0] for row in found]
        # The ids mostly follow each other: with their range PostgreSQL reads just their owners, where it would read those of all.
        yield found, {"actionpoint__issue__in": issues, "actionpoint__gte": min(pks), "actionpoint__lte": max(pks)}


def _in_order(points: ActionPointQuerySet, order: Sequence[Any]) -> Iterator[_Batch]:
    found = _values(points).order_by(*order).iterator(BATCH)
    while batch := list(islice(found, BATCH)):
        yield batch, {"actionpoint__in": [row[0] for row in batch]}


def chunks(agenda: Agenda) -> Iterator[list[int]]:
    """The issues in their order, as many at a time as have BATCH action points at most: each batch is read through an index. One query."""
    chunk: list[int] = []
    size = 0
    sizes = agenda.issues.annotate(size=Count("action_points")).order_by("number").values_list("pk", "size")
    for pk, count in list(sizes):
        if chunk and size + count > BATCH:
            yield chunk
            chunk, size = [], 0
        chunk.append(pk)
        size += count
    if chunk:
        yield chunk


def _values(points: ActionPointQuerySet) -> Any:
    past = points.standing.is_past
    reported = F("reported_text_then") if past else Cast("last_reported", CharField())
    happened = F("happened_text_then") if past else Cast("last_happened", CharField())
    return points.annotate(reported_text=reported, happened_text=happened).values_list(
        "pk",
        "issue__number",
        "issue__title",
        "number",
        "title",
        points.standing.status,
        "happened_text",
        "reported_text",
        points.standing.reported,
        "snoozed_until",
        *(["recorded_late_then"] if past else []),
    )


def _names(through: Any, name: str, those: dict[str, Any]) -> dict[int, str]:
    """By action point, in order, with commas between them."""
    owners = through.objects.filter(**those).order_by(name).values_list("actionpoint_id", name)
    found: dict[int, str] = {}
    for point, owner in owners:
        found[point] = f"{found[point]}, {owner}" if point in found else owner
    return found


def _row_maker(agenda: Agenda, today: date) -> Callable[..., list[Any]]:
    """A function that makes the row of some values. What is the same for all rows is made once."""
    prefix, address = f"{agenda.slug}/", f"{settings.BASE_URL}/agendas/{agenda.slug}/"
    is_open, ended = agenda.state == Agenda.State.OPEN, frozenset(status.value for status in ENDED)
    silent_before = today - timedelta(days=agenda.silence_days)

    @cache
    def silence(until: date | None) -> tuple[int | None, bool]:
        return ((today - until).days, until < silent_before) if until else (None, True)

    def row(
        leads: dict[int, str],
        pk: int,
        issue: int,
        issue_title: str,
        number: int,
        title: str,
        status: str,
        happened: str,
        reported: str,
        until: date | None,
        snoozed: date | None,
        *late: int | None,
    ) -> list[Any]:
        code = f"{issue}.{number}"
        days, is_silent = silence(until)
        return [
            prefix + code,
            issue,
            issue_title,
            title,
            status,
            leads.get(pk, ""),
            happened,
            reported,
            until,
            days,
            is_open and is_silent and status not in ended,
            snoozed,
            f"{address}{code}/",
            *map(bool, late),
        ]

    return row
