"""Signing in and out, locking out, forgotten passwords: the accounts' library as the tracker sets it up."""

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
def attempts_of_its_own(settings, tmp_path):
    """Each test counts its own attempts."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }
    cache.clear()


@pytest.fixture(autouse=True)
def worker_at_once():
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


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_can_be_reset_while_the_broker_is_gone(client, person, monkeypatch):
    def gone(pks):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(send_password_resets, "delay", gone)

    response = client.post("/accounts/password/reset/", {"email": person.email})

    assert response.status_code == 302
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)


def test_signing_in_leads_to_the_work_and_out_again(client, person):
    entered = sign_in(client, person.email)
    inside = is_in(client)
    left = client.post("/accounts/logout/")

    assert (entered.status_code, entered.headers["Location"], inside) == (302, "/", True)
    assert (left.status_code, left.headers["Location"], is_in(client)) == (302, "/accounts/login/", False)


def test_signing_in_takes_the_address_in_any_case(client, person):
    sign_in(client, "Focal.UNDP@Example.org")

    assert is_in(client)


def test_signing_in_leads_back_to_the_page_that_was_asked_for_and_nowhere_else(person):
    answers = []
    for wanted in ("/preferences/", "https://elsewhere.example.com/"):
        response = Client().post(f"/accounts/login/?next={wanted}", {"login": person.email, "password": PASSWORD})
        answers.append(response.headers["Location"])

    assert answers == ["/preferences/", "/"]


def test_signing_out_needs_a_post(client, person):
    sign_in(client, person.email)
    client.get("/accounts/logout/")

    assert is_in(client)


def test_wrong_password_and_unknown_address_are_told_alike(person):
    answers = []
    for email in (person.email, "nobody@example.org"):
        response = sign_in(Client(), email, "wrong")
        answers.append((response.status_code, response.context["form"].non_field_errors()))

    assert answers[0] == answers[1]


def test_too_many_wrong_passwords_lock_the_account_for_a_while(client, person):
    for _attempt in range(5):
        sign_in(client, person.email, "wrong")

    response = sign_in(client, person.email)

    assert not is_in(client)
    assert "Too many failed login attempts" in response.content.decode()


def test_too_many_attempts_from_one_address_are_answered_with_429(client, person):
    answers = [sign_in(client, f"nobody{number}@example.org", "wrong").status_code for number in range(31)]

    assert answers[-1] == 429
    assert is_in(client) is False


def test_attempts_are_counted_by_the_address_that_the_last_proxy_names(client, person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(31):
        sign_in(client, f"nobody{number}@example.org", "wrong", x_forwarded_for=f"10.0.0.{number}, 192.0.2.1")

    same = sign_in(client, person.email, x_forwarded_for="10.9.9.9, 192.0.2.1")
    other = sign_in(client, person.email, x_forwarded_for="10.0.0.1, 192.0.2.2")

    assert (same.status_code, other.status_code) == (429, 302)


def test_deactivated_person_is_told_so(client, person):
    User.objects.update(is_active=False)

    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)

    assert not is_in(client)
    assert response.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is not active" in response.content.decode()


def test_deactivated_person_is_signed_out_at_once(client, person):
    sign_in(client, person.email)
    User.objects.update(is_active=False)

    response = client.get("/preferences/")

    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/preferences/")


def test_forgotten_password_does_not_tell_who_has_an_account(person):
    personas.person("gone@example.org", is_active=False)
    answers = []
    for email in (person.email, "nobody@example.org", "gone@example.org"):
        response = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((response.status_code, response.headers["Location"]))

    assert answers == [(302, "/accounts/password/reset/done/")] * 3
    assert [sent.to for sent in mail.outbox] == [[person.email]]


def test_forgotten_password_does_the_same_work_for_each_address(person, monkeypatch, django_assert_num_queries):
    enqueued: list[list[int]] = []
    monkeypatch.setattr(send_password_resets, "delay", enqueued.append)

    for email in (person.email, "nobody@example.org"):
        with django_assert_num_queries(2):  # looks for an address that was verified, and for the person
            Client().post("/accounts/password/reset/", {"email": email})

    assert (enqueued, mail.outbox) == ([[person.pk], []], [])


@pytest.mark.django_db(transaction=True)
def test_real_worker_sends_the_link(celery_worker_process, smtp_server, client, person):
    current_app.conf.task_always_eager = False

    client.post("/accounts/password/reset/", {"email": person.email})

    wait_until(lambda: smtp_server.messages, "the mail")
    assert [sent["To"] for sent in smtp_server.messages] == [person.email]


def test_forgotten_password_is_of_no_use_to_who_was_deactivated_meanwhile(person):
    User.objects.update(is_active=False)

    send_password_resets([person.pk])

    assert mail.outbox == []


def test_forgotten_password_link_leads_to_the_tracker_whatever_host_was_asked(client, person, settings):
    client.post("/accounts/password/reset/", {"email": person.email}, headers={"host": "evil.example.com"})

    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in str(mail.outbox[0].body)
    assert "evil" not in str(mail.outbox[0].message())


def test_forgotten_password_is_replaced_once(client, person):
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

    assert "This link does not work any more" in chosen.content.decode()  # the password was changed meanwhile
    assert not worked
    assert "This link does not work any more" in again.content.decode()


@pytest.mark.parametrize("password", ["short", "focal.undp@example.org", "password1234"])
def test_weak_passwords_are_refused(client, person, password):
    client.post("/accounts/password/reset/", {"email": person.email})
    opened = client.get(link_in(mail.outbox[0].body), follow=True)

    response = client.post(opened.redirect_chain[-1][0], {"password1": password, "password2": password})

    person.refresh_from_db()
    assert response.status_code == 200
    assert response.context["form"].errors
    assert person.check_password(PASSWORD)


def test_old_address_stops_signing_in_when_an_admin_changes_it(client, person):
    """The library would keep addresses in a table of its own; nothing may fill it."""
    client.post("/accounts/password/reset/", {"email": person.email})
    sign_in(client, person.email)
    client.post("/accounts/logout/")
    person.email = "renamed@example.org"
    person.save()

    sign_in(client, "focal.undp@example.org")
    old = is_in(client)
    sign_in(client, "renamed@example.org")

    assert (old, is_in(client), EmailAddress.objects.count()) == (False, True, 0)


NOT_OFFERED = [
    reverse("account_signup"),
    reverse("account_email"),
    reverse("account_set_password"),
    reverse("account_email_verification_sent"),
    reverse("account_confirm_login_code"),
    reverse("account_confirm_email", args=["key"]),
]


@pytest.mark.parametrize("address", NOT_OFFERED)
def test_what_is_the_admins_business_is_not_found(client, person, address):
    visitor = (client.get(address).status_code, client.post(address).status_code)
    personas.sign_in(client, person)

    assert visitor == (404, 404)
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


def test_second_factor_is_offered_once_the_password_was_given_again(client, person):
    sign_in(client, person.email)

    asked = client.get(reverse("mfa_activate_totp"))
    opened = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)

    assert client.get(reverse("mfa_index")).status_code == 200
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert (opened.status_code, opened.redirect_chain) == (200, [(reverse("mfa_activate_totp"), 302)])


def test_second_factor_is_asked_for_also_after_a_forgotten_password(client, person):
    TOTP.activate(person, generate_totp_secret())
    signed = sign_in(client, person.email)
    reset = Client()
    reset.post("/accounts/password/reset/", {"email": person.email})
    choose_password(reset, link_in(mail.outbox[0].body))

    assert signed.headers["Location"] == reverse("mfa_authenticate")
    assert (is_in(client), is_in(reset)) == (False, False)


def test_admin_removes_a_lost_second_factor(client, person, admin):
    TOTP.activate(person, generate_totp_secret())
    personas.sign_in(client, admin)

    client.post(
        reverse("admin:people_user_changelist"), {"action": "remove_second_factors", "_selected_action": [person.pk]}
    )
    theirs = Client()
    sign_in(theirs, person.email)

    assert is_in(theirs)


@pytest.fixture
def admin_with_password(admin):
    admin.set_password(PASSWORD)
    admin.save()
    return admin


def test_admin_without_a_second_factor_is_led_to_set_one_up(client, admin_with_password):
    entered = client.post("/accounts/login/", {"login": admin_with_password.email, "password": PASSWORD}, follow=True)

    assert entered.redirect_chain == [(reverse("mfa_index"), 302)]
    assert "Set up two-factor authentication" in entered.content.decode()


def test_admin_without_a_second_factor_comes_to_what_was_asked_for_and_is_told(client, admin_with_password):
    asked = {"login": admin_with_password.email, "password": PASSWORD, "next": "/preferences/"}
    entered = client.post("/accounts/login/", asked, follow=True)

    assert entered.redirect_chain == [("/preferences/", 302)]
    assert "Set up two-factor authentication" in entered.content.decode()


def test_who_has_a_second_factor_or_is_no_admin_is_not_told_of_it(client, admin_with_password, person):
    TOTP.activate(admin_with_password, secret := generate_totp_secret())
    sign_in(client, admin_with_password.email)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    admins = client.post(reverse("mfa_authenticate"), {"code": code})
    theirs = sign_in(Client(), person.email)

    assert (admins.headers["Location"], theirs.headers["Location"]) == ("/", "/")
