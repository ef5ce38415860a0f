"""The rows of a list of action points for files: plain values, batch by batch, in the order of their references."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
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
    base = settings.BASE_URL
    for issues in chunks(agenda):
        batch = list(_values(points.filter(issue__in=issues)))
        leads = _names(ActionPoint.lead_agencies.through, "agency__acronym", issues)
        people = _names(ActionPoint.focal_points.through, "user__name", issues) if with_people else {}
        yield [_row(row, agenda, base, leads, people, today, with_people=with_people) for row in batch]


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


def _names(through: Any, name: str, issues: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for point, owner in (
        through.objects.filter(actionpoint__issue__in=issues).order_by(name).values_list("actionpoint_id", name)
    ):
        found[point].append(owner)
    return found


def _row(
    values: Sequence[Any],
    agenda: Agenda,
    base: str,
    leads: dict[int, list[str]],
    people: dict[int, list[str]],
    today: date,
    *,
    with_people: bool,
) -> list[Any]:
    pk, issue, issue_title, number, title, status, reported, until, snoozed = values
    code = f"{issue}.{number}"
    is_open = status not in ENDED and agenda.state == Agenda.State.OPEN
    row = [
        f"{agenda.slug}/{code}",
        issue,
        issue_title,
        title,
        status,
        ", ".join(leads.get(pk, ())),
        reported,
        until,
        (today - until).days if until else None,
        is_open and (until is None or until < today - timedelta(days=agenda.silence_days)),
        snoozed,
        f"{base}/agendas/{agenda.slug}/{code}/",
    ]
    return [*row, ", ".join(people.get(pk, ()))] if with_people else row
