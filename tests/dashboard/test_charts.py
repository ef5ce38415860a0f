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
from actions.beginning import first_day
from actions.dashboard.changes import changes
from actions.dashboard.heat_map import heat_map
from actions.dashboard.status_history import COLUMNS, read_lead_periods, status_history
from actions.dashboard.updates import read_updates
from actions.models import ActionPoint
from actions.progress import correct, log_progress, withdraw
from actions.reader import read_agenda
from actions.reports import agency_parents
from actions.responsibilities import end_lead
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY
from tracker.dates.value import PartialDate


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
    points = {point.pk: first_day(agenda, point.added_on) for point in ActionPoint.objects.all()}
    return status_history(read_updates(agenda, as_of), read_lead_periods(agenda), agency_parents(), as_of, points)


@pytest.mark.parametrize(
    ("days", "age"), [(30, "fresh"), (31, "recent"), (90, "recent"), (91, "old"), (365, "old"), (366, "ancient")]
)
def test_heat_map_cell_has_the_age_of_the_oldest_last_report(db, days, age):
    point = led_action_point(1, "UNDP")
    report(point, TODAY - timedelta(days=days + 500))
    report(point, TODAY - timedelta(days=days))
    report(led_action_point(2, "UNDP"), TODAY)

    chart = heat_map([personas.issue()], read_agenda(personas.agenda(), AsOf(TODAY)), TODAY)

    cell = chart.rows[0].cells[0]
    assert cell is not None
    assert (cell.count, cell.days, cell.age) == (2, days, age)


def test_heat_map_says_never_if_one_part_has_no_update(db):
    undp, unssc = personas.agency("UNDP"), personas.agency("UNSSC")
    joint, other = led_action_point(1, "UNDP", "UNSSC"), led_action_point(2, "UNDP")
    report(joint, TODAY, agency=undp)
    report(other, TODAY - timedelta(days=5), agency=undp)

    rows = heat_map([personas.issue()], read_agenda(personas.agenda(), AsOf(TODAY)), TODAY).rows
    report(joint, TODAY - timedelta(days=7), agency=unssc)
    later = heat_map([personas.issue()], read_agenda(personas.agenda(), AsOf(TODAY)), TODAY).rows

    assert [[(cell.count, cell.days) for cell in row.cells if cell] for row in rows] == [[(2, 5)], [(1, None)]]
    assert [[(cell.count, cell.days) for cell in row.cells if cell] for row in later] == [[(2, 5)], [(1, 7)]]


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

    columns = history(AsOf(TODAY))

    figures = [(column.day.isoformat(), {f.status: f.count for f in column.figures if f.count}) for column in columns]
    assert figures == [
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

    statuses = [(column.day.isoformat(), [f.status for f in column.figures if f.count]) for column in columns]
    assert statuses == [
        ("2026-02-28", ["completed"]),  # without a lead every update covers it
        ("2026-03-31", ["not_reported"]),
        ("2026-04-30", ["exploring"]),
        ("2026-06-30", ["under_way"]),
        ("2026-08-31", ["completed"]),
        ("2026-11-23", ["completed"]),
    ]


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

    with django_assert_num_queries(33):
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
