"""Ending the digests by the link in each of them, without signing in."""

import re
import time

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from actions.reminders.sending import send_due
from tests import personas
from tests.actions.pages import text
from tracker.mail.delivery import Courier
from tracker.people.models import User


@pytest.fixture
def mail(smtp_server, focal_point):
    """The digest that arrived."""
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    now = timezone.now()
    with Courier() as courier:
        personas.digest(focal_point, point, created_at=now, next_attempt_at=now)
        send_due(courier)
    return smtp_server.messages[0]


@pytest.fixture
def address(mail):
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/.*)>", mail["List-Unsubscribe"].strip())
    assert found
    return found[1]


def wants(person):
    return User.objects.values_list("wants_digests", flat=True).get(pk=person.pk)


def test_one_click_of_a_mail_program_ends_the_digests(mail, address, focal_point):
    response = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert response.status_code == 200
    assert "no longer gets digests" in text(response)
    assert not wants(focal_point)


def test_opening_the_link_does_nothing_yet(client, address, focal_point):
    response = client.get(address)

    assert "Send no more digests" in text(response)
    assert wants(focal_point)


def test_change_of_mind_begins_them_again(client, address, focal_point):
    client.post(address, {"do": "stop"})
    client.post(address, {"do": "resume"})

    assert wants(focal_point)
    assert list(focal_point.history.values_list("wants_digests", flat=True)) == [True, False, True]


@pytest.mark.parametrize(
    "forge", [lambda token: token[:-1], lambda token: token + "x", lambda token: "1", lambda token: "%00"]
)
def test_forged_link_is_not_found_and_changes_nothing(client, address, focal_point, forge):
    *start, token, _end = address.split("/")

    response = client.post("/".join([*start, forge(token), ""]))

    assert response.status_code == 404
    assert wants(focal_point)


@pytest.mark.parametrize(("days", "is_valid"), [(0, True), (179, True), (181, False), (3650, False)])
def test_link_ends_after_half_a_year(client, address, focal_point, monkeypatch, days, is_valid):
    later = time.time() + days * 86_400
    monkeypatch.setattr(time, "time", lambda: later)

    opened = client.get(address)
    posted = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert (opened.status_code, posted.status_code) == ((200, 200) if is_valid else (404, 404))
    assert wants(focal_point) is not is_valid
    assert ("sign in and change your preferences" in text(opened)) is not is_valid


def test_token_made_for_something_else_is_refused(client, focal_point):
    other = signing.dumps(focal_point.pk, salt="something.else")

    assert client.post(f"/reminders/unsubscribe/{other}/").status_code == 404
    assert wants(focal_point)
