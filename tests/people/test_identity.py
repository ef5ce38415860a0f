"""Test that a person has one mailbox however it is written, and that a name or a text cannot pretend to be another or nothing."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from actions.models import ProgressUpdate
from tests import personas
from tests.people.test_accounts import PASSWORD, is_signed_in, run_tasks_in_process, separate_cache, sign_in
from tests.people.test_invitations import form
from tracker.people.mailboxes import canonical
from tracker.people.models import Agency, User
from tracker.people.tasks import send_account_mails

__all__ = ["run_tasks_in_process", "separate_cache"]  # fixtures

pytestmark = [pytest.mark.django_db]

SAME = [
    ("a@ü.example", "a@xn--tda.example"),
    ("a@Ü.example", "a@xn--tda.example"),
    ("a@u\u0308.example", "a@ü.example"),
    ("a@XN--TDA.example", "a@ü.example"),
    ("sass@example.org", "\u017fa\u017fs@example.org"),
    ("kim@example.org", "\u212aim@example.org"),
    ("kim@example.org", "Kim@EXAMPLE.org"),
    ("kim@example.org", "  kim@example.org "),
    ("kim@example.org", "kim@\uff45xample.org"),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=ascii)
def test_forms_of_one_mailbox_are_one_address(one, other):
    assert canonical(one) == canonical(other) == canonical(canonical(one))


@pytest.mark.parametrize(
    "text", ["", "no address", "@", "a@", "a@" + "x" * 80 + ".org", "a@.", "a@b..c", "\ud800@x"], ids=ascii
)
def test_canonical_form_never_fails(text):
    canonical(text)


@pytest.mark.parametrize(("one", "other"), SAME, ids=ascii)
@pytest.mark.parametrize("is_swapped", [False, True])
def test_person_signs_in_and_resets_the_password_with_either_form(one, other, is_swapped):
    stored, typed = (other, one) if is_swapped else (one, other)
    person = User.objects.create_user(stored, PASSWORD, name="Kim")
    sign_in(client := Client(), typed)
    Client().post("/accounts/password/reset/", {"email": typed})

    assert is_signed_in(client)
    assert [sent.to for sent in mail.outbox] == [[User.objects.get(pk=person.pk).email]]


@pytest.mark.parametrize(("one", "other"), SAME, ids=ascii)
def test_second_account_for_the_same_mailbox_is_refused(as_admin, one, other):
    undp = personas.agency("UNDP")
    personas.person(one)

    invited = as_admin.post("/people/invitations/", form(email=other, agency=undp.pk))
    added = as_admin.post(reverse("admin:people_user_add"), form(email=other, agency=undp.pk))

    assert (invited.status_code, added.status_code) == (400, 400)
    assert "Another person has this address." in invited.content.decode()
    assert User.objects.filter(email=one).count() == User.objects.filter(email=other).count() == 1


def test_invitation_sent_twice_in_two_forms_adds_one_person(as_admin):
    undp = personas.agency("UNDP")
    for email in ("ngozi@ü.example", "ngozi@xn--tda.example"):
        as_admin.post("/people/invitations/", form(email=email, agency=undp.pk))
    send_account_mails()

    assert [person.email for person in User.objects.filter(name="Ngozi")] == ["ngozi@xn--tda.example"]
    assert len(mail.outbox) == 1


REVERSED = "\u202eogzigN\u202c \u2066Okafor\u2069"


def test_bidi_controls_are_removed_from_names_of_people_and_agencies(as_admin, client, focal_point):
    undp = personas.agency("UNDP")
    as_admin.post("/people/invitations/", form(name=REVERSED, agency=undp.pk))
    agency = {"acronym": "UNEP", "name": REVERSED, "kind": "un"}
    as_admin.post(reverse("admin:people_agency_add"), agency)
    personas.sign_in(client, focal_point)
    preferences = {"name": REVERSED, "language": "en", "time_zone": "UTC", "digest_ceiling": "every"}
    client.post("/preferences/", preferences)

    focal_point.refresh_from_db()
    names = [
        User.objects.get(email="ngozi@example.org").name,
        Agency.objects.get(acronym="UNEP").name,
        focal_point.name,
    ]
    assert names == ["ogzigN Okafor"] * 3


@pytest.mark.parametrize("name", ["\u202e\u202c", "\u200b", "\u3164\u3164", "\u2800 \u00a0"], ids=ascii)
def test_name_in_which_nothing_can_be_seen_is_refused(as_admin, name):
    undp = personas.agency("UNDP")

    page = as_admin.post("/people/invitations/", form(name=name, agency=undp.pk))

    assert "This is needed" in page.content.decode()
    assert not User.objects.filter(email="ngozi@example.org").exists()


@pytest.mark.parametrize("text", ["\u200b", "\u3164\r\n\u2060", "\u00ad"], ids=ascii)
@pytest.mark.parametrize("status", ["under_way", "no_progress"])
def test_narrative_or_reason_in_which_nothing_can_be_seen_is_refused(client, focal_point, status, text):
    personas.lead(personas.action_point(), focal_point.agency)
    personas.sign_in(client, focal_point)
    sent = {"status": status, "narrative": text, "reason": text, "agency": focal_point.agency_id, "version": "0"}

    page = client.post(reverse("log_progress", args=["2026", 1, 1]), sent)

    assert page.status_code == 400
    assert page.context["form"].errors
    assert not ProgressUpdate.objects.exists()
