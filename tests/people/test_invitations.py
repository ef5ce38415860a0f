"""Test invitations: adding a person, the mail, and choosing a password with its link."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests import personas
from tests.actions.pages import text
from tracker.people.models import Role, User
from tracker.people.tasks import send_account_mails

pytestmark = pytest.mark.django_db

ADDRESS = "/people/invitations/"
PASSWORD = "tavo-kemi-runa-sipo"


@pytest.fixture
def undp(db):
    return personas.agency("UNDP")


def form(**changes: object) -> dict[str, object]:
    typed = {"name": "Ngozi", "email": "ngozi@example.org", "role": Role.FOCAL_POINT, "language": "en"}
    return typed | {"time_zone": "Africa/Lagos"} | changes


def link_in(text: object) -> str:
    """Return the path of the link to choose a password, which has a line of its own."""
    found = re.search(r"^https?://[^/]+(/accounts/password/reset/key/\S+)\r?$", str(text), re.MULTILINE)
    assert found, text
    return found[1]


def choose_password(client, link: str):
    """Open the link and choose a password. Return the last response."""
    opened = client.get(link, follow=True)
    if not opened.redirect_chain:
        return opened
    return client.post(opened.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)


def invite(client, **typed: object):
    """Send the form that invites somebody, and let a worker send the mail."""
    response = client.post(ADDRESS, form(**typed))
    send_account_mails()
    return response


@pytest.fixture
def no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2


def test_invited_person_chooses_a_password_and_is_signed_in(as_admin, undp, client, smtp_server):
    response = invite(as_admin, agency=undp.pk)
    person = User.objects.get(email="ngozi@example.org")
    before = person.has_usable_password()
    invited = smtp_server.wait_for(1)[0]
    as_admin.logout()
    entered = choose_password(client, link_in(invited.get_body(("plain",)).get_content()))

    person.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (302, "/people/?q=ngozi%40example.org")
    assert (person.agency, person.role, person.time_zone, before) == (undp, Role.FOCAL_POINT, "Africa/Lagos", False)
    assert (invited["To"], invited["Subject"]) == (
        "ngozi@example.org",
        "Admin invites you to the Partnership Progress Tracker",
    )
    assert person.check_password(PASSWORD)
    assert entered.redirect_chain[-1][0] == reverse("my_action_points")


@pytest.mark.parametrize(
    "sender", ["UN: Tracker <tracker@example.org>", "Tracker", "Tracker <>", "a@b.org, c@d.org", "a@b.org\nX: y"]
)
def test_invitation_with_an_invalid_sender_adds_the_person_and_reports_the_mail(
    as_admin, undp, smtp_server, settings, sender
):
    settings.DEFAULT_FROM_EMAIL = sender

    response = invite(as_admin, agency=undp.pk)

    page = text(as_admin.get(response.headers["Location"]))
    assert "Invitation temporarily refused The mail server answered: DEFAULT_FROM_EMAIL" in page
    assert User.objects.filter(email="ngozi@example.org").exists()
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    ("role", "place"), [(Role.FOCAL_POINT, "/my/"), (Role.COORDINATOR, "/agendas/2026/dashboard/")]
)
def test_invitation_leads_to_the_start_page_of_the_role(as_admin, undp, role, place):
    personas.agenda()
    invite(as_admin, agency=undp.pk, role=role)
    as_admin.logout()

    entered = choose_password(as_admin, link_in(mail.outbox[0].body))

    assert entered.redirect_chain[-1][0] == place


def test_invitation_works_once(as_admin, undp):
    invite(as_admin, agency=undp.pk)
    link = link_in(mail.outbox[0].body)
    as_admin.logout()
    choose_password(as_admin, link)
    as_admin.logout()

    again = choose_password(as_admin, link)

    assert again.status_code == 200
    assert "This link no longer works" in again.content.decode()


def test_invitation_expires(as_admin, undp, settings, monkeypatch):
    invite(as_admin, agency=undp.pk)
    later = timezone.now().replace(tzinfo=None) + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 100)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later)

    late = choose_password(as_admin, link_in(mail.outbox[0].body))

    assert "This link no longer works" in late.content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "elsewhere@example.org"}])
def test_invitation_ends_when_the_person_is_deactivated_or_the_address_changes(as_admin, undp, change):
    invite(as_admin, agency=undp.pk)
    User.objects.filter(email="ngozi@example.org").update(**change)

    refused = choose_password(as_admin, link_in(mail.outbox[0].body))

    assert "This link no longer works" in refused.content.decode()


def test_using_one_of_two_invitations_ends_the_other(as_admin, undp):
    invite(as_admin, agency=undp.pk)
    person = User.objects.get(email="ngozi@example.org")
    as_admin.post(reverse("send_invitation", args=[person.pk]))
    send_account_mails()
    first, second = (link_in(sent.body) for sent in mail.outbox)
    as_admin.logout()
    choose_password(as_admin, second)
    as_admin.logout()

    assert "This link no longer works" in choose_password(as_admin, first).content.decode()


def test_invitation_is_in_the_language_of_the_person(as_admin, undp):
    invite(as_admin, agency=undp.pk, language="ar", name="<b>Ngozi</b>")

    sent = mail.outbox[0]
    html = str(sent.alternatives[0][0])  # type: ignore[union-attr]
    assert 'lang="ar" dir="rtl"' in html
    assert "&lt;b&gt;Ngozi&lt;/b&gt;" in html
    assert link_in(sent.body) in html


def test_invitation_that_could_not_be_mailed_can_be_sent_again(as_admin, undp, no_mail_server):
    response = invite(as_admin, agency=undp.pk)
    page = as_admin.get(response.headers["Location"])

    person = User.objects.get(email="ngozi@example.org")
    assert "Invitation temporarily refused The mail server answered: ConnectionRefusedError" in text(page)
    assert f'action="/people/{person.pk}/invitation/"' in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "ADMIN@example.org"),
        ("email", "a@example.org\r\nBcc: b@example.org"),
        ("name", ""),
        ("name", "a\x00b"),
        ("role", "king"),
        ("agency", ""),
        ("agency", "x"),
        ("agency", "9" * 30),
        ("language", "tlh"),
        ("time_zone", "Moon/Crater"),
    ],
)
def test_invalid_invitation_adds_nobody(as_admin, undp, field, value):
    response = as_admin.post(ADDRESS, form(agency=undp.pk) | {field: value})

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_address_that_another_admin_has_just_added_is_refused(as_admin, undp, monkeypatch):
    """The form was validated before the other admin's person was stored."""
    monkeypatch.setattr("tracker.people.forms.InvitationForm.clean_email", lambda self: self.cleaned_data["email"])
    monkeypatch.setattr("tracker.people.forms.InvitationForm._post_clean", lambda self: None)

    response = invite(as_admin, agency=undp.pk, email="admin@example.org")

    assert response.status_code == 400
    assert response.context["form"].errors == {"email": ["Another person has this address."]}


