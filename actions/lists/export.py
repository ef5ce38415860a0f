"""Rows of action points for files: plain values in batches."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from actions import rules
from actions.rows import ActionPointRow, rows_of
from actions.states import ActionPointState

BATCH = 500

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
    """Return the names of the columns: one more for a past date, one more for people who signed in."""
    return [*_COLUMNS, *(["recorded_later"] if is_past else []), *(["focal_points"] if with_people else [])]


def file_rows(
    states: Sequence[ActionPointState], today: date, *, is_past: bool, with_people: bool
) -> Iterator[list[list[Any]]]:
    """Iterate over batches of rows with a value for each column, in the order of the states. Three queries for each batch."""
    for start in range(0, len(states), BATCH):
        batch = states[start : start + BATCH]
        by_pk = {state.pk: state for state in batch}
        yield [
            [
                *_values(row, by_pk[row.pk], today),
                *([row.recorded_later] if is_past else []),
                *([", ".join(map(str, row.people))] if with_people else []),
            ]
            for row in rows_of(batch, today)
        ]


def _values(row: ActionPointRow, state: ActionPointState, today: date) -> list[Any]:
    return [
        row.reference,
        row.issue_number,
        row.issue_title,
        row.title,
        row.status.value,
        ", ".join(agency.acronym for agency in row.agencies),
        row.last_happened.text if row.last_happened else None,
        row.last_reported.text if row.last_reported else None,
        state.last_reported_day,
        row.days_since_report,
        rules.is_silent(state, today),
        state.paused_until,
        f"{settings.BASE_URL}{row.address}",
    ]
