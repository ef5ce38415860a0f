"""Test that the secrets of second factors are encrypted in the database, and what happens when the key is another."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from tests.people.test_accounts import is_signed_in, person, separate_cache, sign_in
from tests.people.test_attempts import code_of

__all__ = ["person", "separate_cache"]  # fixtures

pytestmark = pytest.mark.django_db


def stored() -> str:
    return json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_secret_of_an_app_is_not_stored_as_it_is(person):
    TOTP.activate(person, secret := generate_totp_secret())

    assert secret not in stored()
    assert "gAAAA" in stored()  # how a token of Fernet begins


def test_seed_of_recovery_codes_is_not_stored_as_it_is(person, monkeypatch):
    monkeypatch.setattr(RecoveryCodes, "generate_seed", classmethod(lambda _cls: "ab" * 40))
    codes = RecoveryCodes.activate(person).generate_codes()

    assert "abab" not in stored()
    assert RecoveryCodes(Authenticator.objects.get()).generate_codes() == codes


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_code_signs_in(client, person, kind):
    TOTP.activate(person, secret := generate_totp_secret())
    recovery = RecoveryCodes.activate(person).generate_codes()[0]
    sign_in(client, person.email)

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret) if kind == "app" else recovery})

    assert is_signed_in(client)


def test_secret_key_may_change_if_the_key_of_second_factors_stays(client, person, settings):
    TOTP.activate(person, secret := generate_totp_secret())
    settings.SECRET_KEY = "Zq3vT7_bN1-xK9wR5mD2hF8cJ4gL6pS0aQyUeIoWzXk" * 2
    sign_in(client, person.email)

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert is_signed_in(client)


def test_another_key_gives_a_message_that_says_what_to_do(client, person, settings, caplog):
    TOTP.activate(person, secret := generate_totp_secret())
    settings.SECOND_FACTOR_KEY = "Zq3vT7_bN1-xK9wR5mD2hF8cJ4gL6pS0aQyUeIoWzXk" * 2
    sign_in(client, person.email)

    page = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert (page.status_code, is_signed_in(client)) == (403, False)
    assert "Ask an admin to remove it" in page.content.decode()
    assert "SECOND_FACTOR_KEY is not the key that encrypted it" in caplog.text


def test_secret_leaves_the_session_when_the_app_is_set_up(client, person):
    sign_in(client, person.email)
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("account_reauthenticate"), {"password": "tavo-kemi-runa-sipo"})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert "mfa.totp.secret" not in client.session
    assert Authenticator.objects.filter(type="totp").exists()
    assert secret not in stored()
