"""Tests of the charts as SVG files, and of the tab that shows them with tables."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from actions.dashboard.chart_views import NAMES
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text

pytestmark = pytest.mark.one_database  # figures are counted in Python

CHARTS = "/agendas/2026/charts/"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def points(db):
    """Create two issues with hostile titles, an action point that was reported on and one that nobody leads."""
    undp = personas.agency("UNDP")
    first = personas.issue(number=1, title='<script>alert("1")</script> & more', short_title="<b>&")
    led = personas.action_point(first)
    personas.lead(led, undp)
    personas.update(led, status="exploring", agency=undp)
    personas.action_point(personas.issue(number=2, title="التعلّم"))
    Agenda.objects.update(title="A <title> & a half")


def drawing(client, name, query=""):
    response = client.get(f"{CHARTS}{name}.svg{query}")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    return ElementTree.fromstring(response.content)


def words(svg):
    return [each.text for each in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_chart_is_well_formed_and_described(client, coordinator, points, name):
    svg = drawing(personas.sign_in(client, coordinator), name)

    assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {"svg", "title", "desc", "rect", "text"}
    assert "A <title> & a half" in svg.findtext(f"{SVG}title", "")
    assert svg.findtext(f"{SVG}desc")
    assert (svg.get("role"), svg.get("direction"), svg.get("aria-labelledby")) == ("img", "ltr", "title description")
    assert not [
        each for each in svg.iter() if each.get("style") or each.get("class")
    ]  # the site allows no styles inside


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("status-by-issue", "1 <b>&: 1 Exploring. 2 التعلّم: 1 Not reported."),
        ("status-by-agency", "UNDP: 1 Exploring."),
        ("progress-over-time", "23 November 2026: 1 Exploring, 1 Not reported."),
        ("agencies-by-issue", "UNDP: 1 <b>&: today. No lead agency: 2 التعلّم: never."),
    ],
)
def test_chart_says_its_figures_in_words(client, coordinator, points, name, expected, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_arguments: personas.TODAY)

    svg = drawing(personas.sign_in(client, coordinator), name)

    assert svg.findtext(f"{SVG}desc") == expected


def test_chart_is_mirrored_in_a_language_that_is_written_from_right_to_left(client, coordinator, points):
    left = drawing(personas.sign_in(client, coordinator), "status-by-issue")
    coordinator.language = "ar"
    coordinator.save()

    right = drawing(client, "status-by-issue")

    assert (right.get("direction"), right.get("lang")) == ("rtl", "ar")
    width = int(left.get("width", ""))
    places = [[float(each.get("x", 0)) for each in svg.iter(f"{SVG}text")] for svg in (left, right)]
    assert [width - x for x in places[0]] == places[1]


def test_chart_of_a_past_date_shows_that_date(client, coordinator, points):
    svg = drawing(personas.sign_in(client, coordinator), "status-by-issue", "?as_of=2026-01-31")

    assert (words(svg)[1] or "").endswith("· 31 January 2026")
    assert "Exploring" not in svg.findtext(f"{SVG}desc", "")


@pytest.mark.parametrize(
    ("path", "status"), [("pie.svg", 404), ("status-by-issue.svg?as_of=x", 400), ("?by=guess", 400)]
)
def test_wrong_address_of_a_chart_is_refused(client, coordinator, points, path, status):
    assert personas.sign_in(client, coordinator).get(CHARTS + path).status_code == status


def test_charts_of_an_agenda_without_action_points(client, coordinator):
    personas.agenda()
    personas.sign_in(client, coordinator)

    assert "This agenda has no action points yet" in text(client.get(CHARTS))
    assert [client.get(f"{CHARTS}{name}.svg").status_code for name in NAMES] == [200] * 4


@pytest.mark.parametrize("query", ["", "?as_of=2026-01-31"])
def test_tables_of_charts_lead_to_lists_of_the_same_count(client, coordinator, query):
    call_command("loaddata", "baseline_2005", verbosity=0)
    page = personas.sign_in(client, coordinator).get(f"/agendas/2005/charts/{query}")

    found = re.findall(r'<td class="number" data-label[^>]*><a href="([^"]+)">(\d+)</a>', page.text)

    assert len(found) > 30
    for address, number in found[:40:3]:
        assert client.get(unescape(address)).context["total"] == int(number), address


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"), [("charts/", 14), ("dashboard/reminders/", 10), ("dashboard/no-progress/", 13)]
)
def test_tabs_have_a_fixed_number_of_queries(client, coordinator, django_assert_num_queries, page, queries, rows):
    for number in range(1, rows + 1):
        point = personas.action_point(personas.issue(number=number))
        personas.lead(point, personas.agency(f"A{number}"))
        personas.update(point, agency=personas.agency(f"A{number}"), status="no_progress", reason="So.")
    personas.sign_in(client, coordinator)
    client.get(f"/agendas/2026/{page}")  # the first time also reads what is cached

    with django_assert_num_queries(queries):
        client.get(f"/agendas/2026/{page}")
