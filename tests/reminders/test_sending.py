"""One attempt at a digest with a real SMTP server: what is sent, what is recorded, and what is never sent twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from actions import responsibilities
from actions.models import ActionPoint
from actions.reminders import planning, sending
from actions.reminders.models import Digest, PlannedUntil, ReminderSchedule
from actions.reminders.models.digest_queryset import LEASE, Cause, DigestQuerySet
from actions.reminders.send_guard import pass_guard
from actions.reminders.sending import CLAIMED_AT_ONCE, send_due
from issues.models import Agenda
from tests import personas
from tests.races import run_at_once
from tests.servers import free_port
from tracker.mail.delivery import Courier, Envelope
from tracker.people.models import User

State = Digest.State


@pytest.fixture
def digest(focal_point):
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency)
    now = timezone.now()
    return personas.digest(focal_point, point, day=now.date(), created_at=now, next_attempt_at=now)


def attempt(digest, after=timedelta()):
    """One attempt, after that time has passed; return the digest as it is stored then."""
    with Courier() as courier:
        send_due(courier, seconds=0.001, clock=lambda: timezone.now() + after)
    digest.refresh_from_db()
    return digest


def test_digest_is_sent_and_recorded(digest, smtp_server, focal_point):
    attempt(digest)

    mail = smtp_server.messages[0]
    assert digest.state == State.SENT
    assert (mail["To"], mail["Message-ID"]) == (focal_point.email, digest.message_id)
    assert mail["Message-ID"].endswith("@127.0.0.1>")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert "1.1 Joint training" in mail.get_body(("plain",)).get_content()
    assert digest.address == focal_point.email
    assert [(entry["slug"], entry["number"]) for entry in digest.snapshot] == [("2026", 1)]


def test_digest_is_sent_once_however_often_it_is_tried(digest, smtp_server):
    for _ in range(3):
        attempt(digest)

    assert len(smtp_server.messages) == 1


def test_digest_lists_what_of_it_is_still_due_when_it_is_sent(digest, smtp_server, focal_point):
    """Also if it was planned with more: one part was answered in the meantime, another is new and comes with the next digest."""
    point = focal_point.agency.responsibilities.get().action_point
    answered = personas.action_point(number=2, title="Newsletter")
    personas.lead(answered, focal_point.agency)
    both = personas.digest(
        focal_point, point, answered, day=digest.day - timedelta(days=1), next_attempt_at=timezone.now()
    )
    moves(answered)
    personas.lead(personas.action_point(number=3), focal_point.agency)

    attempt(both)

    assert [entry["number"] for entry in both.snapshot] == [1]


@pytest.mark.parametrize(
    "change",
    [lambda agenda: switch_off(agenda), lambda agenda: Agenda.objects.filter(pk=agenda.pk).update(state="closed")],
)
def test_agenda_that_was_closed_or_switched_off_since_is_left_out_of_the_mail(digest, smtp_server, focal_point, change):
    elsewhere = personas.action_point(personas.issue(personas.agenda("2025")), title="Newsletter")
    personas.lead(elsewhere, focal_point.agency)
    both = personas.digest(
        focal_point, *ActionPoint.objects.all(), day=digest.day - timedelta(days=1), next_attempt_at=timezone.now()
    )
    change(elsewhere.issue.agenda)

    attempt(both)

    assert (both.state, both.slugs) == (State.SENT, ["2026"])


def test_snapshot_keeps_what_the_mail_says_of_each_agenda_and_part(focal_point, other_focal_point, smtp_server):
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency, other_focal_point.agency, persons=[focal_point])
    elsewhere = personas.action_point(personas.issue(personas.agenda("2025")), title="Newsletter")
    personas.lead(elsewhere, focal_point.agency)
    now = timezone.now()
    digest = personas.digest(focal_point, point, elsewhere, day=now.date(), created_at=now, next_attempt_at=now)

    attempt(digest)

    said = [(entry["slug"], entry["text"]["agency"], entry["text"]["title"]) for entry in digest.snapshot]
    assert said == [
        ("2026", "UNDP", "Joint training"),
        ("2026", "UNSSC", "Joint training"),
        ("2025", "UNDP", "Newsletter"),
    ]


def test_mail_counts_the_reminders_before_it_but_not_itself(focal_point, smtp_server):
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    now = timezone.now()
    ReminderSchedule.objects.create(
        agenda=point.issue.agenda, starts_on=now.date() - timedelta(days=60), escalate_after=1, weekdays=tuple(range(7))
    )
    counts = []
    for days in (-1, 0):
        at = now.replace(hour=9) + timedelta(days=days)
        PlannedUntil.objects.record([focal_point.pk], at - timedelta(days=1))
        planning.plan(at)
        digest = Digest.objects.latest("pk")
        with Courier() as courier:
            send_due(courier, seconds=0.001, clock=lambda: at)  # noqa: B023
        digest.refresh_from_db()
        counts.append(digest.snapshot[0]["reminded"])

    assert counts == [0, 1]
    texts = [mail.get_body(("plain",)).get_content() for mail in smtp_server.messages]
    assert ["1 reminder without an answer" in text for text in texts] == [False, True]


def switch_off(agenda):
    ReminderSchedule.objects.update_or_create(
        agenda=agenda, defaults={"enabled": False, "starts_on": personas.TODAY - timedelta(days=60)}
    )


def pause_part(point, agency):
    responsibilities.pause(
        point.responsibilities.get(agency=agency), timezone.localdate() + timedelta(days=9), "Waits."
    )


def pause_all(agenda):
    for point in ActionPoint.objects.filter(issue__agenda=agenda):
        personas.pause(point, timezone.localdate() + timedelta(days=9), "Waits.")


def moves(point):
    personas.update(point, now=timezone.now())


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda person, point: moves(point), Cause.NOTHING_LEFT),
        (lambda person, point: personas.set_leads(point), Cause.NOTHING_LEFT),
        (lambda person, point: pause_all(point.issue.agenda), Cause.NOTHING_LEFT),
        (lambda person, point: Agenda.objects.update(state="closed"), Cause.AGENDA_CLOSED),
        (lambda person, point: switch_off(point.issue.agenda), Cause.SWITCHED_OFF),
        (lambda person, point: User.objects.update(is_active=False), Cause.INACTIVE),
        (lambda person, point: User.objects.update(wants_digests=False), Cause.UNWANTED),
        (lambda person, point: User.objects.update(digests_paused_until="2099-01-01"), Cause.UNWANTED),
    ],
)
def test_digest_that_is_not_due_any_more_is_cancelled(digest, smtp_server, focal_point, change, cause):
    change(focal_point, focal_point.agency.responsibilities.get().action_point)

    attempt(digest)

    assert (digest.state, digest.cause) == (State.CANCELLED, cause)
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda agenda: User.objects.update(is_active=False), Cause.INACTIVE),
        (lambda agenda: Agenda.objects.update(state="closed"), Cause.AGENDA_CLOSED),
        (lambda agenda: switch_off(agenda), Cause.SWITCHED_OFF),
        (lambda agenda: pause_all(agenda), Cause.NOTHING_LEFT),
    ],
)
def test_change_between_claim_and_body_stops_the_mail(digest, smtp_server, monkeypatch, change, cause):
    by_smtp = Courier._by_smtp

    def changed_meanwhile(self: Courier, backend: Any, envelope: Envelope, guard: Any) -> Any:
        change(Agenda.objects.get())
        return by_smtp(self, backend, envelope, guard)

    monkeypatch.setattr(Courier, "_by_smtp", changed_meanwhile)
    attempt(digest)

    assert (digest.state, digest.cause) == (State.CANCELLED, cause)
    assert smtp_server.messages == []


def test_postponed_and_resent_digests_stay_here_once_reminders_are_switched_off(digest, smtp_server, focal_point):
    smtp_server.answers = {"MAIL": "421 Too busy"}
    attempt(digest)
    smtp_server.answers = {}
    (other,) = several(focal_point, 1)
    Digest.objects.filter(pk=other.pk).update(state=State.FAILED, cause=Cause.REFUSED, next_attempt_at=None)
    other.refresh_from_db()
    other.send_again(timezone.now())
    switch_off(Agenda.objects.get())

    for each in (other, digest, other):
        attempt(each, after=timedelta(hours=1))

    assert [(each.state, each.cause) for each in (digest, other)] == [(State.CANCELLED, Cause.SWITCHED_OFF)] * 2
    assert smtp_server.messages == []


def test_digest_sent_by_hand_goes_out_although_reminders_are_switched_off(
    digest, smtp_server, focal_point, coordinator
):
    point = focal_point.agency.responsibilities.get().action_point
    switch_off(Agenda.objects.get())
    asked = personas.digest(focal_point, point, asked_about=point, asked_by=coordinator, next_attempt_at=timezone.now())

    attempt(digest)
    attempt(asked)

    assert (digest.state, asked.state) == (State.CANCELLED, State.SENT)


@pytest.mark.parametrize("answers", [{"MAIL": "421 Too busy"}, {"DATA": "451 Try later"}])
def test_digest_refused_for_now_is_tried_again_later(digest, smtp_server, answers):
    smtp_server.answers = answers
    attempt(digest)
    first = digest.state, digest.cause, digest.attempts
    at_once = attempt(digest).attempts
    smtp_server.answers = {}
    attempt(digest, after=timedelta(minutes=2))

    assert first == (State.PENDING, Cause.REFUSED_FOR_NOW, 1)
    assert at_once == 1
    assert digest.state == State.SENT
    assert len(smtp_server.messages) == 1


def test_digest_is_tried_again_when_the_server_is_not_there(digest, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    attempt(digest)

    assert (digest.state, digest.cause) == (State.PENDING, Cause.REFUSED_FOR_NOW)
    assert "refused" in digest.error.lower()


def test_digest_to_a_mailbox_that_is_none_has_failed(digest, smtp_server, focal_point):
    smtp_server.refused = {focal_point.email}

    attempt(digest)

    assert (digest.state, digest.cause) == (State.FAILED, Cause.REFUSED)
    assert "550" in digest.error


def test_digest_whose_reply_was_lost_is_uncertain_and_never_sent_again_by_itself(digest, smtp_server):
    smtp_server.hangs_up = True
    attempt(digest)
    smtp_server.hangs_up = False
    for days in (1, 30):
        Digest.objects.sweep(timezone.now() + timedelta(days=days))
        attempt(digest, after=timedelta(days=days))

    assert (digest.state, digest.cause) == (State.UNCERTAIN, Cause.NO_REPLY)
    assert len(smtp_server.messages) == 1


def test_coordinator_may_send_an_uncertain_one_again_with_the_same_message_id(digest, smtp_server):
    smtp_server.hangs_up = True
    attempt(digest)
    smtp_server.hangs_up = False

    assert digest.send_again(timezone.now())
    attempt(digest)

    assert digest.state == State.SENT
    assert {mail["Message-ID"] for mail in smtp_server.messages} == {digest.message_id}


def test_worker_that_died_before_the_body_leaves_a_digest_that_is_tried_again(digest, smtp_server):
    Digest.objects.claim(timezone.now())
    while_it_may_live = attempt(digest).state

    attempt(digest, after=LEASE)

    assert while_it_may_live == State.CLAIMED
    assert digest.state == State.SENT


def test_worker_that_died_in_the_body_leaves_an_uncertain_one(digest, smtp_server):
    (claimed,) = Digest.objects.claim(timezone.now())
    assert pass_guard(claimed, claimed.snapshot, "en", timezone.now(), today=personas.TODAY, since=timezone.now())

    Digest.objects.sweep(timezone.now() + LEASE * 2)
    attempt(digest, after=LEASE * 3)

    assert (digest.state, digest.cause) == (State.UNCERTAIN, Cause.WORKER_DIED)
    assert smtp_server.messages == []


def test_worker_whose_lease_ran_out_does_not_send(digest, smtp_server, monkeypatch):
    """It sleeps for an hour between the claim and the body."""
    slept, by_smtp = [timedelta()], Courier._by_smtp

    def sleepy(self: Courier, backend: Any, envelope: Envelope, guard: Any) -> Any:
        slept[0] = LEASE * 12
        return by_smtp(self, backend, envelope, guard)

    monkeypatch.setattr(Courier, "_by_smtp", sleepy)
    with Courier() as courier:
        send_due(courier, seconds=0.001, clock=lambda: timezone.now() + slept[0])
    digest.refresh_from_db()

    assert digest.state == State.CLAIMED
    assert smtp_server.messages == []


def test_digest_goes_into_the_folder_where_there_is_no_server(digest, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path

    attempt(digest)

    assert digest.state == State.SENT
    assert len(list(tmp_path.glob("*.eml"))) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("claims", "expected"), [(True, 1), (False, 2)])
def test_two_workers_on_one_digest_send_it_once(digest, smtp_server, monkeypatch, claims, expected):
    """Both meet right before the claim. With `claims` off (the control) each takes it for its own, and both send."""
    both, claim, this = threading.Barrier(2, timeout=30), DigestQuerySet.claim, threading.local()

    def claim_together(rows: DigestQuerySet, now: Any, limit: int = 1) -> list[Digest]:
        """Once each."""
        if hasattr(this, "claimed"):
            return []
        this.claimed = both.wait()
        if claims:
            return claim(rows, now, limit)
        return list(Digest.objects.select_related("recipient__agency", "asked_by"))

    monkeypatch.setattr(DigestQuerySet, "claim", claim_together)
    if not claims:  # what was never claimed could not pass the guard
        monkeypatch.setattr(sending, "pass_guard", lambda *given, **named: True)

    def work() -> None:
        with Courier() as courier:
            send_due(courier)

    assert run_at_once(work, work) == [None, None]
    assert len(smtp_server.messages) == expected


def several(focal_point, count):
    """Make this number of digests that are due, to people of one agency."""
    point, now = focal_point.agency.responsibilities.get().action_point, timezone.now()
    return [
        personas.digest(
            personas.person(f"{number:03}@example.org", agency=focal_point.agency),
            point,
            day=now.date(),
            created_at=now,
            next_attempt_at=now,
        )
        for number in range(count)
    ]


def test_all_that_is_due_is_sent_in_batches(digest, smtp_server, focal_point):
    several(focal_point, CLAIMED_AT_ONCE)

    with Courier() as courier:
        states = send_due(courier)

    assert states == {"sent": CLAIMED_AT_ONCE + 1}
    assert len({mail["To"] for mail in smtp_server.messages}) == CLAIMED_AT_ONCE + 1


@pytest.mark.parametrize("count", [1, 5])
def test_batch_costs_few_queries_to_read_and_two_to_write_each(
    digest, smtp_server, focal_point, django_assert_num_queries, count
):
    Digest.objects.filter(pk=digest.pk).update(state=State.FAILED, cause=Cause.REFUSED, next_attempt_at=None)
    several(focal_point, count)

    with Courier() as courier, django_assert_num_queries(25 + 2 * count):
        send_due(courier)


def test_digest_that_was_tried_before_is_claimed_alone(digest, focal_point):
    """So that one on which workers die takes no others with it."""
    others = several(focal_point, 2)
    Digest.objects.filter(pk__in=[digest.pk, others[0].pk]).update(attempts=1)

    claims = [[each.pk for each in Digest.objects.claim(timezone.now(), 50)] for _ in range(4)]

    assert claims == [[others[1].pk], [digest.pk], [others[0].pk], []]


def test_reading_while_others_claim_divides_the_work(digest, focal_point):
    several(focal_point, 5)
    now = timezone.now()

    first, second, third = (Digest.objects.claim(now, 4) for _ in range(3))

    assert [len(first), len(second), len(third)] == [4, 2, 0]
    assert len({each.pk for each in [*first, *second]}) == 6


def test_lease_is_extended_while_a_claim_takes_long(digest, smtp_server, focal_point, monkeypatch):
    """Each mail takes so long that the lease of the claim would end before the last one."""
    several(focal_point, 10)
    late, deliver = [timedelta()], Courier.deliver

    def slow(self: Courier, message: Any, guard: Any) -> Any:
        late[0] += LEASE / 4
        return deliver(self, message, guard)

    monkeypatch.setattr(Courier, "deliver", slow)
    with Courier() as courier:
        states = send_due(courier, clock=lambda: timezone.now() + late[0])

    assert states == {State.SENT: 11}


def test_turn_ends_when_its_time_is_up_with_what_is_claimed(digest, smtp_server, focal_point, monkeypatch):
    monkeypatch.setattr(sending, "CLAIMED_AT_ONCE", 3)
    several(focal_point, 5)

    with Courier() as courier:
        states = send_due(courier, seconds=0.001)

    assert states == {State.SENT: 3}


def test_server_that_hangs_makes_no_duplicate(digest, smtp_server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    smtp_server.hangs = 1.0
    attempt(digest)
    smtp_server.hangs = 0
    attempt(digest, after=timedelta(days=1))

    assert (digest.state, digest.cause) == (State.UNCERTAIN, Cause.NO_REPLY)
    assert len(smtp_server.messages) <= 1


def test_answer_between_claim_and_body_stops_the_mail(digest, smtp_server, focal_point, monkeypatch):
    by_smtp = Courier._by_smtp

    def answered_meanwhile(self: Courier, backend: Any, envelope: Envelope, guard: Any) -> Any:
        moves(focal_point.agency.responsibilities.get().action_point)
        return by_smtp(self, backend, envelope, guard)

    monkeypatch.setattr(Courier, "_by_smtp", answered_meanwhile)
    attempt(digest)

    assert (digest.state, digest.cause) == (State.CANCELLED, Cause.NOTHING_LEFT)
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    "change",
    [
        lambda point, other: personas.update(point, now=timezone.now(), agency=other),
        lambda point, other: pause_part(point, other),
    ],
)
def test_another_agency_between_claim_and_body_does_not_stop_the_mail(
    digest, smtp_server, focal_point, other_focal_point, monkeypatch, change
):
    by_smtp, point = Courier._by_smtp, focal_point.agency.responsibilities.get().action_point
    personas.lead(point, other_focal_point.agency)

    def changed_meanwhile(self: Courier, backend: Any, envelope: Envelope, guard: Any) -> Any:
        change(point, other_focal_point.agency)
        return by_smtp(self, backend, envelope, guard)

    monkeypatch.setattr(Courier, "_by_smtp", changed_meanwhile)
    attempt(digest)

    assert (digest.state, len(smtp_server.messages)) == (State.SENT, 1)


def test_update_between_claim_and_body_does_not_stop_a_mail_about_a_milestone(focal_point, smtp_server, monkeypatch):
    point, by_smtp = personas.action_point(), Courier._by_smtp
    personas.lead(point, focal_point.agency)
    moves(point)
    milestone = personas.milestone(point, due="2026-01")
    part = point.responsibilities.get()
    digest = personas.digest(focal_point, point, day=timezone.localdate(), next_attempt_at=timezone.now())
    digest.snapshot[0] |= {"kind": "milestone", "milestone": milestone.pk, "part": part.pk}
    digest.save()

    def changed_meanwhile(self: Courier, backend: Any, envelope: Envelope, guard: Any) -> Any:
        moves(point)
        return by_smtp(self, backend, envelope, guard)

    monkeypatch.setattr(Courier, "_by_smtp", changed_meanwhile)
    attempt(digest)

    assert (digest.state, smtp_server.messages[0]["Subject"]) == (State.SENT, "1 milestone is overdue")
