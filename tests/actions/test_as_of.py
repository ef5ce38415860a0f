"""Tests of past dates: pages, figures and files as of a date, by what had been reported or recorded by then."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.as_of import AsOf
from actions.as_of_history import look_back
from actions.dashboard.counts import count
from actions.models import ActionStatus
from actions.models.action_point_queryset import Basis
from actions.progress import correct, log_progress, withdraw
from actions.reader import read_agenda
from actions.summaries import Report, position_of, summarize
from tests import personas
from tests.actions.pages import links, text
from tests.personas import NOW
from tracker.dates.value import PartialDate

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def report(point, reported, recorded=None, **fields):
    return log_progress(
        point,
        personas.progress(**fields),
        author=None,
        now=at(recorded or reported),
        reported_on=PartialDate.day(reported),
    )


@pytest.fixture
def point(db):
    """Create an action point with an update from March; in May an April update was added and the March one corrected."""
    point = personas.action_point()
    report(point, MARCH, status="exploring", narrative="First talks.")
    report(point, APRIL, recorded=MAY, status="under_way", narrative="It began.")
    first = point.progress_updates.get(number=1)
    corrector = personas.person("corrector@example.org", "coordinator")
    correct(first, personas.progress(status="no_progress", reason="No talks."), author=corrector, now=at(MAY))
    return point


def state(day, basis=Basis.REPORTED):
    """Return the state of the first action point on that date."""
    return read_agenda(personas.agenda(), AsOf(day, is_past=True, basis=basis))[0]


def status(day, basis):
    return state(day, basis).status


@pytest.mark.parametrize(
    ("day", "basis", "expected"),
    [
        (MARCH - timedelta(days=1), Basis.REPORTED, ActionStatus.NOT_REPORTED),
        (MARCH - timedelta(days=1), Basis.RECORDED, ActionStatus.NOT_REPORTED),
        (MARCH, Basis.REPORTED, ActionStatus.NO_PROGRESS),
        (MARCH, Basis.RECORDED, ActionStatus.EXPLORING),
        (APRIL, Basis.REPORTED, ActionStatus.UNDER_WAY),
        (APRIL, Basis.RECORDED, ActionStatus.EXPLORING),
        (MAY, Basis.REPORTED, ActionStatus.UNDER_WAY),
        (MAY, Basis.RECORDED, ActionStatus.UNDER_WAY),
    ],
)
def test_past_status_counts_updates_reported_or_recorded_by_the_date(point, day, basis, expected):
    assert status(day, basis) == expected


def test_withdrawal_counts_from_its_own_date_when_viewed_as_recorded(point, coordinator):
    withdraw(point.progress_updates.get(number=2), by=coordinator, reason="Wrong.", now=at(MAY + timedelta(days=9)))

    assert status(MAY, Basis.RECORDED) == ActionStatus.UNDER_WAY
    assert status(MAY + timedelta(days=9), Basis.RECORDED) == ActionStatus.NO_PROGRESS
    assert status(MAY, Basis.REPORTED) == ActionStatus.NO_PROGRESS


@pytest.mark.parametrize("basis", Basis)
def test_last_dated_progress_ignores_later_updates(client, focal_point, basis):
    point = personas.action_point()
    for reported, happened in ((MARCH, "2025-09"), (APRIL, "2025-12"), (MAY, "2025-10"), (MAY, None)):
        report(point, reported, happened=PartialDate.parse(happened) if happened else None)

    def last(day):
        return state(day, basis).last_happened

    assert [str(last(day)) for day in (date(2026, 2, 1), MARCH, APRIL, MAY)] == [
        "None",
        "September 2025",
        "December 2025",
        "December 2025",
    ]
    personas.sign_in(client, focal_point)
    for page in ("/agendas/2026/1.1/?", "/agendas/2026/?", "/agendas/2026/action-points/?columns=happened&"):
        assert "September 2025" in text(client.get(f"{page}as_of=2026-03-01&by={basis}"))


def test_past_action_point_page_marks_updates_recorded_later(client, point, focal_point):
    personas.sign_in(client, focal_point)

    reported = client.get("/agendas/2026/1.1/?as_of=2026-04-01")
    recorded = client.get("/agendas/2026/1.1/?as_of=2026-04-01&by=recorded")

    assert "It began." in text(reported)
    assert "recorded later, on 1 May 2026" in text(reported)
    assert "First talks." in text(recorded)
    assert "It began." not in text(recorded)
    assert "recorded later, on" not in text(recorded)
    assert not any("corrections" in link or link.endswith("/updates/") for link in links(recorded))


@pytest.mark.parametrize("path", ["/agendas/2026/", "/agendas/2026/issues/1/", "/agendas/2026/action-points/"])
def test_past_lists_link_to_past_action_point_pages(client, point, focal_point, path):
    personas.sign_in(client, focal_point)
    response = client.get(f"{path}?as_of=2026-03-01&by=recorded")

    assert "/agendas/2026/1.1/?as_of=2026-03-01&by=recorded" in [link.replace("&amp;", "&") for link in links(response)]
    assert "Exploring" in text(response)


def test_past_dashboard_figures_link_to_past_lists(client, point, focal_point):
    personas.sign_in(client, focal_point)
    dashboard = client.get("/agendas/2026/dashboard/?as_of=2026-03-01")
    lists = [link.replace("&amp;", "&") for link in links(dashboard) if "status=no_progress" in link]

    assert lists
    for address in lists:
        assert client.get(address).context["total"] == 1


@pytest.mark.parametrize("sort", ["reference", "silence", "reported"])
def test_past_list_is_paged(client, focal_point, sort):
    for number in range(1, 61):
        report(personas.action_point(number=number), MARCH + timedelta(days=number % 7))
    personas.sign_in(client, focal_point)
    path = "/agendas/2026/action-points/"
    first = client.get(f"{path}?as_of=2026-05-01&sort={sort}")
    following = next(link for link in links(first) if "page=" in link).replace("&amp;", "&")

    second = client.get(path + following)

    shown = [row.reference for response in (first, second) for row in response.context["rows"]]
    assert (second.status_code, len(shown), len(set(shown))) == (200, 60, 60)


@pytest.mark.parametrize(
    "query", ["as_of=x", "as_of=2099-01-01", "as_of=0001-01-01", "as_of=%00", "by=guess", "as_of=2026-13-01"]
)
@pytest.mark.parametrize("path", ["", "issues/1/", "1.1/", "action-points/", "dashboard/"])
def test_invalid_date_shows_an_error_and_the_status_of_today(client, point, focal_point, path, query):
    response = personas.sign_in(client, focal_point).get(f"/agendas/2026/{path}?{query}")

    assert response.status_code == 400
    assert "This page shows today." in text(response) or "This page shows what was reported." in text(response)
    assert "Under way" in text(response)


def test_date_of_today_shows_the_ordinary_page(client, point, focal_point):
    today = timezone.localdate().isoformat()

    assert "Back to today" not in text(personas.sign_in(client, focal_point).get(f"/agendas/2026/?as_of={today}"))


def test_past_figures_for_today_equal_the_current_figures(point):
    other = personas.action_point(number=2)
    report(other, MARCH, is_piece=True)
    personas.lead(personas.action_point(number=3), personas.agency("UNDP"))
    personas.milestone(other, due="2026-02")
    today = timezone.localdate()

    agenda = point.issue.agenda
    current, past = (count(read_agenda(agenda, as_of), today) for as_of in (AsOf(today), AsOf(today, is_past=True)))

    for name in ("statuses", "attention", "issues", "leads", "cells"):
        assert getattr(past, name) == getattr(current, name)


class TestAnyReports(TestCase):
    @settings(max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 20),
                st.sampled_from(["no_progress", "exploring", "under_way", "completed"]),
                st.booleans(),
            ),
            max_size=6,
        ),
        st.integers(0, 20),
    )
    def test_past_status_matches_the_status_rule(self, reports, day):
        point = personas.action_point()
        for days, kind, part in reports:
            report(
                point,
                MARCH + timedelta(days=days),
                status=kind,
                is_piece=part,
                reason="So." if kind == "no_progress" else "",
            )
        reports_by_the_date = [
            Report(number, kind, part, False, None, None, reported, *position_of(reported, NOW, UTC), NOW, NOW.date())
            for number, (days, kind, part) in enumerate(reports, 1)
            if days <= day and (reported := PartialDate.day(MARCH + timedelta(days=days)))
        ]

        past = state(MARCH + timedelta(days=day))

        expected = summarize(reports_by_the_date, [], {}).action_point
        assert (past.status, past.last_reported) == (expected.status, expected.last_reported)


PAGES = ("action-points/", "action-points/?columns=reported", "", "issues/1/", "dashboard/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("day", "basis", "is_late"), [(APRIL, "reported", True), (APRIL, "recorded", False), (MAY, "reported", False)]
)
def test_pages_mark_action_points_whose_reports_were_recorded_later(
    client, point, focal_point, page, day, basis, is_late
):
    joint = "&" if "?" in page else "?"
    response = personas.sign_in(client, focal_point).get(f"/agendas/2026/{page}{joint}as_of={day}&by={basis}")

    shown = text(response).partition("Back to today")[2]
    assert ("recorded later" in shown) == is_late


def test_past_csv_file_has_a_recorded_later_column(client, point, focal_point):
    personas.sign_in(client, focal_point)
    files = [
        b"".join(client.get(f"/agendas/2026/action-points.csv?as_of={day}").streaming_content).decode("utf-8-sig")
        for day in (APRIL, MAY)
    ]

    assert [next(csv.DictReader(file.splitlines()[-2:]))["recorded_later"] for file in files] == ["True", "False"]


@pytest.fixture
def closed(point):
    """Close the agenda on 1 June 2026, with one action point that was never reported on."""
    agenda = point.issue.agenda
    personas.action_point(point.issue, 2, title="Never reported")
    agenda.state, agenda._history_date = "closed", at(date(2026, 6, 1))
    agenda.save()
    return agenda


@pytest.mark.parametrize(("day", "was_open"), [("2026-05-31", True), ("2026-06-01", False)])
def test_past_pages_show_the_agenda_open_or_closed_as_it_was_on_the_date(client, closed, coordinator, day, was_open):
    personas.sign_in(client, coordinator)
    dashboard = text(client.get(f"/agendas/2026/dashboard/?as_of={day}"))
    overdue_list = client.get(f"/agendas/2026/action-points/?attention=no_one_responsible&as_of={day}")
    pages = [client.get(f"/agendas/2026/{page}?as_of={day}") for page in ("", "issues/1/", "1.2/")]

    assert ("Needs attention" in dashboard) == was_open
    assert ("This agenda is closed" in dashboard) != was_open
    assert ("Never reported" in text(overdue_list)) == was_open
    assert [("No one responsible" in text(page)) for page in pages] == [was_open] * 3
    closed.refresh_from_db()
    assert closed.state == "closed"


def test_past_agenda_state_follows_reopening_and_closing(point):
    agenda = point.issue.agenda
    for month, state in ((1, "open"), (2, "closed"), (3, "open"), (6, "closed")):
        agenda.state, agenda._history_date = state, at(date(2026, month, 1))
        agenda.save()

    past_states = {}
    for month in (1, 2, 4, 7):
        past_agenda = type(agenda).objects.get()
        look_back(past_agenda, AsOf(date(2026, month, 15), is_past=True))
        past_states[month] = past_agenda.state

    assert past_states == {1: "open", 2: "closed", 4: "open", 7: "closed"}


def test_past_pages_offer_no_changes(client, point, coordinator):
    personas.sign_in(client, coordinator)

    for page in ("", "issues/1/"):
        assert "/edit/" not in client.get(f"/agendas/2026/{page}?as_of=2026-04-01").text
        assert "/edit/" in client.get(f"/agendas/2026/{page}").text


def test_past_dashboard_links_to_issues_and_updates_keep_the_date(client, point, focal_point):
    page = personas.sign_in(client, focal_point).get("/agendas/2026/dashboard/?as_of=2026-04-01").text

    assert 'href="/agendas/2026/issues/1/?as_of=2026-04-01"' in page
    assert 'href="/agendas/2026/1.1/?as_of=2026-04-01#update-2"' in page
