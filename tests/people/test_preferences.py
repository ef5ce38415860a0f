"""Test preferences, and the pages that use their language and time zone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import personas
from tracker.people.models import Role, User

pytestmark = pytest.mark.django_db

ADDRESS = "/preferences/"


@pytest.fixture
def signed_in(client, focal_point):
    return personas.sign_in(client, focal_point)


def form(**changes: object) -> dict[str, object]:
    chosen = {"name": "Focal Point", "language": "en", "time_zone": "UTC", "digest_ceiling": "every"}
    return chosen | {"wants_digests": "on"} | changes


def test_preferences_are_saved(signed_in, focal_point):
    until = timezone.localdate() + timedelta(days=20)
    chosen = form(name="Renée", language="fr", time_zone="Europe/Zurich", digests_paused_until=until.isoformat())
    del chosen["wants_digests"]

    response = signed_in.post(ADDRESS, chosen)

    focal_point.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (302, ADDRESS)
    assert (focal_point.name, focal_point.language, focal_point.time_zone) == ("Renée", "fr", "Europe/Zurich")
    assert (focal_point.wants_digests, focal_point.digests_paused_until) == (False, until)
    assert focal_point.history.first().history_user == focal_point


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "x" * 151),
        ("language", "tlh"),
        ("time_zone", "Europe/Geneva"),
        ("time_zone", "../../etc/passwd"),
        ("digests_paused_until", "0001-01-01"),
        ("digests_paused_until", "9999-12-31"),
        ("digests_paused_until", "2005-13-01"),
    ],
)
def test_invalid_preferences_are_refused(signed_in, focal_point, field, value):
    response = signed_in.post(ADDRESS, form(**{"name": "Typed", field: value}))

    before = focal_point.name
    focal_point.refresh_from_db()
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "Typed" in response.content.decode() or field == "name"
    assert focal_point.name == before


def test_preferences_do_not_change_role_address_or_other_people(signed_in, focal_point, other_focal_point):
    forged = {"role": Role.ADMIN, "email": "x@example.org", "is_active": "", "id": other_focal_point.pk}

    signed_in.post(ADDRESS, form() | forged)

    focal_point.refresh_from_db()
    other_focal_point.refresh_from_db()
    assert (focal_point.role, focal_point.email, focal_point.is_active) == (
        Role.FOCAL_POINT,
        "focal.undp@example.org",
        True,
    )
    assert (focal_point.name, other_focal_point.name) == ("Focal Point", "Focal.Unssc")


def test_preferences_keep_an_old_name_of_a_time_zone(signed_in, focal_point):
    User.objects.update(time_zone="Japan")

    shown = signed_in.get(ADDRESS).content.decode()
    saved = signed_in.post(ADDRESS, form(time_zone="Japan"))

    assert '<option value="Japan" selected>' in shown
    assert saved.status_code == 302


def test_preferences_accept_a_pause_that_is_over(signed_in, focal_point):
    User.objects.update(digests_paused_until=timezone.localdate() - timedelta(days=1))

    assert signed_in.post(ADDRESS, form()).status_code == 302


def test_preferences_need_four_queries(signed_in, django_assert_num_queries):
    with django_assert_num_queries(4):  # session, person, agency, the current agenda
        signed_in.get(ADDRESS)


def test_pages_are_in_the_language_of_the_person(signed_in, focal_point):
    User.objects.update(language="ar", time_zone="Asia/Tokyo")

    response = signed_in.get(ADDRESS)

    assert response.headers["Content-Language"] == "ar"
    assert 'lang="ar" dir="rtl"' in response.content.decode()


def test_error_pages_are_in_the_language_of_the_person(signed_in):
    User.objects.update(language="ar")

    response = signed_in.get("/agendas/none/")

    assert response.status_code == 404
    assert 'lang="ar" dir="rtl"' in response.content.decode()


def test_today_depends_on_the_time_zone_of_the_person(signed_in, focal_point):
    """Kiritimati (UTC+14) is always at least one calendar day ahead of Niue (UTC-11)."""
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        User.objects.update(time_zone=zone)
        days[zone] = signed_in.get(reverse("my_action_points")).context["today"]

    assert days["Pacific/Kiritimati"] > days["Pacific/Niue"]


def test_visitors_get_the_language_of_their_browser(client, db):
    response = client.get("/accounts/login/", headers={"accept-language": "ru, en;q=0.5"})

    assert response.headers["Content-Language"] == "ru"


def test_unknown_time_zone_counts_as_utc(signed_in, focal_point):
    User.objects.update(time_zone="Atlantis/Capital")

    assert signed_in.get(ADDRESS).status_code == 200


def test_visitors_choose_a_language_and_return_to_the_page(client):
    personas.agenda("2026", visible_to="everybody")
    page = client.get("/agendas/2026/")
    assert "/language/?next=/agendas/2026/" in page.text

    offered = client.get("/language/?next=/agendas/2026/").text
    response = client.post("/language/", {"language": "fr", "next": "/agendas/2026/"})

    assert [name in offered for name in ("Français", "العربيّة", "简体中文", "Русский", "Español")] == [True] * 5
    assert response.url == "/agendas/2026/"
    assert '<html lang="fr"' in client.get(response.url).text


@pytest.mark.parametrize("sent", [{"language": "xx"}, {"language": "fr\x00"}, {"next": "https://example.org/"}, {}])
def test_unknown_language_and_address_of_another_site_are_ignored(client, sent):
    response = client.post("/language/", sent)

    assert response.status_code == 302
    assert response.url == "/"
    assert "django_language" not in client.cookies


def test_signed_in_people_choose_their_language_in_the_preferences(signed_in):
    assert signed_in.get("/language/").url == ADDRESS
    assert "/language/" not in signed_in.get(ADDRESS).text


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/preferences/", {"name": "name", "language": "language"}),
        ("/people/invitations/", {"name": "off", "email": "off"}),
        ("/accounts/password/change/", {"oldpassword": "current-password", "password1": "new-password"}),
    ],
)
def test_browser_knows_what_it_can_fill_in(client, admin, address, fields):
    admin.set_password("six bright lanterns")
    admin.save()
    tags = re.findall(r"<(?:input|select)[^>]*>", personas.sign_in(client, admin).get(address).text)

    for name, value in fields.items():
        assert [f'autocomplete="{value}"' in tag for tag in tags if f'name="{name}"' in tag] == [True]


def test_signing_in_can_be_filled_in_by_a_password_manager(client, db):
    page = client.get("/accounts/login/").text

    assert re.findall(r'autocomplete="([\w-]+)"', page) == ["email", "current-password"]