@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_invitation_to_an_unknown_person_is_not_found(as_admin, pk):
    assert as_admin.post(f"/people/{pk}/invitation/").status_code == 404


def test_invitation_is_not_sent_to_people_who_are_deactivated_or_have_a_password(as_admin):
    deactivated = personas.person("deactivated@example.org", is_active=False)
    with_password = personas.person("active@example.org")
    with_password.set_password(PASSWORD)
    with_password.save()

    people = (deactivated, with_password)
    statuses = [as_admin.post(reverse("send_invitation", args=[person.pk])).status_code for person in people]

    assert statuses == [404, 302]
    assert mail.outbox == []


def test_person_added_in_the_admin_site_is_invited(as_admin, undp, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = as_admin.post(reverse("admin:people_user_add"), form(agency=undp.pk, is_active="on"))
    send_account_mails()

    person = User.objects.get(email="ngozi@example.org")
    assert response.status_code == 302
    assert (person.has_usable_password(), [sent.to for sent in mail.outbox]) == (False, [["ngozi@example.org"]])


def test_admin_site_sends_invitations_again_to_people_without_a_password(as_admin, admin, undp):
    waiting = personas.person("waiting@example.org")
    admin.set_password(PASSWORD)
    admin.save()
    personas.sign_in(as_admin, admin)

    as_admin.post(
        reverse("admin:people_user_changelist"),
        {"action": "send_invitations", "_selected_action": [waiting.pk, admin.pk]},
    )
    send_account_mails()

    assert [sent.to for sent in mail.outbox] == [["waiting@example.org"]]
