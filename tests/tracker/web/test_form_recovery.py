"""Forms that were sent after the session had ended come back after signing in, each of them."""

from typing import Any

import pytest
from django.urls import reverse

from tests import personas
from tests.actions.pages import links, text
from tracker.web.form_recovery import MAX_CHARACTERS, MAX_SAVED_FORMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_urls(focal_point) -> list[str]:
    """The addresses of the forms that log progress on two action points."""
    for number in (1, 2):
        personas.lead(personas.action_point(number=number), focal_point.agency)
    return [reverse("log_progress", args=["2026", 1, number]) for number in (1, 2)]


def sign_in_at(client: Any, address: str, person: Any) -> str:
    """Sign in on the page that the browser was sent to; return where that leads."""
    person.set_password("a long enough password")
    person.save()
    return client.post(address, {"login": person.email, "password": "a long enough password"}).headers["Location"]


def narrative(page: Any) -> str | None:
    return page.context["form"]["narrative"].value()


@pytest.mark.parametrize("places", [(0, 1), (0, 0)])
def test_two_forms_sent_while_signed_out_both_come_back(client, form_urls, focal_point, places):
    first, second = (form_urls[place] for place in places)
    client.post(first, {"narrative": "From the one tab.", "do": "publish"})
    asked = client.post(second, {"narrative": "From the other tab.", "do": "publish"})

    page = client.get(sign_in_at(client, asked.headers["Location"], focal_point))
    [other] = page.context["saved_forms"]
    home = client.get(reverse("my_action_points"))
    continued = client.get(other["address"])

    assert (narrative(page), narrative(continued)) == ("From the other tab.", "From the one tab.")
    for shown in (page, home):
        assert other["address"] in links(shown)
        assert "From the one tab." in text(shown)
    assert continued.context["saved_forms"] == []


def test_form_is_there_again_after_reloading_until_it_is_stored(client, form_urls, focal_point):
    sent = {"status": "under_way", "narrative": "Typed.", "agency": focal_point.agency_id}
    address = sign_in_at(client, client.post(form_urls[0], sent).headers["Location"], focal_point)

    pages = [client.get(address), client.get(address)]
    refused = client.post(address, sent | {"status": ""})
    pages.append(client.get(address))
    stored = client.post(address, sent)
    again = client.get(address)

    assert [narrative(page) for page in pages] == ["Typed."] * 3
    assert (refused.status_code, stored.status_code) == (400, 302)
    assert not narrative(again)


def test_sending_a_form_leaves_the_other_one_of_its_address(client, form_urls, focal_point):
    for words in ("From the one tab.", "From the other tab."):
        asked = client.post(form_urls[0], {"narrative": words})
    address = sign_in_at(client, asked.headers["Location"], focal_point)

    client.get(address)
    client.post(form_urls[0], {"status": "under_way", "narrative": "Third.", "agency": focal_point.agency_id})

    assert narrative(client.get(form_urls[0])) == "From the one tab."


def test_form_sent_twice_while_signed_out_is_saved_once(client, form_urls, focal_point):
    for _ in range(2):
        asked = client.post(form_urls[0], {"narrative": "Once."})

    page = client.get(sign_in_at(client, asked.headers["Location"], focal_point))

    assert (narrative(page), page.context["saved_forms"]) == ("Once.", [])


@pytest.mark.parametrize("letter", ["a", "ب", "я", "字", "😀", "\n"])
def test_long_text_is_kept_in_every_script(client, form_urls, focal_point, letter):
    typed = "x" + letter * 19_898 + "x"
    asked = client.post(form_urls[0], {"narrative": typed.replace("\n", "\r\n")})

    page = client.get(sign_in_at(client, asked.headers["Location"], focal_point))

    assert narrative(page) == typed


@pytest.mark.parametrize(
    "forms",
    [
        [{"narrative": f"Form {number}"} for number in range(MAX_SAVED_FORMS + 1)],
        [{"narrative": "ب" * (MAX_CHARACTERS // 2)}, {"narrative": "я" * (MAX_CHARACTERS // 2)}],
    ],
)
def test_form_that_is_too_much_leaves_the_earlier_ones_and_says_so(client, form_urls, focal_point, forms):
    for form in forms:
        asked = client.post(form_urls[0], form)
    login = client.get(asked.headers["Location"])

    page = client.get(sign_in_at(client, asked.headers["Location"], focal_point))

    assert "what you typed could not be kept here" in text(login)
    assert len(page.context["saved_forms"]) == len(forms) - 2
    assert narrative(page) == forms[-2]["narrative"]


@pytest.mark.parametrize("key", ["", "x", "0" * 32])
def test_key_of_no_saved_form_opens_an_empty_form(client, form_urls, focal_point, key):
    client.post(form_urls[0], {"narrative": "Typed."})
    personas.sign_in(client, focal_point)

    assert not narrative(client.get(form_urls[0], {"saved": key}))
    assert narrative(client.get(form_urls[0])) == "Typed."
