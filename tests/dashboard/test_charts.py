"""Tests of the heat map, the status history and the changes since a date."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.as_of import AsOf
from actions.dashboard.changes import changes
from actions.dashboard.counts import count
from actions.dashboard.figures import lead_agencies
from actions.dashboard.heat_map import heat_map
from actions.dashboard.status_history import COLUMNS, status_history
from actions.progress import correct, log_progress, withdraw
from actions.reader import read_agenda
from actions.responsibilities import end_lead
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # figures are counted in Python


@pytest.fixture(autouse=True)
def without_stored_history():
    """A test that is rolled back leaves a history in the cache, and another may get the same ids."""
    cache.clear()


def report(point, day, **fields):
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return log_progress(point, personas.progress(**fields), author=None, now=now, reported_on=PartialDate.day(day))


def led_action_point(number, *acronyms, issue=1):
    point = personas.action_point(personas.issue(number=issue), number)
    if acronyms:
        personas.lead(point, *map(personas.agency, acronyms))
    return point


def history(as_of):
    agenda = personas.agenda()
    return status_history(agenda, read_agenda(agenda, as_of), as_of)


def chart(issues=1):
    """Return the heat map of the agenda 2026 and its first issues, as of TODAY."""
    counted = count(read_agenda(personas.agenda(), AsOf(TODAY)), TODAY)
    shown = [personas.issue(number=number) for number in range(1, issues + 1)]
    return heat_map(shown, counted, lead_agencies(counted), TODAY)


def cells(rows):
    """Return the acronym of each row with the count and the words of its cells."""
    return [(row.acronym, [(cell.count, cell.words) if cell else None for cell in row.cells]) for row in rows]


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (30, "30 days"), (91, "2 months"), (800, "2 years")])
def test_heat_map_cell_has_the_age_of_the_oldest_last_report(db, days, words):
    point = led_action_point(1, "UNDP")
    report(point, TODAY - timedelta(days=days + 500))
    report(point, TODAY - timedelta(days=days))
    report(led_action_point(2, "UNDP"), TODAY)

    assert cells(chart().rows) == [("UNDP", [(2, words)])]


def test_heat_map_says_never_if_one_part_has_no_update(db):
    undp, unssc = personas.agency("UNDP"), personas.agency("UNSSC")
    joint, other = led_action_point(1, "UNDP", "UNSSC"), led_action_point(2, "UNDP")
    report(joint, TODAY, agency=undp)
    report(other, TODAY - timedelta(days=5), agency=undp)

    before = cells(chart().rows)
    report(joint, TODAY - timedelta(days=7), agency=unssc)

    assert before == [("UNSSC", [(1, "never")]), ("UNDP", [(2, "5 days")])]
    assert cells(chart().rows) == [("UNSSC", [(1, "7 days")]), ("UNDP", [(2, "5 days")])]
    assert chart().is_joint


def test_heat_map_has_a_row_per_agency_and_a_column_per_issue(db):
    led_action_point(1, "UNDP", "FAO")
    led_action_point(1, "UNDP", issue=2)
    personas.action_point(personas.issue(number=2), 9)
    personas.issue(number=3)

    found = chart(issues=3)

    assert cells(found.rows) == [
        ("UNDP", [(1, "never"), (1, "never"), None]),
        ("FAO", [(1, "never"), None, None]),
        ("", [None, (1, "never"), None]),
    ]
    assert [(head.label, head.count) for head in found.issues] == [("1 Issue 1", 1), ("2 Issue 2", 2), ("3 Issue 3", 0)]


def test_heat_map_begins_with_what_is_due_and_folds_what_is_up_to_date(db):
    for number, (acronym, days) in enumerate({"FAO": 5, "OCHA": 100, "UNDP": 9, "WFP": 200}.items(), 1):
        report(led_action_point(number, acronym), TODAY - timedelta(days=days))
    personas.action_point(personas.issue(), 9)

    found = chart()

    assert [row.acronym for row in found.first] == ["WFP", "OCHA", ""]
    assert [row.acronym for row in found.up_to_date] == ["UNDP", "FAO"]
    assert [cell.is_due for row in found.rows for cell in row.cells if cell] == [True, True, False, False, False]


def test_heat_map_cells_link_to_lists_of_the_same_count(client, focal_point):
    call_command("load_baseline", verbosity=0)
    personas.sign_in(client, focal_point)
    page = client.get("/agendas/2005/dashboard/")

    for row in page.context["heat_map"].rows:
        for query, number in [(row.query, row.total), *((cell.query, cell.count) for cell in row.cells if cell)]:
            assert client.get(f"/agendas/2005/action-points/?{query}").context["total"] == number


def test_status_history_counts_statuses_at_each_end_of_month(db):
    point, other = led_action_point(1), led_action_point(2)
    report(point, date(2026, 8, 10), status="exploring")
    report(point, date(2026, 10, 10), status="completed")
    report(other, date(2026, 9, 30), is_piece=True)

    columns = history(AsOf(TODAY))

    assert [(day.isoformat(), +counts) for day, counts in columns] == [
        ("2026-08-31", {"not_reported": 1, "exploring": 1}),
        ("2026-09-30", {"exploring": 1, "under_way": 1}),
        ("2026-10-31", {"under_way": 1, "completed": 1}),
        ("2026-11-23", {"under_way": 1, "completed": 1}),
    ]


def test_status_history_follows_the_leads_of_each_month(db):
    undp, unssc = personas.agency("UNDP"), personas.agency("UNSSC")
    point = personas.action_point()
    personas.lead(point, undp, since=date(2026, 3, 10))
    report(point, date(2026, 2, 1), agency=unssc, status="completed")
    report(point, date(2026, 4, 1), agency=undp, status="exploring")
    personas.lead(point, unssc, since=date(2026, 6, 30))
    end_lead(point, undp, until=date(2026, 8, 31))

    columns = history(AsOf(TODAY))

    assert [(day.isoformat(), [*+counts]) for day, counts in columns] == [
        ("2026-02-28", ["completed"]),  # without a lead every update covers it
        ("2026-03-31", ["not_reported"]),
        ("2026-04-30", ["exploring"]),
        ("2026-06-30", ["under_way"]),
        ("2026-08-31", ["completed"]),
        ("2026-11-23", ["completed"]),
    ]


def test_status_history_of_earlier_months_is_read_again_only_if_they_have_changed(db, django_assert_num_queries):
    point = led_action_point(1, "UNDP")
    report(point, date(2026, 8, 10), status="exploring", agency=personas.agency())
    agenda, today = personas.agenda(), AsOf(TODAY)
    first = history(today)
    report(point, TODAY, status="under_way", agency=personas.agency())
    states = read_agenda(agenda, today)

    with django_assert_num_queries(3):  # leads, the agencies above others, and whether an earlier month has changed
        second = status_history(agenda, states, today)
    late = report(point, date(2026, 9, 10), status="no_progress", reason="So.", agency=personas.agency())
    third = history(today)
    withdraw(late, by=personas.person("c@example.org", "coordinator"), reason="A mistake.", now=timezone.now())

    assert second == [*first[:-1], (TODAY, Counter(under_way=1))]
    assert [(day.month, [*+counts]) for day, counts in third] == [
        (8, ["exploring"]),
        (9, ["no_progress"]),
        (11, ["under_way"]),
    ]
    assert history(today) == second


REPORTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 600),
        st.sampled_from(["no_progress", "exploring", "under_way", "completed", "discontinued"]),
        st.booleans(),
        st.sampled_from([None, "UNDP", "UNDP-NO", "UNSSC", "FAO"]),
        st.sampled_from([(), ("UNDP",), ("UNSSC", "FAO")]),
    ),
    min_size=1,
    max_size=8,
)
LEADS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["UNDP", "UNSSC"]), st.integers(0, 700), st.none() | st.integers(0, 700)
    ),
    max_size=6,
)


class TestAnyReports(TestCase):
    @settings(max_examples=40)
    @given(REPORTS, LEADS)
    def test_status_history_matches_the_agenda_on_each_date(self, reports, leads):
        cache.clear()
        undp = personas.agency("UNDP")
        for acronym in ("UNSSC", "FAO"):
            personas.agency(acronym)
        personas.agency("UNDP-NO", parent=undp)
        points = [led_action_point(number) for number in (1, 2, 3)]
        for which, acronym, since, until in leads:
            personas.lead(points[which], personas.agency(acronym), since=TODAY - timedelta(days=since))
            if until is not None:
                end_lead(points[which], personas.agency(acronym), until=TODAY - timedelta(days=until))
        for which, days, status, is_piece, acronym, participants in reports:
            report(
                points[which],
                TODAY - timedelta(days=days),
                status=status,
                is_piece=is_piece,
                reason="So." if status == "no_progress" else "",
                agency=acronym and personas.agency(acronym),
                participants=[personas.agency(each) for each in participants],
            )

        columns = history(AsOf(TODAY))

        assert len(columns) <= COLUMNS
        for day, counts in columns:
            then = [state.status for state in read_agenda(personas.agenda(), AsOf(day, is_past=True))]
            assert +counts == Counter(then)


def test_changes_list_new_statuses_and_updates(client, focal_point):
    point, still = led_action_point(1), led_action_point(2)
    report(point, date(2026, 3, 1), status="exploring")
    report(still, date(2026, 3, 1))
    report(point, date(2026, 5, 1), status="under_way", narrative="It began.")
    personas.sign_in(client, focal_point)

    response = client.get("/agendas/2026/changes/?since=2026-04-01")
    later = client.get("/agendas/2026/changes/?since=2026-05-01")

    statuses = response.context["changes"].statuses
    assert [(one.action_point.reference, one.before, one.action_point.status) for one in statuses] == [
        ("2026/1.1", "exploring", "under_way")
    ]
    assert "It began." in text(response)
    assert "has the status that it had" in text(later)


def test_changes_include_withdrawals(coordinator):
    update = report(led_action_point(1), date(2026, 3, 1))
    withdraw(update, by=coordinator, reason="Wrong.", now=timezone.now())

    since_april = changes(personas.agenda(), date(2026, 4, 1), coordinator, {}, [])

    assert [withdrawn.pk for withdrawn in since_april.withdrawn] == [update.pk]
    assert [change.before for change in since_april.statuses] == ["under_way"]


def test_changes_mark_corrections_and_withdrawals(client, focal_point, coordinator):
    point = led_action_point(1)
    wrong = report(point, date(2026, 5, 1), narrative="Wrong.")
    right = correct(wrong, personas.progress(narrative="Right."), author=coordinator, now=personas.NOW)
    withdraw(report(point, date(2026, 5, 2), narrative="Gone."), by=coordinator, reason="Twice.", now=personas.NOW)
    personas.sign_in(client, focal_point)

    page = client.get("/agendas/2026/changes/?since=2026-04-01")

    assert "corrected on 23 November 2026 2026/1.1 Action point 1 Wrong." in text(page)
    assert "a correction 2026/1.1 Action point 1 Right." in text(page)
    assert "withdrawn 2026/1.1 Action point 1 Gone." in text(page)
    assert {
        f"{wrong.get_absolute_url()}#update-1-version-1",
        f"{point.get_absolute_url()}#update-{right.number}",
    } <= links(page)


@pytest.mark.parametrize("rows", [1, 3])
def test_changes_have_a_fixed_number_of_queries(client, focal_point, django_assert_num_queries, rows):
    for number in range(1, rows + 1):
        correct(
            report(led_action_point(number), date(2026, 5, 1)),
            personas.progress(),
            author=focal_point,
            now=personas.NOW,
        )
    personas.sign_in(client, focal_point)
    page = "/agendas/2026/changes/?since=2026-04-01"
    client.get(page)

    with django_assert_num_queries(32):
        client.get(page)


def test_changes_are_paged(client, focal_point):
    point = led_action_point(1)
    for _ in range(30):
        report(point, date(2026, 5, 1))
    personas.sign_in(client, focal_point)
    path = "/agendas/2026/changes/"
    first = client.get(f"{path}?since=2026-04-01")

    second = client.get(path + next(link for link in links(first) if "page=" in link).replace("&amp;", "&"))

    shown = [update.number for page in (first, second) for update in page.context["changes"].updates]
    assert shown == list(range(30, 0, -1))


@pytest.mark.parametrize(
    "query", ["since=x", "since=0001-01-01", "since=2099-01-01", "page=x", "page=9", "when=now", "since=%00"]
)
def test_changes_refuse_an_invalid_address_and_show_a_month(client, focal_point, query):
    led_action_point(1)

    response = personas.sign_in(client, focal_point).get(f"/agendas/2026/changes/?{query}")

    assert response.status_code == 400
