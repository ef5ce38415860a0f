"""Tests of the help pages, the links to the glossary, and the welcome after a first sign-in."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests import personas
from tracker.help.views import PAGES

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*PAGES, "contact"])
def test_everybody_may_read_each_page(client, page):
    response = client.get(f"/help/{page}/")

    assert response.status_code == 200
    assert len(re.findall(r"<h1[ >]", response.text)) == 1
    assert f'href="/help/{page}/" aria-current="page"' in response.text


@pytest.mark.parametrize("page", ["nothing", "base_help", "focal_points"])
@pytest.mark.django_db
def test_other_pages_are_not_found(client, page):
    assert client.get(f"/help/{page}/").status_code == 404


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        ("client", "For visitors"),
        ("as_focal_point", "For focal points"),
        ("as_coordinator", "For coordinators"),
        ("as_admin", "For admins"),
    ],
)
def test_help_begins_with_the_guide_for_the_role(request, db, person, heading):
    assert f"<h1>{heading}</h1>" in request.getfixturevalue(person).get("/help/").text


@pytest.mark.parametrize("address", ["", "help@example.org"])
def test_contact_is_the_address_of_the_installation_and_the_coordinators(
    settings, as_focal_point, coordinator, address
):
    settings.CONTACT_EMAIL = address
    pages = [client.get("/help/contact/").text for client in (Client(), as_focal_point)]

    own = [address] if address else []
    assert [re.findall('href="mailto:([^"]*)"', page) for page in pages] == [own, [*own, coordinator.email]]


def test_links_lead_to_words_of_the_glossary():
    words = set(re.findall(r' id="([\w-]+)"', (TEMPLATES / "help/glossary.html").read_text()))
    linked = {
        anchor
        for path in TEMPLATES.rglob("*.html")
        for anchor in re.findall(r'help_link.html" with anchor="([\w-]+)"', path.read_text())
    }

    assert linked
    assert linked - words == set()


PASSWORD = "four words put together"


def sign_in(client, person):
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("focal_point", "publish a sentence on what happened"),
        ("coordinator", "You see on the dashboard what needs attention"),
        ("admin", "You set up agencies, people and agendas."),
    ],
)
def test_first_sign_in_shows_a_welcome_until_it_is_dismissed(db, client, role, sentence):
    personas.agenda("2026")
    person = personas.person("new@example.org", role, agency=personas.agency("UNDP"))
    sign_in(client, person)
    home = reverse("home")

    welcomed = client.get(home, follow=True).text
    dismissed = client.post("/welcome/", follow=True).text

    assert sentence in welcomed
    assert sentence not in dismissed
    assert sentence not in client.get(home, follow=True).text


def test_second_sign_in_shows_no_welcome(client, focal_point):
    for _time in range(2):
        page = sign_in(client, focal_point).text
        client.post("/accounts/logout/")

    assert "Got it" not in page
