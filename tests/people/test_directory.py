"""The list of people: who sees whom, searching, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import personas
from tests.actions.pages import links

pytestmark = pytest.mark.django_db

ADDRESS = "/people/"


def listed(response) -> list[str]:
    return [person.email for person in response.context["page"]]


@pytest.fixture
def network(focal_point, other_focal_point, coordinator, admin):
    personas.person("gone@example.org", agency=focal_point.agency, is_active=False)
    return focal_point


def test_people_are_listed_by_agency_those_of_none_last(client, network):
    response = personas.sign_in(client, network).get(ADDRESS)

    assert listed(response) == [
        "focal.undp@example.org",
        "focal.unssc@example.org",
        "admin@example.org",
        "coordinator@example.org",
    ]


def test_admins_see_who_was_deactivated_and_may_invite(client, network, admin):
    shown = {}
    for person in (network, admin):
        response = personas.sign_in(client, person).get(ADDRESS)
        page = response.content.decode()
        shown[person] = ("gone@example.org" in listed(response), "/people/invitations/" in page, "Deactivated" in page)

    assert shown == {network: (False, False, False), admin: (True, True, True)}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("unssc", ["focal.unssc@example.org"]),
        ("UNDP in full", ["focal.undp@example.org"]),
        ("coord", ["coordinator@example.org"]),
        ("COORDINATOR example", ["coordinator@example.org"]),
        ("coordinator undp", []),
        ("zoë", ["admin@example.org"]),
        ("ZOE", ["admin@example.org"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_people_are_found_by_name_address_and_agency(client, network, admin, wanted, found):
    admin.name = "Zoë"
    admin.save()
    response = personas.sign_in(client, network).get(ADDRESS, {"q": wanted})

    assert listed(response) == found


@pytest.mark.parametrize("wanted", ["\x00", "a\x00b", "x" * 101])
def test_search_that_cannot_be_answered_says_so(client, network, wanted):
    response = personas.sign_in(client, network).get(ADDRESS, {"q": wanted})

    assert response.status_code == 400
    assert response.context["search"].errors


def test_list_of_people_costs_the_same_for_any_number(client, admin):
    personas.sign_in(client, admin)
    costs = []
    for number in (1, 2, 3):
        personas.person(f"focal{number}@example.org", agency=personas.agency(f"A{number}"))
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        costs.append(len(queries))

    assert costs == [5, 5, 5]  # session, person, number of people, people with their agencies, the current agenda


def test_long_list_of_people_has_pages(client, admin, monkeypatch):
    monkeypatch.setattr("tracker.people.views.directory.PAGE_SIZE", 2)
    for number in range(3):
        personas.person(f"p{number}@example.org")
    personas.sign_in(client, admin)

    shown = [listed(client.get(ADDRESS, {"q": "example", "page": number})) for number in (1, 2)]

    assert shown == [["admin@example.org", "p0@example.org"], ["p1@example.org", "p2@example.org"]]
    assert "?q=example&page=2" in links(client.get(ADDRESS, {"q": "example"}))


@pytest.mark.parametrize("number", ["3", "x", "0", "\x00"])
def test_page_that_the_list_of_people_does_not_have_says_so(client, admin, number):
    response = personas.sign_in(client, admin).get(ADDRESS, {"page": number})

    assert response.status_code == 400
    assert listed(response) == ["admin@example.org"]
