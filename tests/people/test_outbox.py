"""Test that invitations and password resets are queued, retried and reported, and never sent inside a request."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests import personas, servers
from tests.actions.pages import text
from tests.people.test_invitations import ADDRESS, form
from tracker.mail.delivery import Courier
from tracker.people.models import AccountMail, User
from tracker.people.outbox import FIRST_DELAY, GIVE_UP_AFTER, LEASE, LONGEST_DELAY, queue_mail, send_due
from tracker.people.tasks import send_account_mails, send_password_resets

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Kind, State = AccountMail.Kind, AccountMail.State


@pytest.fixture
def waiting(db):
    return personas.person("ngozi@example.org", name="Ngozi")


def send(now=NOW):
    with Courier() as courier:
        return send_due(courier, now)


def state():
    mail = AccountMail.objects.get()
    return mail.state, mail.attempts, mail.due_at


def test_request_does_not_wait_for_a_mail_server_that_hangs(as_admin, settings, smtp_server):
    smtp_server.hangs = 20
    began = time.monotonic()

    response = as_admin.post(ADDRESS, form(agency=personas.agency().pk), follow=True)

    assert time.monotonic() - began < 10
    assert smtp_server.messages == []
    assert "is on its way to ngozi@example.org" in text(response)
    assert "Invitation queued It goes out within minutes." in text(response)


@pytest.mark.django_db(transaction=True)
def test_worker_sends_the_invitation(celery_worker_process, smtp_server, as_admin):
    as_admin.post(ADDRESS, form(agency=personas.agency().pk))

    assert smtp_server.wait_for(1)[0]["To"] == "ngozi@example.org"
    servers.wait_until(lambda: AccountMail.objects.get().state == State.SENT, "the state of the mail")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, (State.SENT, 1, None)),
        ({"MAIL": "451 Try later"}, (State.TEMPORARY, 1, NOW + FIRST_DELAY)),
        ({"DATA": "452 Full"}, (State.TEMPORARY, 1, NOW + FIRST_DELAY)),
        ({"MAIL": "550 No"}, (State.REFUSED, 1, None)),
        ({"DATA": "554 Spam"}, (State.REFUSED, 1, None)),
    ],
)
def test_answer_of_the_mail_server_is_stored(waiting, coordinator, smtp_server, caplog, kind, answers, expected):
    smtp_server.answers = answers
    queue_mail(waiting, kind, by=coordinator, now=NOW)

    tried = [send(), send()]

    assert (tried, state()) == ([1, 0], expected)
    assert len(smtp_server.messages) == (0 if answers else 1)
    lines = [record.getMessage() for record in caplog.records if record.name == "tracker.people.outbox"]
    assert lines == [f"The {kind} to person {waiting.pk}: {expected[0]}"]


def test_password_reset_sends_no_mail_to_others(waiting, focal_point, smtp_server):
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)

    send_password_resets([focal_point.pk])

    assert [mail["To"] for mail in smtp_server.messages] == [focal_point.email]


def test_unknown_mailbox_is_refused_and_can_be_asked_for_again(waiting, admin, smtp_server, as_admin):
    smtp_server.refused = {waiting.email}
    queue_mail(waiting, Kind.INVITATION, by=admin, now=NOW)
    send()
    page = text(as_admin.get("/people/"))
    smtp_server.refused = set()

    as_admin.post(f"/people/{waiting.pk}/invitation/")
    send_account_mails()

    assert "Invitation refused The mail server answered: 550 No such mailbox. Check the address" in page
    assert state()[:2] == (State.SENT, 1)
    assert len(smtp_server.messages) == 1


def test_mail_is_tried_again_ever_more_rarely_until_it_is_given_up(waiting, smtp_server):
    smtp_server.answers = {"MAIL": "451 Try later"}
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)
    waits: list[timedelta | None] = []
    now: datetime | None = NOW

    while now:
        send(now)
        due_at = AccountMail.objects.get().due_at
        waits.append(due_at - now if due_at else None)
        now = due_at

    assert waits[:4] == [FIRST_DELAY * factor for factor in (1, 2, 4, 8)]
    assert set(waits[8:-1]) == {LONGEST_DELAY}
    assert GIVE_UP_AFTER / LONGEST_DELAY < len(waits) < 40
    assert state()[0] == State.REFUSED


def test_mail_goes_out_once_the_server_is_there(waiting, smtp_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, servers.free_port()
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)

    send()
    settings.EMAIL_PORT = port
    early, late = send(NOW + FIRST_DELAY / 2), send(NOW + FIRST_DELAY)

    assert (early, late, state()) == (0, 1, (State.SENT, 2, None))


def test_mail_that_a_killed_worker_took_is_sent_after_its_lease(waiting, smtp_server, monkeypatch):
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Courier, "deliver", lambda *args: sys.exit())
        with pytest.raises(SystemExit):
            send()

    during, afterwards = send(NOW + LEASE / 2), send(NOW + LEASE)

    assert (during, afterwards, len(smtp_server.messages)) == (0, 1, 1)


def test_result_of_an_attempt_does_not_replace_a_new_request(waiting, smtp_server, monkeypatch):
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)
    deliver = Courier.deliver

    def deliver_slowly(*args):
        queue_mail(waiting, Kind.INVITATION, by=None, now=NOW + timedelta(seconds=5))
        return deliver(*args)

    monkeypatch.setattr(Courier, "deliver", deliver_slowly)
    send()

    assert state() == (State.QUEUED, 0, NOW + timedelta(seconds=5))


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (Kind.INVITATION, {"is_active": False}, 0),
        (Kind.PASSWORD_RESET, {"is_active": False}, 0),
        (Kind.INVITATION, {"password": "pbkdf2$x"}, 0),
        (Kind.PASSWORD_RESET, {"password": "pbkdf2$x"}, 1),
    ],
)
def test_mail_that_nobody_needs_any_more_is_not_sent(waiting, smtp_server, kind, fields, expected):
    queue_mail(waiting, kind, by=None, now=NOW)
    User.objects.filter(pk=waiting.pk).update(**fields)

    send()

    assert (len(smtp_server.messages), AccountMail.objects.count()) == (expected, expected)


def test_states_are_shown_to_those_who_invite(waiting, admin, coordinator, other_focal_point, client):
    queue_mail(waiting, Kind.INVITATION, by=admin, now=timezone.now())

    readers = (admin, coordinator, other_focal_point)
    shown = [text(personas.sign_in(client, person).get("/people/")) for person in readers]

    assert ["Invitation queued" in page for page in shown] == [True, True, False]


def test_answers_go_to_the_person_who_invites_otherwise_to_the_contact(
    waiting, admin, coordinator, smtp_server, settings
):
    settings.CONTACT_EMAIL = "Help desk <help@example.org>"
    queue_mail(waiting, Kind.INVITATION, by=coordinator, now=NOW)
    queue_mail(waiting, Kind.PASSWORD_RESET, by=None, now=NOW)

    send()

    assert [mail["Reply-To"] for mail in smtp_server.messages] == [coordinator.email, settings.CONTACT_EMAIL]


def test_mail_has_the_host_name_of_the_tracker_and_asks_for_no_automatic_replies(waiting, smtp_server, settings):
    settings.BASE_URL, settings.EMAIL_BACKEND = "https://tracker.example.org:8443", "tracker.mail.smtp.SiteBackend"
    queue_mail(waiting, Kind.INVITATION, by=None, now=NOW)

    send()

    mail = smtp_server.messages[0]
    assert mail["Message-ID"].endswith("@tracker.example.org>")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["Reply-To"] is None
    assert smtp_server.greetings == ["tracker.example.org"]
