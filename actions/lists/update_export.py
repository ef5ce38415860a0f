"""The progress updates of an agenda for files: plain values, batch by batch, in the order of their references."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count
from django.db.models.functions import Cast

from actions.models import Evidence, ProgressUpdate
from actions.models.progress_update import ProgressUpdateQuerySet
from issues.models import Agenda

BATCH = 200
"""Action points whose updates are read at once, or those of one issue."""

COLUMNS = (
    "reference",
    "number",
    "version",
    "action_point",
    "status",
    "part_only",
    "agency",
    "attributed_to",
    "participants",
    "happened",
    "happened_earliest",
    "happened_latest",
    "reported_on",
    "reported_until",
    "recorded_at",
    "narrative",
    "reason",
    "evidence",
    "address",
)
PEOPLES_COLUMNS = (*COLUMNS, "author")
"""With names: for people who signed in."""


def rows(updates: ProgressUpdateQuerySet, agenda: Agenda, *, with_people: bool) -> Iterator[list[list[Any]]]:
    """Batches of rows with a value for each of COLUMNS (or PEOPLES_COLUMNS). Three queries a batch, and one.

    A batch is what was reported on the action points of one issue, or of several small ones.
    """
    base = settings.BASE_URL
    for issues in _batches(agenda):
        found = updates.filter(action_point__issue__in=issues)
        participants = _texts(ProgressUpdate.participants.through, "progressupdate", "agency__acronym", issues)
        evidence = _texts(Evidence, "update", "url", issues)
        yield [_row(values, agenda, base, participants, evidence, with_people=with_people) for values in _values(found)]


def _batches(agenda: Agenda) -> Iterator[list[int]]:
    """Ids of the issues in their order, as many at a time as have BATCH action points at most. One query."""
    batch: list[int] = []
    size = 0
    counted = agenda.issues.annotate(points=Count("action_points")).order_by("number").values_list("pk", "points")
    for pk, points in list(counted):
        if batch and size + points > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(pk)
        size += points
    if batch:
        yield batch


def _values(updates: ProgressUpdateQuerySet) -> Any:
    return (
        updates.annotate(
            happened_text=Cast("happened", CharField()),
            reported_text=Cast("reported_on", CharField()),
        )
        .order_by("action_point__issue__number", "action_point__number", "number", "version")
        .values_list(
            "pk",
            "action_point__issue__number",
            "action_point__number",
            "number",
            "version",
            "action_point__title",
            "status",
            "part_only",
            "agency__acronym",
            "attributed_to",
            "happened_text",
            "happened_earliest",
            "happened_latest",
            "reported_text",
            "reported_on_latest",
            "recorded_at",
            "narrative",
            "reason",
            "author__name",
        )
    )


def _texts(model: Any, update: str, column: str, issues: list[int]) -> dict[int, list[str]]:
    """By update, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    of_issues = model.objects.filter(**{f"{update}__action_point__issue__in": issues})
    for pk, text in of_issues.order_by(column).values_list(f"{update}_id", column):
        found[pk].append(text)
    return found


def _row(
    values: tuple[Any, ...],
    agenda: Agenda,
    base: str,
    participants: dict[int, list[str]],
    evidence: dict[int, list[str]],
    *,
    with_people: bool,
) -> list[Any]:
    pk, issue, point, number, version, title, status, part_only, agency, attributed_to, *dates, said, why, author = (
        values
    )
    path = f"{agenda.slug}/{issue}.{point}"
    row = [
        path,
        number,
        version,
        title,
        status,
        part_only,
        agency,
        attributed_to,
        ", ".join(participants.get(pk, ())),
        *dates,
        said,
        why,
        "\n".join(evidence.get(pk, ())),
        f"{base}/agendas/{path}/updates/{number}/",
    ]
    return [*row, author] if with_people else row
