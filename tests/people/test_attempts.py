"""Test how many attempts to sign in are taken: from one address, which many people may share, and for one account."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import personas
from tests.people.test_accounts import PASSWORD, is_signed_in, person, run_tasks_in_process, separate_cache, sign_in
from tests.people.test_invitations import choose_password, link_in
from tracker.people.invitations import invite
from tracker.people.tasks import send_account_mails

__all__ = ["person", "run_tasks_in_process", "separate_cache"]  # fixtures

pytestmark = [pytest.mark.django_db]

STRANGER, ELSEWHERE = "198.51.100.7", "203.0.113.9"
PEOPLE = 45


def fail(count: int, email: str, address: str) -> list[int]:
    return [sign_in_from(address, email, "wrong").status_code for _ in range(count)]


def sign_in_from(address: str, email: str, password: str = PASSWORD, client: Client | None = None):
    return (client or Client()).post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address)


def code_of(secret: str, step: int = 0) -> str:
    """Return the code of this half minute, or of one `step` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def test_many_people_behind_one_address_sign_in_within_a_minute():
    people = [personas.person(f"person{number}@example.org") for number in range(PEOPLE)]
    for each in people:
        each.set_password(PASSWORD)
        each.save()

    mistyped = [sign_in(Client(), each.email, "wrong").status_code for each in people]
    signed_in = [sign_in(Client(), each.email).status_code for each in people]

    assert (set(mistyped), set(signed_in)) == ({200}, {302})


def test_many_people_behind_one_address_open_their_invitations_and_reset_their_passwords(admin):
    people = [personas.person(f"person{number}@example.org") for number in range(PEOPLE)]
    for each in people:
        invite(each, by=admin)
    send_account_mails()
    invited = [choose_password(Client(), link_in(sent.body)).status_code for sent in mail.outbox]
    reset = [Client().post("/accounts/password/reset/", {"email": each.email}).status_code for each in people]

    assert (set(invited), set(reset)) == ({200}, {302})
    assert len(mail.outbox) == 2 * PEOPLE


@pytest.mark.parametrize("address", [STRANGER, "127.0.0.1"], ids=["from elsewhere", "from the same address"])
def test_five_wrong_guesses_of_a_stranger_do_not_lock_out_the_owner(client, person, address):
    fail(5, person.email, address)
    sign_in_from("127.0.0.1", person.email, client=client)

    assert is_signed_in(client)


def test_stranger_who_guesses_often_is_refused_and_the_owner_is_not(client, person):
    answers = fail(11, person.email, STRANGER)
    refused = sign_in_from(STRANGER, person.email)
    sign_in_from(ELSEWHERE, person.email, client=client)

    assert (answers, refused.status_code) == ([200] * 10 + [429], 429)
    assert is_signed_in(client)


def test_networks_of_ipv6_are_counted_as_one_address(person):
    for number in range(10):
        fail(1, person.email, f"2001:db8::{number + 1}")

    assert sign_in_from("2001:db8::ffff", person.email).status_code == 429
    assert sign_in_from("2001:db8:0:1::1", person.email).status_code == 302


def test_guesses_from_very_many_addresses_are_refused_for_an_hour(person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_of_account": "3/h/key"}
    for number in range(3):
        fail(1, person.email, f"198.51.100.{number}")

    answer = sign_in_from(ELSEWHERE, person.email)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "in at most 60 minutes" in answer.content.decode()


def test_attempts_are_counted_by_the_address_that_the_last_proxy_reports(client, person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        sign_in(client, person.email, "wrong", x_forwarded_for=f"10.0.0.{number}, 192.0.2.1")

    same = sign_in(client, person.email, x_forwarded_for="10.9.9.9, 192.0.2.1")
    other = sign_in(client, person.email, x_forwarded_for="10.0.0.1, 192.0.2.2")

    assert (same.status_code, other.status_code) == (429, 302)


def test_choosing_a_new_password_ends_the_refusal(client, person):
    fail(11, person.email, "127.0.0.1")
    client.post("/accounts/password/reset/", {"email": person.email})
    choose_password(client, link_in(mail.outbox[0].body))
    client.post("/accounts/logout/")

    assert sign_in(client, person.email).status_code == 302


LIMITS = {
    "login": "1/m/ip",
    "reset_password": "1/m/ip",
    "reset_password_from_key": "1/m/ip",
    "change_password": "1/m/user",
}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}),
        ("/accounts/password/reset/key/1-set-password/", {"password1": "x", "password2": "x"}),
        ("/accounts/password/change/", {"oldpassword": "wrong"}),
    ],
)
def test_answer_429_names_the_minute_in_which_to_try_again(client, person, settings, path, data):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | LIMITS
    if "change" in path:
        personas.sign_in(client, person)
    answers = [client.post(path, data) for _ in range(2)]

    assert (answers[0].status_code != 429, answers[1].status_code) == (True, 429)
    assert answers[1].headers["Retry-After"] == "60"
    assert "in at most 1 minute." in answers[1].content.decode()


def test_wrong_codes_of_a_second_factor_are_refused_with_the_time_to_wait(client, person):
    TOTP.activate(person, generate_totp_secret())
    sign_in(client, person.email)

    answers = [client.post(reverse("mfa_authenticate"), {"code": "12345"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "300"
    assert "in at most 5 minutes." in answers[-1].content.decode()


def test_confirmations_of_a_password_are_counted_for_each_person(client, person):
    other = personas.person("other@example.org")
    other.set_password(PASSWORD)
    other.save()
    personas.sign_in(client, other)
    wrong = [client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code for _ in range(11)]
    own = Client()
    personas.sign_in(own, person)

    assert wrong[-1] == 429
    assert own.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(("step", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_codes_of_the_neighbouring_half_minutes_are_accepted(client, person, monkeypatch, step, is_accepted):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    TOTP.activate(person, secret := generate_totp_secret())
    sign_in(client, person.email)

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, step)})

    assert is_signed_in(client) is is_accepted


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3}-{}"])
def test_code_is_accepted_once_while_it_is_valid(client, person, typed):
    """Also after django-allauth has forgotten it."""
    TOTP.activate(person, secret := generate_totp_secret())
    code = code_of(secret, 1)
    other = Client()
    for each in (client, other):
        sign_in(each, person.email)
    client.post(reverse("mfa_authenticate"), {"code": code})
    cache.delete(f"allauth.mfa.totp.used?user={person.pk}&code={code}")
    written = re.sub(r"(...)-...(...)", r"\1-\2", typed.format(code, code))
    other.post(reverse("mfa_authenticate"), {"code": written})

    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
