"""The rows of a list of action points for files: plain values, batch by batch, in the order of their references."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, F
from django.db.models.functions import Cast

from actions.models import ActionPoint, ActionPointQuerySet
from actions.models.status import ENDED
from issues.models import Agenda

BATCH = 2000
"""Action points read at once, or those of one issue."""

COLUMNS = (
    "reference",
    "issue",
    "issue_title",
    "title",
    "status",
    "lead_agencies",
    "last_reported",
    "last_reported_until",
    "days_since_report",
    "is_silent",
    "snoozed_until",
    "address",
)
PEOPLES_COLUMNS = (*COLUMNS, "focal_points")
"""With names: for people who signed in."""


def rows(points: ActionPointQuerySet, agenda: Agenda, today: date, *, with_people: bool) -> Iterator[list[list[Any]]]:
    """Batches of rows with a value for each of COLUMNS (or PEOPLES_COLUMNS). Two queries a batch, three with people, and one."""
    row_of = _row_maker(agenda, today)
    for issues in chunks(agenda):
        batch = _values(points.filter(issue__in=issues))
        leads = _names(ActionPoint.lead_agencies.through, "agency__acronym", issues)
        if with_people:
            people = _names(ActionPoint.focal_points.through, "user__name", issues)
            yield [[*row_of(leads, *row), people.get(row[0], "")] for row in batch]
        else:
            yield [row_of(leads, *row) for row in batch]


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
    reported = F("reported_text_then") if points.standing.is_past else Cast("last_reported", CharField())
    return (
        points.annotate(reported_text=reported)
        .order_by("issue__number", "number")
        .values_list(
            "pk",
            "issue__number",
            "issue__title",
            "number",
            "title",
            points.standing.status,
            "reported_text",
            points.standing.reported,
            "snoozed_until",
        )
    )


def _names(through: Any, name: str, issues: Sequence[int]) -> dict[int, str]:
    """By action point, in order, with commas between them."""
    owners = through.objects.filter(actionpoint__issue__in=issues).order_by(name).values_list("actionpoint_id", name)
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
        reported: str,
        until: date | None,
        snoozed: date | None,
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
            reported,
            until,
            days,
            is_open and is_silent and status not in ended,
            snoozed,
            f"{address}{code}/",
        ]

    return row
