"""Whether reminders are alive: the alarm on the coordinator's pages, and the page for machines."""

from datetime import timedelta

import pytest
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

    assert (found["digests_waiting"], found["digests_undecided"]) == (1, 1)


@pytest.mark.parametrize("path", ["/reminders/", "/agendas/2026/dashboard/"])
def test_alarm_is_shown_to_coordinators_while_reminders_have_stopped(client, coordinator, agenda, path):
    personas.sign_in(client, coordinator)
    never = text(client.get(path))
    Heartbeat.objects.beat(timezone.now())
    alive = text(client.get(path))
    Heartbeat.objects.beat(timezone.now() - timedelta(hours=1))
    stopped = text(client.get(path))

    assert ["Reminders have stopped" in page for page in (never, alive, stopped)] == [False, False, True]


@pytest.mark.parametrize("path", ["/reminders/", "/health/"])
def test_admins_are_alerted_once_each_time_reminders_stop(client, coordinator, agenda, path, mailoutbox):
    personas.sign_in(client, coordinator)
    personas.person("admin@example.org", Role.ADMIN, language="fr")
    personas.person("gone@example.org", Role.ADMIN, is_active=False)
    for ago in (timedelta(hours=2), timedelta(hours=1)):
        Heartbeat.objects.beat(timezone.now() - ago)
        for _ in range(3):
            client.get(path)

    assert [mail.to for mail in mailoutbox] == [["admin@example.org"]] * 2
    assert "/reminders/" in mailoutbox[0].body


def test_page_is_shown_although_the_admins_cannot_be_alerted(client, coordinator, admin, agenda, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    Heartbeat.objects.beat(timezone.now() - timedelta(hours=1))

    response = personas.sign_in(client, coordinator).get("/reminders/")

    assert "Reminders have stopped" in text(response)


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
