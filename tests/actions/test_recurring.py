"""Tests of the next due date of recurring milestones."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from actions.models import Milestone
from actions.models.milestone import next_turn
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate


def next_due(due: str, months: int | None, today: date) -> PartialDate:
    """Return the next due date of a milestone, which must have one."""
    turn = Milestone(due=PartialDate.parse(due), repeats_every_months=months).next_due(today)
    assert turn
    return turn


@pytest.mark.parametrize(
    ("due", "months", "expected"),
    [
        ("2005-12-22", 12, "2026-12-22"),
        ("2005-08-31", 3, "2026-11-30"),
        ("2005-11", 12, "2026-11"),
        ("2005", 12, "2026"),
        ("2006", 13, "2026-08/2027-07"),
        ("2005-36", 12, "2026-36"),
        ("2005-33", 5, "2026-09/2026-11"),
        ("2006-05-16/2006-05-18", 6, "2027-05-16/2027-05-18"),
        ("2027-01", 12, "2027-01"),
        ("2025/2026", 5, "2025/2026"),
        ("2024/2025", 5, "2025-04/2027-03"),
        ("2004-02-29", 12, "2027-02-28"),
        ("2025-10-31", 1, "2026-11-30"),
    ],
)
def test_next_due_date_has_the_precision_of_the_first(due, months, expected):
    assert next_due(due, months, date(2026, 11, 20)).text == expected


@example(date(2001, 2, 1), 1, 331, "%Y-%m")  # the last of December, not the 28th
@given(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.integers(1, 60),
    st.integers(0, 15_000),  # so that no turn is after the last year that dates may have
    st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]),
)
def test_next_due_date_is_the_first_that_is_not_past(first, months, days, precision):
    due, today = PartialDate.parse(first.strftime(precision)), first + timedelta(days=days)
    turn_found = next_due(due.text, months, today)

    assert turn_found.latest >= today
    turns = [
        due.later(turn * months)
        for turn in range((turn_found.earliest.year - due.earliest.year + 1) * 12 // months + 2)
    ]
    assert turn_found == next(turn for turn in turns if turn.latest >= today)


@pytest.mark.parametrize(
    ("due", "months"),
    [("2025/2100", 12), ("2026-10/2100-12", 1), ("2020/2095", 60), ("2100", 12), ("2100-12", 1), ("2099-12-31", 60)],
)
def test_next_due_date_after_the_last_year_is_none(due, months):
    first = PartialDate.parse(due)

    assert Milestone(due=first, repeats_every_months=months).next_due(date(2101, 1, 1)) is None
    with pytest.raises(ValidationError, match="no second turn"):
        Milestone(due=first, repeats_every_months=months).clean()


@pytest.mark.parametrize(
    ("due", "months"), [("2005", 12), ("2006", 13), ("2005-33", 1), ("2099", 12), ("2040/2059", 60)]
)
def test_repetition_with_a_second_date_is_accepted(due, months):
    Milestone(due=PartialDate.parse(due), repeats_every_months=months).clean()


@given(st.dates(date(1945, 1, 1), date(2100, 12, 31)), st.integers(1, 60), st.dates(date(1945, 1, 1), date(2200, 1, 1)))
def test_next_turn_is_current_or_none_for_any_dates(first, months, today):
    texts = [f"{first:%Y-%m-%d}", f"{first:%Y-%m}", f"{first:%Y}", f"{first:%Y}/2100", f"{first:%Y-%m-%d}/2100-12-31"]
    for due in map(PartialDate.parse, texts):
        for edge in ("earliest", "latest"):
            turn = next_turn(due, months, today, edge)

            assert turn is None or getattr(turn, edge) >= today


def test_milestone_that_does_not_recur_keeps_its_due_date():
    assert next_due("2005-12", None, date(2026, 11, 20)).text == "2005-12"


@pytest.mark.django_db
def test_pages_show_the_next_due_date(client, focal_point):
    point = personas.action_point()
    personas.assign(point, focal_point)
    personas.milestone(point, title="Task force", due="2005-12-22", repeats_every_months=12)
    personas.milestone(point, title="Far away", due="2098")
    personas.sign_in(client, focal_point)

    page, worklist = text(client.get(point.get_absolute_url())), text(client.get("/my/"))

    first = PartialDate.parse("2005-12-22")
    due = Milestone(due=first, repeats_every_months=12).next_due(timezone.localdate())
    assert f"every 12 months · next: {due}" in page
    assert f"Next milestone: Task force, {due}." in worklist
