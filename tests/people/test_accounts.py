"""Test signing in and out, lockouts, password resets and second factors, as django-allauth is configured here."""

from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from celery import current_app
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from tests import personas
from tests.people.test_invitations import choose_password, link_in
from tests.servers import wait_until
from tracker.people.models import User
from tracker.people.tasks import send_password_resets

pytestmark = pytest.mark.django_db

PASSWORD = "tavo-kemi-runa-sipo"


@pytest.fixture(autouse=True)
def separate_cache(settings, tmp_path):
    """Count the attempts to sign in for each test separately."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }
    cache.clear()


@pytest.fixture(autouse=True)
def run_tasks_in_process():
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def person(focal_point):
    focal_point.set_password(PASSWORD)
    focal_point.save()
    return focal_point


def sign_in(client: Client, email: str, password: str = PASSWORD, **headers: str):
    return client.post("/accounts/login/", {"login": email, "password": password}, headers=headers)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_reset_is_sent_while_the_broker_is_away(client, person, monkeypatch):
    def refuse(pks):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(send_password_resets, "delay", refuse)

    response = client.post("/accounts/password/reset/", {"email": person.email})

    assert response.status_code == 302
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)


def test_signing_in_and_out_redirect(client, person):
    signed_in = sign_in(client, person.email)
    is_in_session = is_signed_in(client)
    signed_out = client.post("/accounts/logout/")

    assert (signed_in.status_code, signed_in.headers["Location"], is_in_session) == (302, "/", True)
    assert (signed_out.status_code, signed_out.headers["Location"], is_signed_in(client)) == (
        302,
        "/accounts/login/",
        False,
    )


def test_signing_in_ignores_the_case_of_the_address(client, person):
    sign_in(client, "Focal.UNDP@Example.org")

    assert is_signed_in(client)


def test_signing_in_redirects_to_the_requested_page_of_this_site_only(person):
    locations = []
    for wanted in ("/preferences/", "https://elsewhere.example.com/"):
        response = Client().post(f"/accounts/login/?next={wanted}", {"login": person.email, "password": PASSWORD})
        locations.append(response.headers["Location"])

    assert locations == ["/preferences/", "/"]


def test_signing_out_requires_a_post(client, person):
    sign_in(client, person.email)
    client.get("/accounts/logout/")

    assert is_signed_in(client)


def test_wrong_password_and_unknown_address_get_the_same_answer(person):
    answers = []
    for email in (person.email, "nobody@example.org"):
        response = sign_in(Client(), email, "wrong")
        answers.append((response.status_code, response.context["form"].non_field_errors()))

    assert answers[0] == answers[1]


def test_deactivated_person_cannot_sign_in(client, person):
    User.objects.update(is_active=False)

    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)

    assert not is_signed_in(client)
    assert response.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is not active" in response.content.decode()


def test_deactivated_person_is_signed_out_at_once(client, person):
    sign_in(client, person.email)
    User.objects.update(is_active=False)

    response = client.get("/preferences/")

    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/preferences/")


def test_password_reset_does_not_reveal_who_has_an_account(person):
    personas.person("deactivated@example.org", is_active=False)
    answers = []
    for email in (person.email, "nobody@example.org", "deactivated@example.org"):
        response = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((response.status_code, response.headers["Location"]))

    assert answers == [(302, "/accounts/password/reset/done/")] * 3
    assert [sent.to for sent in mail.outbox] == [[person.email]]


def test_password_reset_needs_the_same_queries_for_each_address(person, monkeypatch, django_assert_num_queries):
    enqueued: list[list[int]] = []
    monkeypatch.setattr(send_password_resets, "delay", enqueued.append)

    for email in (person.email, "nobody@example.org"):
        with django_assert_num_queries(2):  # the verified address, the person
            Client().post("/accounts/password/reset/", {"email": email})

    assert (enqueued, mail.outbox) == ([[person.pk], []], [])


@pytest.mark.django_db(transaction=True)
def test_worker_sends_the_password_reset(celery_worker_process, smtp_server, client, person):
    current_app.conf.task_always_eager = False

    client.post("/accounts/password/reset/", {"email": person.email})

    wait_until(lambda: smtp_server.messages, "the mail")
    assert [sent["To"] for sent in smtp_server.messages] == [person.email]


def test_password_reset_is_not_sent_to_a_deactivated_person(person):
    User.objects.update(is_active=False)

    send_password_resets([person.pk])

    assert mail.outbox == []


def test_password_reset_link_ignores_the_host_of_the_request(client, person, settings):
    client.post("/accounts/password/reset/", {"email": person.email}, headers={"host": "evil.example.com"})

    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in str(mail.outbox[0].body)
    assert "evil" not in str(mail.outbox[0].message())


def test_password_reset_link_works_once(client, person):
    client.post("/accounts/password/reset/", {"email": person.email})
    link = link_in(mail.outbox[0].body)
    User.objects.filter(pk=person.pk).update(password="!")

    chosen = choose_password(client, link)
    person.refresh_from_db()
    worked = person.check_password(PASSWORD)

    client.post("/accounts/password/reset/", {"email": person.email})
    link = link_in(mail.outbox[-1].body)
    Client().get(link)
    choose_password(client, link)
    again = choose_password(Client(), link)

    assert "This link no longer works" in chosen.content.decode()  # the password was changed meanwhile
    assert not worked
    assert "This link no longer works" in again.content.decode()


WEAK = [
    "short",
    "focal.undp@example.org",
    "password1234",
    "aaaaaaaaaaaa",
    "AaAaAaAaAaAaBb",
    "abcabcabcabc",
    "121212343434",
    "194619472025",
    "Ngozi Okafor",
    "ngoziokafor1",
    "okafor-ngozi",
    "NgoziOkafor2026",
]


@pytest.mark.parametrize("password", WEAK)
def test_weak_passwords_are_refused(client, person, password):
    person.name = "Ngozi Okafor"
    person.save()
    client.post("/accounts/password/reset/", {"email": person.email})
    opened = client.get(link_in(mail.outbox[0].body), follow=True)

    response = client.post(opened.redirect_chain[-1][0], {"password1": password, "password2": password})

    person.refresh_from_db()
    assert response.status_code == 200
    assert response.context["form"].errors
    assert person.check_password(PASSWORD)


def test_changed_address_replaces_the_old_one_for_signing_in(client, person):
    """allauth can store addresses in a table of its own, which stays empty here."""
    client.post("/accounts/password/reset/", {"email": person.email})
    sign_in(client, person.email)
    client.post("/accounts/logout/")
    person.email = "renamed@example.org"
    person.save()

    sign_in(client, "focal.undp@example.org")
    old = is_signed_in(client)
    sign_in(client, "renamed@example.org")

    assert (old, is_signed_in(client), EmailAddress.objects.count()) == (False, True, 0)


NOT_OFFERED = [
    reverse("account_signup"),
    reverse("account_email"),
    reverse("account_set_password"),
    reverse("account_email_verification_sent"),
    reverse("account_confirm_login_code"),
    reverse("account_confirm_email", args=["key"]),
]


@pytest.mark.parametrize("address", NOT_OFFERED)
def test_pages_for_changing_ones_own_account_data_are_not_found(client, person, address):
    visitor = (client.get(address).status_code, client.post(address).status_code)
    personas.sign_in(client, person)

    assert visitor == (404, 404)
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


def test_second_factor_is_set_up_after_reauthentication(client, person):
    sign_in(client, person.email)

    asked = client.get(reverse("mfa_activate_totp"))
    opened = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)

    assert client.get(reverse("mfa_index")).status_code == 200
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert (opened.status_code, opened.redirect_chain) == (200, [(reverse("mfa_activate_totp"), 302)])


def test_second_factor_is_required_after_a_password_reset(client, person):
    TOTP.activate(person, generate_totp_secret())
    signed = sign_in(client, person.email)
    reset = Client()
    reset.post("/accounts/password/reset/", {"email": person.email})
    choose_password(reset, link_in(mail.outbox[0].body))

    assert signed.headers["Location"] == reverse("mfa_authenticate")
    assert (is_signed_in(client), is_signed_in(reset)) == (False, False)


def test_admin_removes_a_lost_second_factor(client, person, admin):
    TOTP.activate(person, generate_totp_secret())
    personas.sign_in(client, admin)

    client.post(
        reverse("admin:people_user_changelist"), {"action": "remove_second_factors", "_selected_action": [person.pk]}
    )
    theirs = Client()
    sign_in(theirs, person.email)

    assert is_signed_in(theirs)


@pytest.fixture
def admin_with_password(admin):
    admin.set_password(PASSWORD)
    admin.save()
    return admin


def test_admin_without_a_second_factor_is_sent_to_set_one_up(client, admin_with_password):
    response = client.post("/accounts/login/", {"login": admin_with_password.email, "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [(reverse("mfa_index"), 302)]
    assert "Set up two-factor authentication" in response.content.decode()


def test_admin_without_a_second_factor_gets_the_requested_page_and_a_warning(client, admin_with_password):
    asked = {"login": admin_with_password.email, "password": PASSWORD, "next": "/preferences/"}
    response = client.post("/accounts/login/", asked, follow=True)

    assert response.redirect_chain == [("/preferences/", 302)]
    assert "Set up two-factor authentication" in response.content.decode()


def test_admin_with_a_second_factor_and_focal_point_get_no_warning(client, admin_with_password, person):
    TOTP.activate(admin_with_password, secret := generate_totp_secret())
    sign_in(client, admin_with_password.email)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    admins = client.post(reverse("mfa_authenticate"), {"code": code})
    theirs = sign_in(Client(), person.email)

    assert (admins.headers["Location"], theirs.headers["Location"]) == ("/", "/")


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "///evil.example"]
)
def test_redirects_never_lead_to_another_host(client, person, target):
    address = quote(target)
    language = client.post("/language/", {"language": "fr", "next": target})
    signed_in = client.post(f"/accounts/login/?next={address}", {"login": person.email, "password": PASSWORD})
    signed_out = client.post(f"/accounts/logout/?next={address}")

    locations = [each.headers.get("Location", "/") for each in (signed_in, language, signed_out)]
    assert [location for location in locations if "evil" in location] == []
