"""What signed-in people see is stored nowhere on its way to them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from tests import personas
from tracker.people.middleware import private_middleware


@pytest.mark.parametrize("page", ["/", "/agendas/2026/", "/agendas/2026/updates.csv", "/no/such/page/"])
def test_pages_of_signed_in_people_are_stored_nowhere(client, focal_point, page):
    personas.action_point()

    assert personas.sign_in(client, focal_point).get(page).headers["Cache-Control"] == "private, no-store"


def test_pages_of_visitors_may_be_stored(client, db):
    personas.agenda(visible_to="everybody")

    page = client.get("/agendas/2026/")
    assert (page.status_code, page.headers.get("Cache-Control")) == (200, None)


@pytest.mark.parametrize(
    ("said", "header"),
    [
        ({}, "private, no-store"),
        ({"Cache-Control": "no-store"}, "no-store"),
        ({"ETag": '"1"'}, "private, no-cache"),
        ({"Last-Modified": "Mon, 23 Nov 2026 09:00:00 GMT"}, "private, no-cache"),
    ],
    ids=str,
)
def test_what_a_view_says_itself_holds(rf, said, header):
    request = rf.get("/")
    request.user = personas.User(email="a@example.org")

    assert private_middleware(lambda _: HttpResponse(headers=said))(request).headers["Cache-Control"] == header
    request.user = AnonymousUser()
    answer = private_middleware(lambda _: HttpResponse(headers=said))(request)
    assert answer.headers.get("Cache-Control") == said.get("Cache-Control")
