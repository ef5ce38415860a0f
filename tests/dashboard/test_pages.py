"""Tests of the dashboard and of the list of action points."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.utils import timezone

from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text

LIST = "/agendas/2026/action-points/"


@pytest.fixture
def baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)


@pytest.fixture
def points(db):
    """Create three issues with three action points each, in all states."""
    undp = personas.agency("UNDP")
    for number in (1, 2, 3):
        issue = personas.issue(number=number)
        for place, status in enumerate(["", "under_way", "completed"], 1):
            point = personas.action_point(issue, place, title=f"Point {number}.{place} of a kind")
            if status:
                personas.update(point, status=status)
            if place == number:
                personas.lead(point, undp)
                personas.milestone(point, title="Passed", due="2020")
                personas.milestone(point, title="Ahead", due="2099")
    personas.pause(point, timezone.localdate() + timedelta(days=9), "Waits.")
    return undp


def total(response):
    match = re.search(r"([\d,]+) action points?", text(response).partition("Action points")[2])
    assert match
    return int(match[1])


def figures_of(response):
    """Return the figures of the dashboard as pairs of address and count."""
    html = response.content.decode()
    links = re.findall(r'<a[^>]*href="([^"]*action-points/\?[^"]*)"[^>]*>\s*(?:<strong>)?(\d+)', html)
    return [(address.replace("&amp;", "&"), int(count)) for address, count in links]


@pytest.mark.parametrize("slug", ["2005", "2026"])
def test_figures_link_to_lists_of_the_same_count(client, coordinator, baseline, points, slug):
    personas.sign_in(client, coordinator)

    figures = figures_of(client.get(f"/agendas/{slug}/dashboard/"))

    assert len(figures) > 30
    assert {address: total(client.get(address)) for address, _count in figures} == dict(figures)


def test_status_history_links_to_past_lists(client, coordinator, baseline):
    personas.sign_in(client, coordinator)
    page = client.get("/agendas/2005/dashboard/").text

    cells = re.findall(r'<td class="number"[^>]*><a href="([^"]+)">([0-9]+)</a>', page)

    assert len(cells) > 5
    for address, count in cells:
        assert total(client.get(unescape(address))) == int(count)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 9),
        ("q=2.3", 1),
        ("q=2026/2.3", 1),
        ("q=point+kind", 9),
        ("q=nowhere", 0),
        ("status=under_way", 3),
        ("status=under_way&status=completed", 6),
        ("issue=2", 3),
        ("agency=UNDP", 3),
        ("owner=nobody", 6),
        ("owner=somebody", 3),
        ("attention=silent", 3),
        ("attention=snoozed", 0),
        ("attention=milestone_ahead", 2),
        ("silent_for=0", 3),
        ("silent_for=60000", 0),
        ("issue=1&status=completed&owner=nobody", 1),
    ],
)
def test_list_filters(client, coordinator, points, query, expected):
    response = personas.sign_in(client, coordinator).get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert total(response) == expected


def test_list_filters_by_the_persons_own_action_points(client, focal_point, points):
    response = personas.sign_in(client, focal_point).get(f"{LIST}?owner=mine")

    assert total(response) == 3


@pytest.mark.parametrize("sort", ["reference", "silence", "reported"])
def test_list_pages_contain_every_row_once(client, coordinator, points, monkeypatch, sort):
    monkeypatch.setattr("actions.lists.views.PAGE_SIZE", 4)
    personas.sign_in(client, coordinator)
    address: str | None = f"{LIST}?sort={sort}"
    seen: list[str] = []
    while address:
        html = client.get(address).content.decode()
        seen += re.findall(r'id="point-([\d.]+)"', html)
        following = re.search(r'rel="next" href="([^"]*)"', html)
        address = LIST + following[1].replace("&amp;", "&") if following else None

    assert sorted(seen) == [f"{issue}.{point}" for issue in (1, 2, 3) for point in (1, 2, 3)]


@pytest.mark.parametrize(
    "invalid",
    [
        "status=foo",
        "status=foo&status=under_way",
        "issue=x",
        "issue=99",
        "issue=" + "9" * 30,
        "agency=NIX",
        "agency=%00",
        "owner=foo",
        "attention=foo",
        "silent_for=x",
        "silent_for=-1",
        "silent_for=" + "9" * 18,
        "silent_for=1e30",
        "silent_for=NaN",
        "silent_for=1.5",
        "q=" + "x" * 10_000,
        "q=%00",
        "q=a%1b",
        "q=%ed%a0%80",
        "sort=foo",
        "page=x",
        "page=0",
        "page=-1",
        "page=2",
        "page=1.5",
        "page=%00",
        "page=%ed%a0%80",
        "page=1" + "0" * 18,
        "page=1" + "0" * 5000,
        "staus=completed",
        "%00=1",
    ],
)
def test_list_refuses_an_invalid_filter_and_keeps_the_others(client, coordinator, points, invalid):
    valid = "&".join(each for each in ("agency=UNDP", "issue=1") if each.split("=")[0] not in invalid)

    response = personas.sign_in(client, coordinator).get(f"{LIST}?{invalid}&{valid}")

    assert response.status_code == 400
    assert "could not be understood" in text(response)
    assert "Point 1.1 of a kind" in text(response)


def test_list_shows_active_filters_with_links_that_remove_them(client, coordinator, points):
    response = personas.sign_in(client, coordinator).get(f"{LIST}?status=under_way&status=completed&agency=UNDP")

    assert {"?status=under_way&status=completed", "?status=under_way&agency=UNDP"} <= links(response)
    assert "Lead agency: UNDP" in text(response)


def test_empty_list_explains_what_to_do(client, coordinator, points):
    response = personas.sign_in(client, coordinator).get(f"{LIST}?q=nowhere")

    assert "No action point fits" in text(response)
    assert "Take one of the filters above away" in text(response)


def test_dashboard_of_an_empty_agenda_shows_a_message(client, coordinator):
    personas.agenda()

    response = personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/")

    assert "This agenda has no action points yet" in text(response)


def test_dashboard_of_a_closed_agenda_shows_that_it_is_closed(client, coordinator, points):
    personas.sign_in(client, coordinator)
    assert "What needs attention" in text(client.get("/agendas/2026/dashboard/"))
    Agenda.objects.update(state="closed")

    closed = text(client.get("/agendas/2026/dashboard/"))

    assert "This agenda is closed" in closed
    assert "Where they stand" in closed
    for untrue in ("show no progress", "What needs attention", "Silence", "Passed, not marked as done"):
        assert untrue not in closed


def test_dashboard_links_to_the_other_agendas(client, coordinator, baseline, points):
    response = personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/")

    assert "/agendas/2005/dashboard/" in links(response)


def test_dashboard_of_a_public_agenda_hides_names_from_visitors(client, focal_point, points):
    Agenda.objects.update(visible_to="everybody")
    point = personas.action_point(personas.issue(number=9), 9)
    personas.assign(point, focal_point)
    personas.update(point, author=focal_point)

    answers = [client.get("/agendas/2026/dashboard/"), client.get(LIST)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not [answer for answer in answers if focal_point.name in text(answer)]
    assert client.get(f"{LIST}?owner=mine").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("dashboard", 19), ("action-points", 13)])
def test_pages_have_a_fixed_number_of_queries(client, coordinator, django_assert_num_queries, page, queries, count):
    for number in range(1, count + 1):
        for place in range(1, count + 1):
            point = personas.action_point(personas.issue(number=number), place)
            personas.lead(point, personas.agency(f"A{place}"))
            personas.update(point, agency=personas.agency(f"A{number}"))
            personas.milestone(point, title="Passed", due="2020")
            personas.milestone(point, title="Ahead", due="2026-12")
        personas.action_point(personas.issue(number=number), 9)
    personas.sign_in(client, coordinator)

    with django_assert_num_queries(queries):
        client.get(f"/agendas/2026/{page}/?q=action" if page == "action-points" else f"/agendas/2026/{page}/")


@pytest.mark.parametrize("old", ["after=1002", "before=2026-01-01~17", "after=x", "before="])
def test_outdated_page_address_shows_the_first_page(client, focal_point, points, old):
    response = personas.sign_in(client, focal_point).get(f"{LIST}?{old}")

    assert (response.status_code, total(response)) == (200, 9)


def test_search_for_a_reference_of_another_agenda_is_empty(client, focal_point):
    personas.action_point()
    personas.sign_in(client, focal_point)

    assert "1 action point with these filters" in text(client.get(f"{LIST}?q=2026/1.1"))
    assert "No action point fits" in text(client.get(f"{LIST}?q=2025/1.1"))


def test_empty_filters_are_ignored(client, focal_point):
    personas.action_point()
    page = personas.sign_in(client, focal_point).get(f"{LIST}?status=&issue=&agency=&q=")

    assert page.status_code == 200
    assert "errorlist" not in page.text
