"""The navigation is drawn once for many pages, and yet says where one is and offers what one may open."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests import personas

PLACES = {
    "my_action_points": [],
    "dashboard": ["2026"],
    "agenda": ["2026"],
    "action_point_list": ["2026"],
    "note": ["2026"],
    "agency_list": [],
    "people_list": [],
    "reminders": [],
}


@pytest.fixture
def agendas(db):
    return [personas.agenda("2026"), personas.agenda("2025")]


def links(response):
    """The links of the main navigation, and those of them that are where one is."""
    (navigation,) = re.findall(r'<nav class="site-nav".*?</nav>', response.text, re.DOTALL)
    return re.findall(r'<a href="([^"]*)"', navigation), re.findall(
        r'<a href="([^"]*)" aria-current="page"', navigation
    )


@pytest.mark.parametrize("place", PLACES)
def test_page_is_marked_where_the_navigation_leads_to_it(client, coordinator, agendas, place):
    personas.sign_in(client, coordinator)
    address = reverse(place, args=PLACES[place])

    offered, here = links(client.get(address))

    assert offered == [escape(reverse(name, args=args)) for name, args in PLACES.items()]
    assert here == [address]


def test_page_that_the_navigation_does_not_lead_to_is_marked_nowhere(client, coordinator, agendas):
    personas.sign_in(client, coordinator)

    for address in (
        reverse("preferences"),
        reverse("changes", args=["2026"]),
        "/no/such/page/",
        "/agendas/1999/",
        "/agendas/1999/note/",
    ):
        assert links(client.get(address))[1] == []


def test_each_reader_is_offered_what_is_for_them(client, coordinator, focal_point, agendas):
    agendas[0].visible_to = "everybody"
    agendas[0].save()
    page = reverse("agenda", args=["2026"])
    reminders, people = reverse("reminders"), reverse("people_list")

    assert reminders in links(personas.sign_in(client, coordinator).get(page))[0]
    own = links(personas.sign_in(client, focal_point).get(page))[0]
    assert people in own
    assert reminders not in own
    client.logout()
    visitors = links(client.get(page))[0]
    assert reverse("agency_list") in visitors
    assert people not in visitors
    assert reverse("my_action_points") not in visitors


def test_navigation_leads_to_the_agenda_of_the_page_in_the_language_of_the_reader(client, coordinator, agendas):
    personas.sign_in(client, coordinator)
    assert "Agenda 2025" in client.get(reverse("agenda", args=["2025"])).text
    coordinator.language = "fr"
    coordinator.save()

    page = client.get(reverse("dashboard", args=["2025"]))

    assert links(page)[1] == [reverse("dashboard", args=["2025"])]
    assert '<nav class="site-nav" aria-label="Navigation principale">' in page.text
