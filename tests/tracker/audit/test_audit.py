"""Test what the audit trail records, and who reads and exports it."""

import csv
import logging
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.urls import reverse

from tests import personas
from tests.people.test_accounts import separate_cache
from tests.people.test_redis_outages import PASSWORD
from tracker.audit.models import AuditEntry, Event
from tracker.people.models import Role

__all__ = ["separate_cache"]  # a fixture

pytestmark = pytest.mark.django_db
TRAIL = "/admin/audit/auditentry/"


@pytest.fixture
def person():
    person = personas.person("ana@undp.example")
    person.set_password(PASSWORD)
    person.save()
    AuditEntry.objects.all()._raw_delete("default")
    return person


def trail():
    """Return what happened, the oldest first: event, by, about, detail."""
    return list(AuditEntry.objects.order_by("pk").values_list("event", "person", "subject", "detail"))


def sign_in(client, email, password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_signing_in_and_out_is_recorded_with_address_and_request(client, person):
    client.post(
        "/accounts/login/", {"login": person.email, "password": PASSWORD}, headers={"X-Request-ID": "request-1"}
    )
    client.post("/accounts/logout/")

    assert trail() == [
        (Event.SIGNED_IN, person.pk, person.pk, ""),
        (Event.SIGNED_OUT, person.pk, person.pk, ""),
    ]
    entry = AuditEntry.objects.earliest("pk")
    assert (entry.address, entry.request_id) == ("127.0.0.1", "request-1")


@pytest.mark.parametrize(
    ("email", "is_known"), [("ana@undp.example", True), ("ANA@undp.example ", True), ("nobody@undp.example", False)]
)
def test_refused_sign_in_names_the_account_and_no_address_that_was_typed(client, person, caplog, email, is_known):
    caplog.set_level(logging.INFO)

    sign_in(client, email, "wrong-password-1")

    assert trail() == [
        (Event.SIGN_IN_REFUSED, None, person.pk if is_known else None, "" if is_known else "no such account")
    ]
    assert "undp.example" not in caplog.text
    assert f"sign_in_refused by None about {person.pk if is_known else None}" in caplog.text


def test_too_many_attempts_are_recorded(client, person):
    for _attempt in range(11):
        sign_in(client, person.email, "wrong-password-1")

    assert [entry[0] for entry in trail()] == [Event.SIGN_IN_REFUSED] * 11
    assert trail()[-1] == (Event.SIGN_IN_REFUSED, None, None, "too many attempts")


def test_second_factors_are_recorded(client, person, admin):
    TOTP.activate(person, generate_totp_secret())
    sign_in(client, person.email)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    personas.sign_in(client, admin)
    client.post(
        reverse("admin:people_user_changelist"),
        {"action": "remove_second_factors", "_selected_action": [person.pk]},
    )

    entries = [entry for entry in trail() if "factor" in entry[0]]
    assert entries == [
        (Event.SECOND_FACTOR_ADDED, None, person.pk, "totp"),
        (Event.SECOND_FACTOR_REFUSED, None, person.pk, ""),
        (Event.SECOND_FACTOR_REMOVED, admin.pk, person.pk, "totp"),
    ]


def test_changes_of_rights_are_recorded(client, person, admin):
    personas.sign_in(client, admin)
    AuditEntry.objects.all()._raw_delete("default")
    page = reverse("admin:people_user_change", args=[person.pk])
    fields = {"email": person.email, "name": "Ana", "language": "en", "time_zone": "UTC", "is_active": "on"}

    client.post(page, fields | {"role": Role.ADMIN})
    client.post(page, fields | {"role": Role.ADMIN, "name": "Ana Silva"})
    for action in ("deactivate", "activate"):
        client.post(reverse("admin:people_user_changelist"), {"action": action, "_selected_action": [person.pk]})

    assert trail() == [
        (Event.ROLE_CHANGED, admin.pk, person.pk, "focal_point -> admin"),
        (Event.DEACTIVATED, admin.pk, person.pk, ""),
        (Event.ACTIVATED, admin.pk, person.pk, ""),
    ]


def test_person_added_by_a_command_is_recorded(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", email="root@example.org", name="Root", verbosity=0)

    assert [(entry[0], entry[1], entry[3]) for entry in trail()] == [(Event.PERSON_ADDED, None, Role.ADMIN)]


@pytest.mark.parametrize(
    "path",
    [
        "/agendas/2026/action-points.csv",
        "/people.json",
        "/agencies.xlsx",
        "/agendas/2026/note.md",
    ],
)
def test_files_are_recorded_without_the_query(client, coordinator, path):
    personas.action_point()
    personas.sign_in(client, coordinator)
    AuditEntry.objects.all()._raw_delete("default")

    client.head(path)
    response = client.get(path)

    assert response.status_code == 200
    assert trail() == [(Event.EXPORTED, coordinator.pk, None, f"GET {path}")]


@pytest.mark.parametrize(
    ("path", "entries"), [("/people/invitations/", 1), ("/mail/", 1), ("/people/", 0), ("/agendas/none/", 0)]
)
def test_refused_pages_are_recorded(client, focal_point, path, entries):
    personas.sign_in(client, focal_point)
    AuditEntry.objects.all()._raw_delete("default")

    client.get(path)

    assert trail() == [(Event.REFUSED, focal_point.pk, None, f"GET {path}")] * entries


def test_visitors_leave_nothing_but_refused_sign_ins(client, db):
    personas.agenda(visible_to="everybody")

    for path in ("/agendas/2026/note.md", "/people/", "/agencies.csv"):
        client.get(path)

    assert trail() == []


def test_admins_read_the_trail_and_take_it_out(client, admin, person):
    sign_in(client, person.email, "wrong-password-1")
    personas.sign_in(client, admin)

    page = client.get(f"{TRAIL}?event__exact=sign_in_refused")
    exported = client.get(f"{TRAIL}export.csv?event__exact=sign_in_refused")

    assert page.status_code == 200
    assert f"{TRAIL}export.csv?event__exact=sign_in_refused" in page.content.decode()
    rows = list(csv.DictReader(StringIO(b"".join(exported).decode("utf-8-sig").partition("\n")[2])))
    assert [(row["event"], row["by"], row["about_id"], row["about"], row["address"]) for row in rows] == [
        ("sign_in_refused", "", str(person.pk), str(person), "127.0.0.1")
    ]
    assert trail()[-1] == (Event.EXPORTED, admin.pk, None, f"GET {TRAIL}export.csv")


def test_whole_trail_is_taken_out_in_batches(client, admin, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("tracker.audit.admin.BATCH", 2)
    for number in range(5):
        AuditEntry.objects.create(event=Event.SIGNED_IN, detail=str(number))
    personas.sign_in(client, admin)

    exported = client.get(f"{TRAIL}export.csv?event__exact=signed_in")

    assert [line.split(",")[6] for line in b"".join(exported).decode().splitlines()[2:]] == ["", *"43210"]


@pytest.mark.parametrize("path", [TRAIL, f"{TRAIL}export.csv", f"{TRAIL}add/"])
def test_only_admins_read_the_trail_and_nobody_changes_it(client, coordinator, admin, path):
    refused = personas.sign_in(client, coordinator).get(path).status_code
    allowed = personas.sign_in(client, admin).get(path).status_code

    assert (refused, allowed) == (403, 403 if path.endswith("add/") else 200)
    assert client.post(f"{TRAIL}1/delete/").status_code in {302, 403, 404}


def test_search_of_the_trail_with_a_query_that_is_not_understood(client, admin):
    personas.sign_in(client, admin)

    assert client.get(f"{TRAIL}export.csv?nonsense__exact=1").status_code in {302, 400}
