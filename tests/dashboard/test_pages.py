"""Tests of the dashboard and of the list of action points."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.utils import timezone

from actions import responsibilities
from actions.models import ActionPoint, AttentionReason, Responsibility
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.people.models import Agency, User

pytestmark = pytest.mark.one_database  # figures are counted in Python

LIST = "/agendas/2026/action-points/"


@pytest.fixture
def baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)


@pytest.fixture
def points(db):
    """Create three issues with three action points each, in all states."""
    undp = personas.agency("UNDP")
    personas.person("undp@example.org", agency=undp)
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
    links = re.findall(r'<a[^>]*href="([^"]*action-points/\?[^"]*)"[^>]*>\s*(?:<strong>)?(\d+)(?:</| of )', html)
    return [(address.replace("&amp;", "&"), int(count)) for address, count in links]


@pytest.fixture
def network(db):
    """Fill the agenda 2026 with joint action points whose parts differ in status, age, persons, pause and milestones."""
    undp, unssc, fao, ifrc = map(personas.agency, ("UNDP", "UNSSC", "FAO", "IFRC"))
    nordic = personas.agency("UNDP-NO", parent=undp)
    people = {
        each.acronym: personas.person(f"{each.acronym}@example.org", agency=each) for each in (unssc, fao, nordic)
    }
    gone = personas.person("gone@example.org", agency=ifrc, is_active=False)
    leads = [(), (undp,), (undp, unssc), (undp, unssc, fao), (nordic, fao), (ifrc,), (ifrc, fao), (unssc,)]
    statuses = ["under_way", "completed", "exploring", "no_progress", "discontinued"]
    today, sizes = timezone.localdate(), range(16)
    for number in sizes:
        point = personas.action_point(personas.issue(number=number % 3 + 1), number + 1)
        chosen = leads[number % len(leads)]
        for place, agency in enumerate(chosen):
            part = personas.lead(point, agency, persons=[gone] if agency == ifrc else [])
            if (number + place) % 4 == 0:
                until = today + timedelta(days=20 if number % 2 else -5)
                responsibilities.pause(part, until, "Waits for the budget.")
            if (number + place) % 3 != 2:
                status = statuses[(number + place) % len(statuses)]
                days = [5, 40, 95, 200, 500, 900][(number + place) % 6]
                at = timezone.now() - timedelta(days=days)
                reason = "The post is vacant." if status == "no_progress" else ""
                personas.update(point, now=at, agency=agency, status=status, reason=reason, is_piece=number % 5 == 4)
            if (number + place) % 2:
                personas.milestone(point, title=f"Of {agency}", due="2020" if number % 3 else "2099", agency=agency)
        if not chosen:
            personas.update(point, now=timezone.now() - timedelta(days=300))
        if number % 4 == 1:
            personas.milestone(point, title="Of everybody", due=(today - timedelta(days=3)).isoformat())
    personas.assign(point, people["UNSSC"])


@pytest.mark.parametrize(
    ("slug", "state", "days_ago"),
    [("2005", "open", 0), ("2026", "open", 0), ("2026", "open", 100), ("2026", "closed", 0)],
)
def test_figures_link_to_lists_of_the_same_count(
    client, coordinator, baseline, network, monkeypatch, slug, state, days_ago
):
    monkeypatch.setattr("actions.lists.views.PAGE_SIZE", 1)  # each list says how many it has
    agenda = Agenda.objects.get(slug=slug)
    agenda.state = state
    agenda.save()
    day = timezone.localdate() - timedelta(days=days_ago)
    query = f"?as_of={day}" if days_ago else ""
    personas.sign_in(client, coordinator)

    figures = figures_of(client.get(f"/agendas/{slug}/dashboard/{query}"))

    assert len(figures) > 13
    assert {address: total(client.get(address)) for address, _count in figures} == dict(figures)


def test_figures_of_a_network_count_every_reason(client, coordinator, network):
    counts = figures_of(personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/"))

    by_query = {address.partition("?")[2]: count for address, count in counts}
    assert min(by_query[f"attention={value}"] for value in ["any", *AttentionReason.values]) > 0
    assert sum(
        by_query[f"agency={each.acronym}"] for each in Agency.objects.filter(responsibilities__until=None).distinct()
    ) == (Responsibility.objects.current().count())
    assert by_query["owner=no_lead"] == ActionPoint.objects.filter(responsibilities=None).count()


@pytest.mark.parametrize("slug", ["2005", "2026"])
def test_every_page_counts_the_same(client, coordinator, baseline, network, slug):
    """The dashboard, the list and its file, the page of milestones and those of the agencies give the same answers."""
    personas.sign_in(client, coordinator)
    dashboard = client.get(f"/agendas/{slug}/dashboard/").context
    listed = client.get(f"/agendas/{slug}/action-points/?attention=any").context
    file = b"".join(client.get(f"/agendas/{slug}/action-points.json").streaming_content)
    line = client.get(f"/agendas/{slug}/milestones/").context["time_line"]

    for shown in dashboard["heat_map"].rows:
        if shown.acronym:
            led = client.get(f"/agencies/{shown.acronym}/").context["led"]
            parts = [part for row, part in led if row.slug == slug]
            due = [part for part in parts if part.due_since]
            assert (len(parts), bool(due)) == (shown.total, shown.is_due)
    rows = json.loads(file)["rows"]
    assert listed["total"] == dashboard["counted"].attention == sum(1 for row in rows if row["needs_attention"])
    for concern in dashboard["concerns"]:
        assert sum(1 for row in rows if concern.reason in row["needs_attention"].split(", ")) == concern.count
    overdue = {state: count for state, _words, count in line.counts}["passed"]
    assert (overdue > 0) == any("milestone_overdue" in row["needs_attention"] for row in rows)


def actions_of(response):
    """Return the label of each action of the dashboard with its address, and whether it is the primary button."""
    found = re.findall(r'<a class="btn btn-row ([\w-]+)" href="([^"]*)">([^<]*)</a>', response.text)
    return {label: (unescape(address), kind == "btn-primary") for kind, address, label in found}


def test_coordinators_act_on_what_needs_attention(client, coordinator, network):
    personas.sign_in(client, coordinator)
    page = client.get("/agendas/2026/dashboard/")
    actions = actions_of(page)

    assert [(label, is_primary) for label, (_address, is_primary) in actions.items()] == [
        ("Assign", False),
        ("Remind 3 people", True),
        ("Open", False),
        ("Read why", False),
    ]
    assert page.text.count("btn-primary") == 1
    assigning = client.get(actions["Assign"][0]).context["form"]
    assert len(assigning["points"].value()) == page.context["concerns"][0].count
    assert assigning["kind"].value() == "add_focal_point"
    assert len(client.get(actions["Remind 3 people"][0]).context["people"]) == 3
    assert [client.get(address).status_code for address, _is_primary in actions.values()] == [200] * 4


def test_reasons_of_those_who_report_no_progress_are_read_on_one_page(client, coordinator):
    undp, fao = personas.agency("UNDP"), personas.agency("FAO")
    joint, other = personas.action_point(), personas.action_point(number=2)
    personas.lead(joint, undp, fao)
    for agency, day, reason in (
        (undp, 1, "An earlier reason."),
        (undp, 2, "The post is vacant."),
        (fao, 3, "No money."),
    ):
        at = personas.NOW + timedelta(days=day - 9)
        personas.update(joint, now=at, agency=agency, status="no_progress", reason=reason, narrative="")
    personas.update(other, now=personas.NOW - timedelta(days=3), status="no_progress", reason="A strike.", narrative="")
    personas.update(other, now=personas.NOW - timedelta(days=1), status="exploring")
    personas.sign_in(client, coordinator)

    page = text(client.get("/agendas/2026/dashboard/no-progress/"))
    then = text(client.get(f"/agendas/2026/dashboard/no-progress/?as_of={personas.TODAY - timedelta(days=2)}"))

    assert [reason in page for reason in ("An earlier reason.", "The post is vacant.", "No money.", "A strike.")] == [
        False,
        True,
        True,
        False,
    ]
    assert "A strike." in then


def test_assigning_is_the_primary_action_if_nobody_can_be_reminded(client, coordinator, points):
    User.objects.exclude(pk=coordinator.pk).update(wants_digests=False)

    actions = actions_of(personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/"))

    assert [(label, is_primary) for label, (_address, is_primary) in actions.items()] == [
        ("Assign", True),
        ("Open", False),
    ]


@pytest.mark.parametrize(("who", "query"), [("focal_point", ""), (None, ""), ("coordinator", "?as_of=2026-11-01")])
def test_others_are_offered_only_what_they_may_do(client, request, network, who, query):
    Agenda.objects.update(visible_to="everybody")
    if who:
        personas.sign_in(client, request.getfixturevalue(who))

    page = client.get(f"/agendas/2026/dashboard/{query}")

    assert set(actions_of(page)) <= {"Open", "Read why"}
    assert "/action-points/changes/" not in page.text


def test_agenda_that_needs_nothing_says_so(client, coordinator):
    point = personas.action_point()
    personas.lead(point, personas.agency(), persons=[coordinator])
    personas.update(point, agency=personas.agency(), now=timezone.now())

    page = personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/")

    assert "Nothing needs attention." in text(page)
    assert actions_of(page) == {}


@pytest.mark.parametrize(("period", "is_calm"), [("2005", True), (None, False)])
def test_long_past_period_is_shown_calmly(client, coordinator, points, period, is_calm):
    Agenda.objects.update(reporting_period=period)

    page = personas.sign_in(client, coordinator).get("/agendas/2026/dashboard/")

    assert ("is-calm" in page.text) == is_calm


FILTERS = {
    "": 9,
    "q=2.3": 1,
    "q=2026/2.3": 1,
    "q=point+kind": 9,
    "q=nowhere": 0,
    "status=under_way": 3,
    "status=under_way&status=completed": 6,
    "issue=2": 3,
    "agency=UNDP": 3,
    "owner=nobody": 6,
    "owner=somebody": 3,
    "attention=any": 6,
    "attention=no_one_responsible": 4,
    "attention=update_due": 1,
    "attention=milestone_overdue": 2,
    "attention=no_progress": 0,
    "attention=paused": 0,
    "attention=milestone_ahead": 2,
    "silent_for=0": 3,
    "silent_for=60000": 0,
    "issue=1&status=completed&owner=nobody": 1,
}
"""Queries of the list of `points`, and how many of them it shows then."""


def test_list_filters(client, coordinator, points):
    personas.sign_in(client, coordinator)

    answers = {query: client.get(f"{LIST}?{query}") for query in FILTERS}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert {query: total(answer) for query, answer in answers.items()} == FILTERS


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


INVALID = [
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
    "q=" + "x" * 5_000,
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
]


def test_list_refuses_an_invalid_filter_and_keeps_the_others(client, coordinator, points):
    personas.sign_in(client, coordinator)

    for invalid in INVALID:
        valid = "&".join(each for each in ("agency=UNDP", "issue=1") if each.split("=")[0] not in invalid)
        response = client.get(f"{LIST}?{invalid}&{valid}")

        assert response.status_code == 400, invalid[:40]
        assert "could not be understood" in text(response), invalid[:40]
        assert "Point 1.1 of a kind" in text(response), invalid[:40]


def test_list_shows_active_filters_with_links_that_remove_them(client, coordinator, points):
    response = personas.sign_in(client, coordinator).get(f"{LIST}?status=under_way&status=completed&agency=UNDP")

    assert {"?status=under_way&status=completed", "?"} <= links(response)
    assert "Agency UNDP" in text(response)
    assert "Status Under way, Completed" in text(response)


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
    assert "Needs attention" in text(client.get("/agendas/2026/dashboard/"))
    Agenda.objects.update(state="closed")

    closed = text(client.get("/agendas/2026/dashboard/"))

    assert "This agenda is closed" in closed
    assert "Completed" in closed
    for untrue in ("need attention", "Needs attention", "update due"):
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
@pytest.mark.parametrize(("page", "queries"), [("dashboard", 20), ("action-points", 15)])
def test_pages_have_a_fixed_number_of_queries(client, coordinator, django_assert_num_queries, page, queries, count):
    for number in range(1, count + 1):
        for place in range(1, count + 1):
            point = personas.action_point(personas.issue(number=number), place)
            personas.lead(point, personas.agency(f"A{place}"))
            personas.update(point, agency=personas.agency(f"A{number}"))
            personas.milestone(point, title="Passed", due="2020")
            personas.milestone(point, title="Ahead", due="2026-12")
        personas.lead(personas.action_point(personas.issue(number=number), 9), personas.agency("A9"))
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

    assert client.get(f"{LIST}?q=2026/1.1").context["total"] == 1
    assert "No action point fits" in text(client.get(f"{LIST}?q=2025/1.1"))


def test_empty_filters_are_ignored(client, focal_point):
    personas.action_point()
    page = personas.sign_in(client, focal_point).get(f"{LIST}?status=&issue=&agency=&q=")

    assert page.status_code == 200
    assert "errorlist" not in page.text
