"""Whether reminders are alive: the alarm on the coordinator's pages, and the page for machines."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils import timezone

from actions.reminders.health import STALE_AFTER
from actions.reminders.models import Heartbeat
from actions.reminders.planning import tick
from tests import personas
from tests.actions.pages import text
from tests.servers import free_port
from tracker.people.models import Role


@pytest.fixture
def agenda(db):
    return personas.agenda()


def test_health_is_503_before_the_first_tick_and_200_after_it(client, agenda):
    before = client.get("/health/")
    tick(timezone.now(), print)
    after = client.get("/health/")

    assert (before.status_code, before.json()["status"]) == (503, "no tick yet")
    assert (after.status_code, after.json()["status"]) == (200, "ok")


def test_health_is_503_when_the_scheduler_or_the_workers_have_stopped(client, agenda):
    Heartbeat.objects.beat(timezone.now() - STALE_AFTER - timedelta(seconds=1))

    response = client.get("/health/")

    assert (response.status_code, response.json()["status"]) == (503, "reminders have stopped")


def test_health_counts_what_waits_and_what_has_to_be_decided(client, focal_point):
    point = personas.action_point()
    personas.digest(focal_point, point)
    personas.digest(
        focal_point,
        point,
        day=timezone.localdate() - timedelta(days=1),
        state="failed",
        cause="refused",
        next_attempt_at=None,
    )

    found = client.get("/health/").json()

    assert (found["digests_waiting"], found["digests_undecided"], found["digests_failed"]) == (1, 1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"next_attempt_at": timezone.now() + timedelta(hours=1), "refusals": 3},
        {"state": "claimed"},
        {"state": "sending", "sent_at": timezone.now()},
    ],
    ids=["due", "postponed", "claimed", "sending"],
)
@pytest.mark.parametrize(("minutes", "status"), [(10, "ok"), (70, "digests are late")])
def test_health_counts_every_digest_that_is_not_sent_and_the_age_of_the_oldest(
    client, focal_point, fields, minutes, status
):
    now = timezone.now()
    tick(now, print)
    if "state" in fields:
        fields = fields | {"token": uuid4(), "lease_until": now + timedelta(minutes=5), "next_attempt_at": None}
    personas.digest(focal_point, personas.action_point(), created_at=now - timedelta(minutes=minutes), **fields)
    personas.digest(personas.person("second@example.org"), created_at=now - timedelta(minutes=1))

    response = client.get("/health/")

    found = response.json()
    assert (response.status_code, found["status"], found["digests_waiting"]) == (200, status, 2)
    assert minutes * 60 <= found["oldest_waiting_seconds"] < minutes * 60 + 60


def test_health_and_alive_ask_for_no_session(client, focal_point, django_assert_num_queries):
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(0):
        alive = client.get("/alive/")
    with django_assert_num_queries(4):
        client.get("/health/")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ProgrammingError])
def test_health_is_503_in_json_while_the_database_is_down(client, monkeypatch, error):
    def fail(now):
        raise error("gone")

    monkeypatch.setattr("actions.reminders.views.health.health", fail)

    health, alive = client.get("/health/"), client.get("/alive/")

    assert (health.status_code, health.json()) == (503, {"status": "the database does not answer"})
    assert alive.status_code == 200


def last_tick(ago: timedelta) -> None:
    """Let the last tick have been that long ago."""
    Heartbeat.objects.all().delete()
    Heartbeat.objects.beat(timezone.now() - ago)


@pytest.mark.parametrize("path", ["/reminders/", "/agendas/2026/dashboard/"])
def test_alarm_is_shown_to_coordinators_while_reminders_have_stopped(client, coordinator, agenda, path):
    personas.sign_in(client, coordinator)
    never = text(client.get(path))
    last_tick(timedelta())
    alive = text(client.get(path))
    last_tick(timedelta(hours=1))
    stopped = text(client.get(path))

    assert ["Reminders have stopped" in page for page in (never, alive, stopped)] == [False, False, True]


def test_admins_are_alerted_once_each_time_reminders_stop(agenda, mailoutbox, capsys):
    personas.person("admin@example.org", Role.ADMIN, language="fr")
    personas.person("gone@example.org", Role.ADMIN, is_active=False)
    for ago in (timedelta(hours=2), timedelta(hours=1), timedelta(minutes=1)):
        last_tick(ago)
        for _ in range(3):
            call_command("alert_admins")

    assert [mail.to for mail in mailoutbox] == [["admin@example.org"]] * 2
    assert "/reminders/" in mailoutbox[0].body
    assert capsys.readouterr().out.count("Reminders have stopped") == 6


@pytest.mark.parametrize("path", ["/reminders/", "/health/"])
def test_no_page_mails_the_admins(client, coordinator, admin, agenda, path, mailoutbox):
    last_tick(timedelta(hours=1))

    personas.sign_in(client, coordinator).get(path)

    assert mailoutbox == []


def test_command_ends_well_although_the_admins_cannot_be_alerted(admin, agenda, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    last_tick(timedelta(hours=1))

    call_command("alert_admins")

    assert "Reminders have stopped" in capsys.readouterr().out


def test_alarm_is_no_concern_of_focal_points(client, focal_point, agenda):
    Heartbeat.objects.beat(timezone.now() - timedelta(hours=1))

    response = personas.sign_in(client, focal_point).get("/agendas/2026/dashboard/")

    assert "Reminders have stopped" not in text(response)


def test_there_is_one_heartbeat_however_many_ticks(agenda):
    for minute in range(3):
        Heartbeat.objects.beat(personas.NOW + timedelta(minutes=minute))

    assert Heartbeat.objects.latest_tick() == personas.NOW + timedelta(minutes=2)
    assert Heartbeat.objects.count() == 1


@pytest.mark.parametrize(
    ("minutes", "newest"),
    [([0, 2, 1], 2), ([2, 0], 2), ([0, 4, 1], 4), ([60, 0], 0), ([0, 60, 1], 1)],
    ids=["late", "later", "slightly fast clock", "fast clock", "fast clock between"],
)
def test_newest_heartbeat_counts(db, minutes, newest):
    for minute in minutes:
        Heartbeat.objects.beat(personas.NOW + timedelta(minutes=minute))

    assert Heartbeat.objects.latest_tick() == personas.NOW + timedelta(minutes=newest)


@pytest.mark.parametrize(
    "sender", ["UN: Tracker <tracker@example.org>", "Tracker <>", "a@b.org, c@d.org", "a@b.org\nX: y"]
)
@pytest.mark.parametrize("hours", [0, 1])
def test_health_reports_a_faulty_mail_setting(client, agenda, settings, sender, hours):
    personas.person("admin@example.org", Role.ADMIN)
    Heartbeat.objects.beat(timezone.now() - timedelta(hours=hours))
    settings.DEFAULT_FROM_EMAIL = sender

    response = client.get("/health/")

    assert response.status_code == (503 if hours else 200)
    assert ("DEFAULT_FROM_EMAIL" in response.json()["status"]) == (not hours)
