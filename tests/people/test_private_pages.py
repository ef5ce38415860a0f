"""Test that pages of signed-in people are not cached."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from actions.reminders.links import answer_link
from tests import personas
from tracker.people.middleware import private_middleware


@pytest.mark.parametrize("page", ["/", "/agendas/2026/", "/agendas/2026/updates.csv", "/no/such/page/"])
def test_pages_of_signed_in_people_are_not_cached(client, focal_point, page):
    personas.action_point()

    assert personas.sign_in(client, focal_point).get(page).headers["Cache-Control"] == "private, no-store"


def test_pages_of_visitors_may_be_cached(client, db):
    personas.agenda(visible_to="everybody")

    page = client.get("/agendas/2026/")
    assert (page.status_code, page.headers.get("Cache-Control")) == (200, None)


SECRETS = [
    "/reminders/answers/token/",
    "/reminders/unsubscribe/token/",
    "/accounts/password/reset/key/1-set-password/",
    "/accounts/password/reset/key/1-token/",
]


@pytest.mark.parametrize("page", SECRETS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_behind_a_link_of_a_mail_are_not_stored(client, db, page, method):
    assert "no-store" in getattr(client, method)(page).headers["Cache-Control"]


def test_answer_page_is_not_stored(client, focal_point):
    point = personas.action_point()
    part = personas.lead(point, focal_point.agency)
    digest = personas.digest(focal_point, point)
    link = answer_link(digest, point.pk, part.pk, "progress").removeprefix("http://127.0.0.1:8000")

    page = client.get(link)

    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "private, no-store"),
        ({"Cache-Control": "no-store"}, "no-store"),
        ({"ETag": '"1"'}, "private, no-cache"),
        ({"Last-Modified": "Mon, 23 Nov 2026 09:00:00 GMT"}, "private, no-cache"),
    ],
    ids=str,
)
def test_cache_headers_of_a_view_are_respected(rf, headers, expected):
    request = rf.get("/")
    request.user = personas.User(email="a@example.org")

    assert private_middleware(lambda _: HttpResponse(headers=headers))(request).headers["Cache-Control"] == expected
    request.user = AnonymousUser()
    response = private_middleware(lambda _: HttpResponse(headers=headers))(request)
    assert response.headers.get("Cache-Control") == headers.get("Cache-Control")
