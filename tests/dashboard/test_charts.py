"""Tests of the heat map, the status history and the changes since a date."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.as_of import AsOf
from actions.dashboard.changes import changes
from actions.dashboard.heat_map import heat_map
from actions.dashboard.status_history import COLUMNS, status_history
from actions.dashboard.updates import read_updates
from actions.progress import correct, log_progress, withdraw
from actions.reader import read_agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY
from tracker.dates.value import PartialDate


def report(point, day, **fields):
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return log_progress(point, personas.progress(**fields), author=None, now=now, reported_on=PartialDate.day(day))


def led_action_point(number, *acronyms, issue=1):
    point = personas.action_point(personas.issue(number=issue), number)
    personas.lead(point, *map(personas.agency, acronyms))
    return point


def history(as_of, total):
    return status_history(read_updates(personas.agenda(), as_of), as_of, total)


@pytest.mark.parametrize(
    ("days", "age"), [(30, "fresh"), (31, "recent"), (90, "recent"), (91, "old"), (365, "old"), (366, "ancient")]
)
def test_heat_map_cell_has_the_age_of_the_last_report(db, days, age):
    report(led_action_point(1, "UNDP"), TODAY - timedelta(days=days))
    report(led_action_point(2, "UNDP"), TODAY - timedelta(days=days + 500))

    chart = heat_map([personas.issue()], read_agenda(personas.agenda(), AsOf(TODAY)), TODAY)

    cell = chart.rows[0].cells[0]
    assert cell is not None
    assert (cell.count, cell.days, cell.age) == (2, days, age)


def test_heat_map_has_a_row_per_agency_and_a_column_per_issue(db):
    led_action_point(1, "UNDP", "FAO")
    led_action_point(1, "UNDP", issue=2)
    personas.action_point(personas.issue(number=2), 9)

    chart = heat_map([personas.issue(number=n) for n in (1, 2, 3)], read_agenda(personas.agenda(), AsOf(TODAY)), TODAY)

    assert [(row.acronym, [cell.count if cell else 0 for cell in row.cells]) for row in chart.rows] == [
        ("FAO", [1, 0, 0]),
        ("UNDP", [1, 1, 0]),
    ]
    assert [cell.age for cell in chart.rows[0].cells if cell] == ["never"]


def test_heat_map_cells_link_to_lists_of_the_same_count(client, focal_point):
    call_command("load_baseline", verbosity=0)
    personas.sign_in(client, focal_point)
    page = client.get("/agendas/2005/dashboard/")

    for row in page.context["heat_map"].rows:
        for cell in filter(None, row.cells):
            assert client.get(f"/agendas/2005/action-points/?{cell.query}").context["total"] == cell.count


def test_status_history_counts_statuses_at_each_end_of_month(db):
    point, other = led_action_point(1), led_action_point(2)
    report(point, date(2026, 8, 10), status="exploring")
    report(point, date(2026, 10, 10), status="completed")
    report(other, date(2026, 9, 30), is_piece=True)

    columns = history(AsOf(TODAY), total=2)

    figures = [(column.day.isoformat(), {f.status: f.count for f in column.figures if f.count}) for column in columns]
    assert figures == [
        ("2026-08-31", {"not_reported": 1, "exploring": 1}),
        ("2026-09-30", {"exploring": 1, "under_way": 1}),
        ("2026-10-31", {"under_way": 1, "completed": 1}),
        ("2026-11-23", {"under_way": 1, "completed": 1}),
    ]


class TestAnyReports(TestCase):
    @settings(max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 2),
                st.integers(0, 600),
                st.sampled_from(["no_progress", "exploring", "under_way", "completed"]),
                st.booleans(),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_status_history_matches_the_agenda_on_each_date(self, reports):
        points = [led_action_point(number) for number in (1, 2, 3)]
        for which, days, status, part in reports:
            reason = "So." if status == "no_progress" else ""
            report(points[which], TODAY - timedelta(days=days), status=status, is_piece=part, reason=reason)

        columns = history(AsOf(TODAY), total=3)

        assert 1 <= len(columns) <= COLUMNS
        for column in columns:
            then = [state.status for state in read_agenda(personas.agenda(), AsOf(column.day, is_past=True))]
            assert {figure.status: figure.count for figure in column.figures if figure.count} == Counter(then)


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

    with django_assert_num_queries(27):
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
