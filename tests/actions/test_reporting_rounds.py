"""Test when the reporting period of an agenda is long past, when its round ended, and how its pages explain it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.progress import correct, withdraw
from actions.reporting_rounds import end_of_round, long_past_period
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

PAGES = ["", "dashboard/", "action-points/", "issues/1/", "1.1/"]


@pytest.fixture
def agenda(db):
    """Create an agenda of 2005, open to everybody, with one action point."""
    agenda = personas.agenda("2005", reporting_period=PartialDate.parse("2005"), visible_to="everybody")
    personas.lead(personas.action_point(personas.issue(agenda)), personas.agency())
    return agenda


@pytest.fixture
def point(agenda):
    return agenda.issues.get().action_points.get()


def reported(point, day):
    return personas.update(
        point, now=datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=12)
    )


@pytest.mark.parametrize(
    ("period", "state", "today", "expected"),
    [
        ("2005", "open", date(2006, 12, 31), False),
        ("2005", "open", date(2007, 1, 1), True),
        ("2005", "closed", date(2007, 1, 1), True),
        ("2005", "draft", date(2007, 1, 1), False),
        ("2005-06/2006-02", "open", date(2007, 2, 28), False),
        ("2005-06/2006-02", "open", date(2007, 3, 1), True),
        ("2005-05-17", "open", date(2006, 5, 18), True),
        (None, "open", date(2026, 1, 1), False),
    ],
)
def test_period_is_long_past_when_it_ended_more_than_a_year_ago(db, period, state, today, expected):
    agenda = personas.agenda("x", state=state, reporting_period=period and PartialDate.parse(period))

    assert (long_past_period(agenda, today) is not None) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], date(2005, 12, 31)),
        (["2005-07-01"], date(2005, 12, 31)),
        (["2006-03-31"], date(2006, 3, 31)),
        (["2006-03-31", "2005-12-31", "2006-12-31"], date(2006, 12, 31)),
        (["2006-03-31", "2007-01-01", "2026-05-01"], date(2006, 3, 31)),
        (["2007-01-01"], date(2005, 12, 31)),
    ],
)
def test_round_ends_with_the_last_report_within_a_year_of_the_period(agenda, point, days, expected):
    for day in days:
        reported(point, day)
    other = personas.agenda("2004", reporting_period=PartialDate.parse("2004"))
    reported(personas.action_point(personas.issue(other)), "2006-06-01")

    assert end_of_round(agenda, agenda.reporting_period) == expected


def test_round_ignores_withdrawn_updates_and_keeps_the_day_of_corrected_ones(agenda, point, coordinator):
    first, second = reported(point, "2006-03-31"), reported(point, "2006-06-30")
    correct(first, personas.progress(narrative="Corrected."), author=coordinator, now=timezone.now())
    withdraw(second, by=coordinator, reason="A mistake.", now=timezone.now())

    assert end_of_round(agenda, agenda.reporting_period) == date(2006, 3, 31)


@pytest.mark.parametrize("page", PAGES)
def test_page_explains_a_period_that_is_long_past(client, point, page):
    reported(point, "2006-03-31")
    address = f"/agendas/2005/{page}"

    shown = client.get(address)

    assert "This agenda’s reporting period was 2005. You are looking at it as of today" in text(shown)
    assert "See it as of 31 March 2006, the end of the reporting round" in text(shown)
    assert f"{address}?as_of=2006-03-31" in links(shown)
    assert client.get(f"{address}?as_of=2006-03-31").status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("suffix", ["?as_of=2006-03-31", "?as_of=2009-03-31&by=recorded"])
def test_page_as_of_a_past_date_does_not_explain_the_period(client, agenda, page, suffix):
    assert "reporting period was" not in text(client.get(f"/agendas/2005/{page}{suffix}"))


@pytest.mark.parametrize("page", PAGES)
def test_page_of_a_period_that_is_not_long_past_explains_nothing(client, point, page):
    point.issue.agenda.reporting_period = PartialDate.parse(str(timezone.localdate().year))
    point.issue.agenda.save()

    assert "reporting period was" not in text(client.get(f"/agendas/2005/{page}"))


@pytest.mark.parametrize(("state", "explained"), [("open", True), ("closed", False)])
def test_page_says_that_what_was_due_needs_attention_only_while_the_agenda_is_open(client, agenda, state, explained):
    agenda.state = state
    agenda.save()

    shown = text(client.get("/agendas/2005/"))

    assert "You are looking at it as of today" in shown
    assert ("what has been due since then needs attention" in shown) == explained


def test_link_to_the_end_of_the_round_keeps_the_filters_of_the_list(client, agenda):
    shown = client.get("/agendas/2005/action-points/?status=under_way&status=exploring&page=1")

    assert "/agendas/2005/action-points/?status=under_way&status=exploring&as_of=2005-12-31" in links(shown)


@pytest.mark.parametrize("page", PAGES)
def test_only_coordinators_are_offered_the_next_agenda(client, agenda, focal_point, coordinator, page):
    def is_offered():
        note = text(client.get(f"/agendas/2005/{page}")).partition("the end of the reporting round")[2]
        return note.startswith(" · Prepare the next agenda")

    to_visitor = is_offered()
    personas.sign_in(client, focal_point)
    to_focal_point = is_offered()
    personas.sign_in(client, coordinator)

    assert [to_visitor, to_focal_point, is_offered()] == [False, False, True]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("count", [1, 3])
def test_explanation_needs_one_query(client, agenda, point, django_assert_num_queries, page, count):
    for _number in range(count):
        reported(point, "2006-03-31")
    address = f"/agendas/2005/{page}"
    agenda.reporting_period = None
    agenda.save()
    client.get(address)  # the first time also reads what is cached
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    agenda.reporting_period = PartialDate.parse("2005")
    agenda.save()

    with django_assert_num_queries(len(without) + 1):
        client.get(address)
