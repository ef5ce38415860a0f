"""Rows of progress updates for files: plain values in batches, in the order of their references."""

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
"""Updates of this many action points, or of one issue, are read at once."""

COLUMNS = (
    "reference",
    "number",
    "version",
    "action_point",
    "status",
    "is_piece",
    "covers_all",
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
COLUMNS_WITH_PEOPLE = (*COLUMNS, "author")
"""For people who signed in."""


def rows(updates: ProgressUpdateQuerySet, agenda: Agenda, *, with_people: bool) -> Iterator[list[list[Any]]]:
    """Iterate over batches of rows with a value for each column. One query, and three for each batch.

    A batch holds the updates of one large issue or of several small ones.
    """
    base = settings.BASE_URL
    for issues in _batches(agenda):
        found = updates.filter(action_point__issue__in=issues)
        participants = _texts(ProgressUpdate.participants.through, "progressupdate", "agency__acronym", issues)
        evidence = _texts(Evidence, "update", "url", issues)
        yield [_row(values, agenda, base, participants, evidence, with_people=with_people) for values in _values(found)]


def _batches(agenda: Agenda) -> Iterator[list[int]]:
    """Iterate over the ids of the issues in their order, as many at a time as have at most BATCH action points. One query."""
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
            "is_piece",
            "covers_all",
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
    """Return the texts of each update, in order."""
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
    (
        pk,
        issue,
        point,
        number,
        version,
        title,
        status,
        is_piece,
        covers_all,
        agency,
        attributed_to,
        *dates,
        narrative,
        reason,
        author,
    ) = values
    path = f"{agenda.slug}/{issue}.{point}"
    row = [
        path,
        number,
        version,
        title,
        status,
        is_piece,
        covers_all,
        agency,
        attributed_to,
        ", ".join(participants.get(pk, ())),
        *dates,
        narrative,
        reason,
        "\n".join(evidence.get(pk, ())),
        f"{base}/agendas/{path}/updates/{number}/",
    ]
    return [*row, author] if with_people else row
