"""The navigation is drawn once for many pages, and yet says where one is and offers what one may open."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests import personas
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

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


def opened(slug, agreed_on=None, opened_on=None, state="open"):
    agreed_on = agreed_on and PartialDate.parse(agreed_on)
    return {"slug": slug, "agreed_on": agreed_on, "opened_on": opened_on, "state": state}


@pytest.mark.parametrize(
    ("agendas", "latest"),
    [
        ([opened("2005", "2005-05"), opened("2026", "2026-04-30")], "2026"),
        ([opened("kenya-2025", "2025-06"), opened("2026", "2026-04-30")], "2026"),
        ([opened("2005", "2005-05", date(2027, 1, 1)), opened("2026", "2026-04-30")], "2026"),
        ([opened("2005", "2005-05"), opened("2026", None, date(2026, 5, 1))], "2026"),
        ([opened("2005", "2005-05"), opened("2026", "2026-04-30", state="closed")], "2005"),
        ([opened("2005", "2005-05"), opened("2026", "2026-04-30", state="draft")], "2005"),
        ([opened("2005", "2005-05", state="closed"), opened("2006", "2006-05", state="closed")], "2006"),
        ([opened("2005", "2005-05", state="closed"), opened("2027", state="draft")], "2005"),
        ([opened("a", "2026"), opened("b", "2026")], "b"),
    ],
)
def test_navigation_leads_to_the_latest_open_agenda(client, coordinator, agendas, latest):
    for fields in agendas:
        personas.agenda(**fields)
    personas.sign_in(client, coordinator)

    found = links(client.get(reverse("preferences")))[0]

    assert reverse("agenda", args=[latest]) in found
    assert client.get("/").url == reverse("dashboard", args=[latest])


@pytest.mark.parametrize("place", ["agenda", "dashboard", "action_point_list", "note", "changes", "rollover"])
def test_navigation_stays_with_the_agenda_that_is_read(client, coordinator, place):
    personas.agenda(**opened("2005", "2005-05"))
    personas.agenda(**opened("2026", "2026-05"))
    personas.sign_in(client, coordinator)

    assert reverse("agenda", args=["2005"]) in links(client.get(reverse(place, args=["2005"])))[0]


@pytest.mark.parametrize(
    ("person", "audience", "latest"),
    [(None, "everybody", "2025"), ("focal_point", "network", "2025"), ("coordinator", "network", "2025")],
)
def test_navigation_leads_nobody_to_an_agenda_that_they_may_not_see(client, request, db, person, audience, latest):
    personas.agenda(**opened("2025", "2025-05"), visible_to=audience)
    personas.agenda(**opened("2026", "2026-05", state="draft"))
    personas.agenda(**opened("2027", "2027-05", state="closed"))
    if person:
        personas.sign_in(client, request.getfixturevalue(person))

    assert reverse("agenda", args=[latest]) in links(client.get(reverse("agency_list")))[0]
