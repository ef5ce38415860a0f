"""When what recurs is due next."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from actions.models import Milestone
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate


@pytest.mark.parametrize(
    ("due", "months", "next_due"),
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
    ],
)
def test_next_turn_is_as_precise_as_the_first(due, months, next_due):
    milestone = Milestone(due=PartialDate.parse(due), repeats_every_months=months)

    assert milestone.next_due(date(2026, 11, 20)).text == next_due


@example(date(2001, 2, 1), 1, 331, "%Y-%m")  # the last of December, not the 28th
@given(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.integers(1, 60),
    st.integers(0, 15_000),  # so that no turn is after the last year that dates may have
    st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]),
)
def test_next_turn_is_the_first_that_is_not_over(first, months, days, precision):
    due, today = PartialDate.parse(first.strftime(precision)), first + timedelta(days=days)
    found = Milestone(due=due, repeats_every_months=months).next_due(today)

    assert found.latest >= today
    turns = [
        due.later(turn * months) for turn in range((found.earliest.year - due.earliest.year + 1) * 12 // months + 2)
    ]
    assert found == next(turn for turn in turns if turn.latest >= today)


def test_what_does_not_recur_is_due_when_it_is_due():
    assert Milestone(due=PartialDate.parse("2005-12")).next_due(date(2026, 11, 20)).text == "2005-12"


@pytest.mark.django_db
def test_pages_say_when_it_is_due_next(client, focal_point):
    point = personas.action_point()
    point.focal_points.add(focal_point)
    personas.milestone(point, title="Task force", due="2005-12-22", repeats_every_months=12)
    personas.milestone(point, title="Far away", due="2098")
    personas.sign_in(client, focal_point)

    page, worklist = text(client.get(point.get_absolute_url())), text(client.get("/my/"))

    year = PartialDate.parse("2005-12-22")
    due = Milestone(due=year, repeats_every_months=12).next_due(timezone.localdate())
    assert f"every 12 months · next: {due}" in page
    assert f"Next milestone: Task force, {due}." in worklist
