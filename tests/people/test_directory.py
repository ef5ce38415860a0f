"""Test the list of people: who sees whom, the search, and the number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import personas
from tests.actions.pages import links

pytestmark = pytest.mark.django_db

ADDRESS = "/people/"


def listed_emails(response) -> list[str]:
    return [person.email for person in response.context["page"]]


@pytest.fixture
def network(focal_point, other_focal_point, coordinator, admin):
    personas.person("deactivated@example.org", agency=focal_point.agency, is_active=False)
    return focal_point


def test_people_are_listed_by_agency_and_those_without_one_last(client, network):
    response = personas.sign_in(client, network).get(ADDRESS)

    assert listed_emails(response) == [
        "focal.undp@example.org",
        "focal.unssc@example.org",
        "admin@example.org",
        "coordinator@example.org",
    ]


def test_admins_see_deactivated_people_and_can_invite(client, network, admin):
    shown = {}
    for person in (network, admin):
        response = personas.sign_in(client, person).get(ADDRESS)
        page = response.content.decode()
        shown[person] = (
            "deactivated@example.org" in listed_emails(response),
            "/people/invitations/" in page,
            "Deactivated" in page,
        )

    assert shown == {network: (False, False, False), admin: (True, True, True)}


@pytest.mark.parametrize(
    ("query", "emails"),
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
def test_people_are_found_by_name_address_and_agency(client, network, admin, query, emails):
    admin.name = "Zoë"
    admin.save()
    response = personas.sign_in(client, network).get(ADDRESS, {"q": query})

    assert listed_emails(response) == emails


@pytest.mark.parametrize("query", ["\x00", "a\x00b", "x" * 101])
def test_invalid_search_is_refused(client, network, query):
    response = personas.sign_in(client, network).get(ADDRESS, {"q": query})

    assert response.status_code == 400
    assert response.context["search"].errors


def test_list_of_people_needs_the_same_queries_for_any_number(client, admin):
    personas.sign_in(client, admin)
    counts = []
    for number in (1, 2, 3):
        personas.person(f"focal{number}@example.org", agency=personas.agency(f"A{number}"))
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))

    assert counts == [5, 5, 5]  # session, person, people with their agencies, invitations, the current agenda


def test_long_list_of_people_has_pages(client, admin, monkeypatch):
    monkeypatch.setattr("tracker.people.views.directory.PAGE_SIZE", 2)
    for number in range(3):
        personas.person(f"p{number}@example.org")
    personas.sign_in(client, admin)

    shown = [listed_emails(client.get(ADDRESS, {"q": "example", "page": number})) for number in (1, 2)]

    assert shown == [["admin@example.org", "p0@example.org"], ["p1@example.org", "p2@example.org"]]
    assert "?q=example&page=2" in links(client.get(ADDRESS, {"q": "example"}))


@pytest.mark.parametrize("number", ["3", "x", "0", "\x00"])
def test_missing_page_of_the_list_is_refused(client, admin, number):
    response = personas.sign_in(client, admin).get(ADDRESS, {"page": number})

    assert response.status_code == 400
    assert listed_emails(response) == ["admin@example.org"]
