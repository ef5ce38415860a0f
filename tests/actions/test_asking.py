"""Tests of what a digest asks about: parts to report on, and milestones."""

from datetime import date, timedelta

import pytest

from actions import rules
from actions.as_of import AsOf
from actions.reader import state_of
from tests import personas
from tests.personas import NOW, TODAY
from tracker.dates.value import PartialDate

PERIOD = TODAY - timedelta(days=3)


@pytest.fixture
def point(focal_point):
    found = personas.action_point()
    personas.lead(found, focal_point.agency)
    return found


def asks(point, today=TODAY, period_start=PERIOD):
    point.issue.agenda.refresh_from_db()
    state = state_of(point, AsOf(today))
    return [rules.is_asked_about(state, part, today, period_start) for part in state.parts]


def reported(point, days_ago, **fields):
    on = PartialDate.day(TODAY - timedelta(days=days_ago))
    personas.log_progress(
        point, personas.progress(**fields), author=None, now=NOW - timedelta(days=days_ago), reported_on=on
    )


@pytest.mark.parametrize(("days", "expected"), [(90, False), (91, True)])
def test_digest_asks_about_a_part_from_the_day_after_the_last_allowed_one(point, days, expected):
    reported(point, days)

    assert asks(point) == [expected]


@pytest.mark.parametrize(
    ("days", "period_start", "expected"),
    [(4, PERIOD, True), (3, PERIOD, False), (0, PERIOD, False), (400, None, True), (0, None, True)],
)
def test_part_answered_no_progress_is_asked_about_again_in_the_next_period(point, days, period_start, expected):
    reported(point, days, status="no_progress", reason="The post is vacant.")

    assert asks(point, period_start=period_start) == [expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda point: None, [True]),
        (lambda point: personas.pause(point, TODAY + timedelta(days=1), "Waits."), [False]),
        (lambda point: personas.update(point, status="completed"), [False]),
        (lambda point: personas.set_leads(point), [False]),
        (lambda point: type(point.issue.agenda).objects.update(state="closed"), [False]),
    ],
)
def test_digest_asks_only_about_what_goes_on(point, change, expected):
    change(point)

    assert asks(point) == expected


@pytest.mark.parametrize(
    ("due", "expected"),
    [("2020", True), ("2026-12-23", True), ("2026-12", False), ("2026-12-24", False), ("2026-11", True)],
)
def test_milestone_is_listed_when_its_latest_day_is_near_or_past(point, due, expected):
    personas.milestone(point, due=due)
    state = state_of(point, AsOf(TODAY))

    assert date(2026, 11, 23) == TODAY
    assert rules.is_reminded_of(state, state.parts[0], state.milestones[0], TODAY) is expected


def test_milestone_of_a_paused_or_of_another_part_is_not_listed(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency)
    personas.milestone(point, due="2026-01", agency=focal_point.agency)
    state = state_of(point, AsOf(TODAY))
    before = [rules.is_reminded_of(state, part, state.milestones[0], TODAY) for part in state.parts]
    personas.pause(point, TODAY + timedelta(days=1), "Waits.")
    state = state_of(point, AsOf(TODAY))
    after = [rules.is_reminded_of(state, part, state.milestones[0], TODAY) for part in state.parts]

    assert (before, after) == ([True, False], [False, False])
