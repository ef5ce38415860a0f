"""Test recurring milestones: their next dates, and those whose first date is not known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from actions.as_of import AsOf
from actions.models import ActionPoint, AttentionReason, Milestone
from actions.models.milestone import next_turn
from actions.reader import state_of
from actions.rules import attention_reasons
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate


def turn(due: str, months: int, done: str | None = None) -> str | None:
    """Return the text of the occurrence that follows."""
    following = next_turn(PartialDate.parse(due), months, PartialDate.parse(done) if done else None)
    return following.text if following else None


@pytest.mark.parametrize(
    ("due", "months", "expected"),
    [
        ("2005-12-22", 12, "2006-12-22"),
        ("2005-08-31", 3, "2005-11-30"),
        ("2005-11", 12, "2006-11"),
        ("2005", 12, "2006"),
        ("2006", 13, "2007-02/2008-01"),
        ("2005-36", 12, "2006-36"),
        ("2005-33", 5, "2005-06/2005-08"),
        ("2006-05-16/2006-05-18", 6, "2006-11-16/2006-11-18"),
        ("2004-02-29", 12, "2005-02-28"),
        ("2025-10-31", 1, "2025-11-30"),
    ],
)
def test_next_turn_has_the_precision_of_the_first(due, months, expected):
    assert turn(due, months) == expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("2026-02-20", "2026-04-01"),  # early
        ("2026-03-01", "2026-04-01"),
        ("2026-03-20", "2026-04-01"),
        ("2026-05-10", "2026-06-01"),  # two turns were missed
        ("2026-03", "2026-04-01"),
        ("2027", "2028-01-01"),
    ],
)
def test_next_turn_is_counted_from_the_due_date_and_not_before_the_day_it_was_done(done, expected):
    assert turn("2026-03-01", 1, done) == expected


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.integers(1, 60), st.integers(0, 15_000))
def test_next_turn_is_the_first_that_does_not_end_before_it_was_done(first, months, days):
    due, done = PartialDate.day(first), PartialDate.day(first + timedelta(days=days))

    following = next_turn(due, months, done)

    turns = [due.later(number * months) for number in range(1, days // 28 // months + 3)]
    assert following == next(each for each in turns if each.latest >= done.latest)


@pytest.mark.parametrize(
    ("due", "months"),
    [("2025/2100", 12), ("2026-10/2100-12", 1), ("2020/2095", 60), ("2100", 12), ("2100-12", 1), ("2099-12-31", 60)],
)
def test_repetition_without_a_second_date_is_refused(due, months):
    with pytest.raises(ValidationError, match="next turn would overlap"):
        Milestone(due=PartialDate.parse(due), repeats_every_months=months).clean()


@pytest.mark.parametrize(
    ("due", "months"), [("2005", 12), ("2006", 13), ("2005-33", 1), ("2099", 12), ("2040/2059", 60)]
)
def test_repetition_with_a_second_date_is_accepted(due, months):
    Milestone(due=PartialDate.parse(due), repeats_every_months=months).clean()


def test_milestone_without_a_date_has_to_recur():
    Milestone(due=None, repeats_every_months=2).clean()
    with pytest.raises(ValidationError, match="Enter a date"):
        Milestone(due=None).clean()


@pytest.fixture
def point(focal_point):
    point = personas.action_point()
    personas.lead(point, focal_point.agency, persons=[focal_point])
    return point


def reasons(point, day):
    return attention_reasons(state_of(ActionPoint.objects.get(pk=point.pk), AsOf(day)), day)


def test_only_one_turn_is_overdue_and_completing_it_sets_the_next_date(point):
    personas.update(point, now=datetime(2026, 6, 1, tzinfo=UTC))
    milestone = personas.milestone(point, due="2026-03-01", repeats_every_months=1)
    overdue = reasons(point, date(2026, 6, 2))

    milestone.refresh_from_db()
    milestone.mark_done(PartialDate.parse("2026-06-01"))

    milestone.refresh_from_db()
    assert overdue == [AttentionReason.MILESTONE_OVERDUE]
    assert (milestone.due and milestone.due.text, milestone.done_on, str(milestone.last_done_on)) == (
        "2026-06-01",
        None,
        "1 June 2026",
    )
    assert reasons(point, date(2026, 6, 1)) == []


def test_recurring_milestone_without_a_first_date_is_never_overdue(client, point, focal_point):
    personas.update(point, now=datetime(2026, 6, 1, tzinfo=UTC))
    milestone = personas.milestone(point, title="Task force", due=None, repeats_every_months=2, due_note="Agreed early")
    milestone.mark_done(PartialDate.parse("2026-05-10"))
    personas.sign_in(client, focal_point)

    assert reasons(point, date(2026, 6, 2)) == []
    assert (milestone.due, milestone.done_on, str(milestone.last_done_on)) == (None, None, "10 May 2026")
    for path in (point.get_absolute_url(), "/agendas/2026/milestones/", "/agendas/2026/dashboard/", "/my/"):
        assert client.get(path).status_code == 200
    assert "no date given Task force · Agreed early" in text(client.get(point.get_absolute_url()))
    assert "Without a date" in text(client.get("/agendas/2026/milestones/"))
