"""A mail server that is away for long, with a real one: what is tried again, what fails, who hears of it, and how it goes out after all."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from actions.models import ActionPoint
from actions.reminders import email
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.digest import LONGEST_WAIT
from actions.reminders.models.digest_queryset import LEASE, MAX_ATTEMPTS, VALID, Cause
from actions.reminders.models.heartbeat import FAILURES_REPORTED_EVERY
from actions.reminders.periods import next_period
from actions.reminders.planning import tick
from actions.reminders.sending import send_due
from tests import personas
from tests.actions.pages import text
from tracker.mail.delivery import Courier
from tracker.people.models import Role, User
from tracker.people.time_zones import zone_named

State = Digest.State


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    personas.lead(found, focal_point.agency)
    return found


@pytest.fixture
def daily(point):
    """A period has just begun, whatever time the tests run at: the next one begins in a day."""
    now = timezone.now()
    return ReminderSchedule.objects.create(
        agenda=point.issue.agenda,
        starts_on=now.date() - timedelta(days=30),
        weekdays=tuple(range(7)),
        hour=now.hour,
    )


@pytest.fixture
def digest(focal_point, point, daily):
    now = timezone.now()
    return personas.digest(focal_point, point, day=now.date(), created_at=now, next_attempt_at=now)


def failed(person, *points, **fields):
    """One of the period of today."""
    now = timezone.now()
    fields = {"day": now.date(), "created_at": now, "next_attempt_at": None} | fields
    return personas.digest(person, *points, state=State.FAILED, cause=Cause.GIVEN_UP, **fields)


def attempt(at):
    with Courier() as courier:
        send_due(courier, seconds=0.001, clock=lambda: at)


def try_until(digest, end):
    """Each attempt when it is due, until that instant; the instants."""
    attempts = []
    while digest.state == State.PENDING and digest.next_attempt_at < end:
        attempts.append(digest.next_attempt_at)
        attempt(attempts[-1])
        digest.refresh_from_db()
    return attempts


def test_digest_outlasts_a_mail_server_that_is_away_for_hours(digest, smtp_server):
    smtp_server.answers = {"MAIL": "421 Too busy"}
    attempts = try_until(digest, digest.created_at + timedelta(hours=6))
    before = digest.state, digest.cause
    smtp_server.answers = {}
    try_until(digest, digest.created_at + timedelta(hours=8))

    waits = [later - earlier for earlier, later in pairwise(attempts)]
    assert [wait.total_seconds() // 60 for wait in waits[:7]] == [1, 2, 4, 8, 16, 32, 60]
    assert max(waits) < LONGEST_WAIT + timedelta(seconds=1)
    assert before == (State.PENDING, Cause.REFUSED_FOR_NOW)
    assert digest.state == State.SENT
    assert len(smtp_server.messages) == 1


def test_digest_has_failed_when_the_next_period_begins_and_not_before(digest, daily, smtp_server, focal_point):
    smtp_server.answers = {"MAIL": "421 Too busy"}
    following = next_period(daily.timing, zone_named(focal_point.time_zone), digest.created_at)
    assert following

    attempts = try_until(digest, following.due_at + timedelta(days=3))

    assert (digest.state, digest.cause) == (State.FAILED, Cause.GIVEN_UP)
    assert following.due_at - LONGEST_WAIT <= attempts[-1] < following.due_at
    assert digest.attempts == digest.refusals == len(attempts)


def test_digest_is_tried_until_a_period_of_any_of_its_agendas_begins(digest, daily, smtp_server, focal_point):
    """The next digest covers all of them."""
    ReminderSchedule.objects.update(weekdays=((timezone.localdate().weekday() + 5) % 7,))
    elsewhere = personas.action_point(personas.issue(personas.agenda("2025")))
    personas.lead(elsewhere, focal_point.agency)
    tomorrow = (timezone.localdate() + timedelta(days=1)).weekday()
    ReminderSchedule.objects.create(
        agenda=elsewhere.issue.agenda, starts_on="2026-01-01", weekdays=(tomorrow,), hour=23
    )
    smtp_server.answers = {"MAIL": "421 Too busy"}
    attempts = [try_until(digest, timezone.now() + timedelta(days=9))]
    digest.pk, digest.state, digest.refusals, digest.attempts = None, State.PENDING, 0, 0
    digest.snapshot = personas.digest(focal_point, *ActionPoint.objects.all()).snapshot
    digest.day, digest.message_id, digest.cause = digest.day - timedelta(days=1), "<2>", ""
    digest.next_attempt_at = digest.created_at
    digest.save()
    attempts.append(try_until(digest, timezone.now() + timedelta(days=9)))

    assert [(timezone.localdate(each[-1]) - timezone.localdate()).days for each in attempts] == [5, 1]


@pytest.mark.parametrize(("asked", "hours"), [(False, 23), (True, 23)])
def test_digest_that_no_other_replaces_is_tried_for_a_day(digest, smtp_server, point, coordinator, asked, hours):
    smtp_server.answers = {"MAIL": "421 Too busy"}
    now = timezone.now()
    if asked:
        digest.asked_about, digest.asked_by = point, coordinator
        digest.save()
    else:
        ReminderSchedule.objects.all().delete()

    attempts = try_until(digest, now + timedelta(days=9))

    assert digest.state == State.FAILED
    assert (attempts[-1] - now) // timedelta(hours=1) == hours


def test_worker_that_dies_on_a_digest_that_was_refused_often_takes_it_up_again(digest, smtp_server):
    Digest.objects.filter(pk=digest.pk).update(attempts=50, refusals=50)
    now = timezone.now()
    for death in range(MAX_ATTEMPTS):
        assert Digest.objects.claim(now + 2 * death * LEASE)
        Digest.objects.sweep(now + 2 * (death + 1) * LEASE)
    digest.refresh_from_db()

    assert (digest.state, digest.cause) == (State.FAILED, Cause.WORKER_DIED)


def test_all_that_failed_is_sent_again_at_once_each_by_its_own_message_id(client, coordinator, point, smtp_server):
    people = [personas.person(f"{number}@example.org", agency=personas.agency("UNDP")) for number in range(3)]
    personas.lead(point, personas.agency("UNDP"))
    digests = [failed(person, point) for person in people]
    personas.sign_in(client, coordinator)

    pages = [text(client.post("/reminders/attempts/", follow=True)) for _ in range(2)]
    attempt(timezone.now())

    assert ["3 digests are sent again" in page for page in pages] == [True, False]
    assert "nothing was changed" in pages[1]
    assert sorted(mail["Message-ID"] for mail in smtp_server.messages) == sorted(each.message_id for each in digests)


def replaced(person, point):
    personas.digest(person, point, day=timezone.localdate() + timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [
        replaced,
        lambda person, point: Digest.objects.update(day=timezone.localdate() - VALID),
        lambda person, point: User.objects.update(is_active=False),
        lambda person, point: User.objects.update(wants_digests=False),
        lambda person, point: Digest.objects.update(state=State.UNCERTAIN, sent_at=timezone.now()),
    ],
)
def test_what_needs_no_sending_stays_as_it_is(focal_point, point, change):
    digest = failed(focal_point, point)
    change(focal_point, point)
    before = Digest.objects.values_list("state", flat=True).get(pk=digest.pk)

    assert Digest.objects.send_failed_again(timezone.now()) == 0
    digest.refresh_from_db()
    assert digest.state == before


def test_reminder_out_of_turn_replaces_no_digest_but_one_about_the_same(focal_point, coordinator, point):
    other = personas.action_point(number=2)
    about = {"asked_by": coordinator, "next_attempt_at": timezone.now()}
    digest, asked = failed(focal_point, point), failed(focal_point, point, asked_about=point, asked_by=coordinator)
    personas.digest(focal_point, other, asked_about=other, **about)

    assert set(Digest.objects.failed(timezone.localdate())) == {digest, asked}

    personas.digest(focal_point, point, asked_about=point, day=timezone.localdate() + timedelta(days=1), **about)
    assert set(Digest.objects.failed(timezone.localdate())) == {digest}


def admins_notified(smtp_server):
    return [mail["Subject"] for mail in smtp_server.messages if mail["To"] == "admin@example.org"]


def test_admins_get_one_mail_about_failures_an_hour(focal_point, point, smtp_server):
    personas.person("admin@example.org", Role.ADMIN)
    now = timezone.now()
    notified = []
    failed(focal_point, point)
    for hours in (0, 0.5, 1, 24):
        if hours:
            failed(personas.person(f"{hours}@example.org"), point)
        for _ in range(2):
            tick(now + FAILURES_REPORTED_EVERY * hours, lambda: None)
        notified.append(admins_notified(smtp_server))

    assert notified[:2] == [["1 digest failed"]] * 2
    assert notified[2:] == [
        ["1 digest failed", "2 digests failed"],
        ["1 digest failed", "2 digests failed", "1 digest failed"],
    ]


def test_admins_get_the_mail_once_the_server_is_back_although_one_address_is_refused(focal_point, point, smtp_server):
    personas.person("a.bad@example.org", Role.ADMIN)
    personas.person("admin@example.org", Role.ADMIN)
    failed(focal_point, point)
    now = timezone.now()
    smtp_server.answers = {"MAIL": "421 Too busy"}
    tick(now, lambda: None)
    smtp_server.answers, smtp_server.refused = {}, {"a.bad@example.org"}
    for hours in (1, 2):
        tick(now + FAILURES_REPORTED_EVERY * hours, lambda: None)

    assert admins_notified(smtp_server) == ["1 digest failed"]


@pytest.mark.parametrize(("path", "offers"), [("/reminders/", True), ("/agendas/2026/dashboard/", False)])
def test_coordinators_see_that_digests_failed(client, coordinator, focal_point, point, path, offers):
    personas.sign_in(client, coordinator)
    before = text(client.get(path))
    failed(focal_point, point)
    after = text(client.get(path))
    for_focal_point = text(personas.sign_in(client, focal_point).get("/agendas/2026/dashboard/"))

    assert ["1 digest failed" in page for page in (before, after, for_focal_point)] == [False, True, False]
    assert ("Send all failed again" in after) == offers


def test_health_says_that_digests_failed_and_stays_at_200(client, focal_point, point):
    tick(timezone.now(), lambda: None)
    failed(focal_point, point, day=timezone.localdate() + timedelta(days=400))

    response = client.get("/health/")

    assert (response.status_code, response.json()["status"]) == (200, "digests failed")
    assert response.json()["digests_undecided"] == 1


@pytest.mark.parametrize("name", ["DEFAULT_FROM_EMAIL", "BOUNCE_ADDRESS"])
@pytest.mark.parametrize(
    "value", ["UN: Tracker <tracker@example.org>", "Tracker", "a@example.org, b@example.org", "a@b.org\nX: y"]
)
def test_faulty_mail_setting_fails_no_digest_and_goes_out_once_corrected(
    digest, smtp_server, settings, coordinator, client, name, value
):
    before = getattr(settings, name)
    setattr(settings, name, value)
    personas.sign_in(client, coordinator)

    attempts = try_until(digest, timezone.now() + timedelta(hours=6))
    pages = [text(client.get(path)) for path in ("/reminders/", "/agendas/2026/dashboard/", digest.get_absolute_url())]
    health = client.get("/health/")
    state = digest.state, digest.cause
    setattr(settings, name, before)
    attempt(digest.next_attempt_at)
    digest.refresh_from_db()

    assert len(attempts) > 5
    assert state == (State.PENDING, Cause.NOT_BUILT)
    assert all(name in page for page in pages)
    assert health.status_code in {200, 503}
    assert digest.state == State.SENT
    assert len(smtp_server.messages) == 1


def test_digest_that_cannot_be_written_stops_no_other(digest, point, smtp_server, monkeypatch):
    other = personas.person("other@example.org", agency=personas.agency())
    now = timezone.now()
    personas.digest(other, point, day=now.date(), created_at=now, next_attempt_at=now)
    digest.recipient.name = "Faulty"
    digest.recipient.save()
    writes = email.render_digest

    def render_digest(digest, *args):
        if digest.recipient.name == "Faulty":
            raise KeyError("no such word")
        return writes(digest, *args)

    monkeypatch.setattr(email, "render_digest", render_digest)
    attempt(now)

    digest.refresh_from_db()
    assert (digest.state, digest.cause) == (State.PENDING, Cause.NOT_BUILT)
    assert [message["To"] for message in smtp_server.messages] == [other.email]


def test_digest_of_a_schedule_that_cannot_be_calculated_waits_and_stops_no_other(digest, daily, point, smtp_server):
    elsewhere = personas.action_point(personas.issue(personas.agenda("2025")))
    personas.set_leads(elsewhere, *personas.leads(point))
    now = timezone.now()
    day = now.date() - timedelta(days=1)
    both = personas.digest(digest.recipient, elsewhere, point, day=day, created_at=now, next_attempt_at=now)
    ReminderSchedule.objects.filter(pk=daily.pk).update(weekdays=(9,))

    attempt(now)

    digest.refresh_from_db()
    both.refresh_from_db()
    assert (digest.state, digest.cause) == (State.PENDING, Cause.NOT_BUILT)
    assert (both.state, both.slugs) == (State.SENT, ["2025"])
