"""Rows of action points for files: plain values in batches."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from actions import rules
from actions.models import Responsibility
from actions.rows import ActionPointRow, PartRow, rows_of
from actions.states import ActionPointState, PartState
from tracker.dates.value import PartialDate

BATCH = 500

_COLUMNS = (
    "reference",
    "issue",
    "issue_title",
    "title",
    "status",
    "needs_attention",
    "lead_agencies",
    "parts",
    "last_dated_progress",
    "last_reported",
    "last_reported_until",
    "days_since_report",
    "address",
)
"""`needs_attention` has the reasons. `parts` has a line for each lead agency."""


def columns(*, is_past: bool, with_people: bool) -> list[str]:
    """Return the names of the columns: one more for a past date, one more for people who signed in."""
    return [*_COLUMNS, *(["recorded_later"] if is_past else []), *(["focal_points"] if with_people else [])]


def file_rows(
    states: Sequence[ActionPointState], today: date, *, is_past: bool, with_people: bool
) -> Iterator[list[list[Any]]]:
    """Iterate over batches of rows with a value for each column, in the order of the states. Four queries for each batch."""
    for start in range(0, len(states), BATCH):
        batch = states[start : start + BATCH]
        by_pk = {state.pk: state for state in batch}
        since = _since(batch)
        yield [
            [
                *_values(row, by_pk[row.pk], since, today, with_people=with_people),
                *([row.recorded_later] if is_past else []),
                *([", ".join(map(str, row.people))] if with_people else []),
            ]
            for row in rows_of(batch, today)
        ]


def _since(states: Sequence[ActionPointState]) -> dict[int, PartialDate]:
    """Return since when each part is its agency's, by the ids of the parts. One query."""
    pks = [part.pk for state in states for part in state.parts]
    return dict(Responsibility.objects.filter(pk__in=pks).order_by().values_list("pk", "since"))


def _values(
    row: ActionPointRow, state: ActionPointState, since: Mapping[int, PartialDate], today: date, *, with_people: bool
) -> list[Any]:
    parts = zip(state.parts, row.parts, strict=True)
    return [
        row.reference,
        row.issue_number,
        row.issue_title,
        row.title,
        row.status.value,
        ", ".join(rules.attention_reasons(state, today)),
        ", ".join(agency.acronym for agency in row.agencies),
        "\n".join(_part(state, part, shown, since, today, with_people=with_people) for part, shown in parts if part.pk),
        row.last_happened.text if row.last_happened else None,
        row.last_reported.text if row.last_reported else None,
        state.last_reported_day,
        row.days_since_report,
        f"{settings.BASE_URL}{row.address}",
    ]


def _part(
    state: ActionPointState,
    part: PartState,
    shown: PartRow,
    since: Mapping[int, PartialDate],
    today: date,
    *,
    with_people: bool,
) -> str:
    """Return a part in one line: `GCO: under_way; since 2005-12-22; last update 2006-03; needs attention: update_due`."""
    facts = [part.status]
    if part.pk and (day := since.get(part.pk)):
        facts.append(f"since {day.text}")
    facts.append(f"last update {part.last_reported.text}" if part.last_reported else "no update")
    if reasons := rules.part_reasons(state, part, today):
        facts.append(f"needs attention: {', '.join(reasons)}")
    if shown.paused_until:
        facts.append(f"reminders paused until {shown.paused_until.isoformat()}")
    if with_people and shown.people:
        facts.append(f"persons: {', '.join(map(str, shown.people))}")
    return f"{shown.agency.acronym if shown.agency else ''}: {'; '.join(facts)}"
