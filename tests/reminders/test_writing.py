"""Letters that are written ahead, by a process of its own: the same ones, each sent once, whatever becomes of that process."""

import logging
import os
import re
import signal
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import cycle

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from actions.reminders import sending, writing
from actions.reminders.models import Digest
from actions.reminders.models.digest_queries import LEASE
from actions.reminders.sending import read_afresh, send_due
from actions.reminders.writing import AHEAD, Mailing, Writer
from tests import personas
from tracker.mail.delivery import Courier

State = Digest.State
MANY = 60
"""So many are claimed at once in these tests: more than a writer reads ahead."""


@pytest.fixture
def writers(monkeypatch):
    """All that begin. Each waits until its process is ready, which a sender does not."""
    begun = []

    def begin(self, example, begin=Writer._begin):
        begin(self, example)
        if self._process:
            begun.append(self)
            assert self._pipe.poll(60)

    monkeypatch.setattr(Writer, "_begin", begin)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1})
    monkeypatch.setattr(sending, "CLAIMED_AT_ONCE", MANY)
    return begun


def digests_due(count):
    """In all languages, to people of one agency."""
    agency, now = personas.agency("UNDP"), timezone.now()
    points = [personas.action_point(number=number + 1, title="Séminaire\n.") for number in range(2)]
    for point in points:
        point.lead_agencies.add(agency)
    languages = cycle(code for code, _name in django_settings.LANGUAGES)
    return [
        personas.digest(
            personas.person(f"{number:03}@example.org", agency=agency, language=language),
            *points,
            period_start=now.date(),
            created_at=now,
            next_attempt_at=now,
        )
        for number, language in zip(range(count), languages, strict=False)
    ]


def send(**options):
    with Courier() as courier:
        return send_due(courier, **options)


def at_each_delivery(monkeypatch, act):
    """`act` is told the letter and how many were delivered before."""
    deliver, count = Courier.deliver, iter(range(10_000))

    def told(self, letter, fence):
        act(letter, next(count))
        return deliver(self, letter, fence)

    monkeypatch.setattr(Courier, "deliver", told)


def letters_of_senders(monkeypatch):
    """A list that grows with each letter that is not written by a process of its own."""
    written, write = [], Courier.letter

    def counted(self, message):
        written.append(message)
        return write(self, message)

    monkeypatch.setattr(Courier, "letter", counted)
    return written


def taken(smtp_server):
    """How many mails went to how many people, none of them twice."""
    counts = Counter(mail["To"] for mail in smtp_server.messages)
    assert set(counts.values()) <= {1}
    return len(counts)


def words(letter):
    """All but what is different each time it is written: the time in its signed links, and what stands between its parts."""
    mail = message_from_bytes(letter.body.replace(b"\r\n..", b"\r\n."), policy=policy.SMTP)
    heads = [(name, value) for name, value in mail.items() if name not in {"Date", "Content-Type"}]
    texts = [part.get_content() for part in mail.iter_parts()]
    return letter.sender, letter.recipient, [re.sub(r":\w+:[\w-]+", "", str(each)) for each in (heads, *texts)]


def test_letters_of_the_process_are_those_that_the_sender_would_write_in_the_same_order(
    db, smtp_server, writers, monkeypatch
):
    digests_due(MANY)
    now = timezone.now()
    told = list(read_afresh(Digest.objects.claim(now, MANY), now))
    written_here = letters_of_senders(monkeypatch)
    with Courier() as courier:
        with Writer(courier) as writer:
            ahead = list(writer.written((Mailing(*each, now) for each in told), many=True))
        by_process = MANY - len(written_here)
        by_sender = list(Writer(courier).written(Mailing(*each, now) for each in told))

    assert by_process >= AHEAD
    assert [mailing.digest for mailing in ahead] == [digest for digest, _entries in told]
    assert [words(mailing.letter) for mailing in ahead] == [words(mailing.letter) for mailing in by_sender]


def test_long_digests_and_letters_do_not_wait_for_each_other(db, writers, smtp_server, caplog):
    """Each way more is on its way than the pipe holds."""
    (digest,) = digests_due(1)
    entries = [digest.snapshot[0] | {"title": f"{number} {'Long' * 50}"} for number in range(300)]
    with Courier() as courier, Writer(courier) as writer:
        long = (Mailing(digest, entries, timezone.now()) for _ in range(2 * AHEAD))
        letters = [mailing.letter for mailing in writer.written(long, many=True)]

    assert None not in letters
    assert len(letters) == 2 * AHEAD
    assert "The process that writes digests is lost" not in caplog.text


@pytest.mark.parametrize("trouble", [signal.SIGKILL, signal.SIGSTOP])
def test_process_that_is_lost_costs_no_digest_and_sends_none_twice(
    db, smtp_server, writers, monkeypatch, caplog, trouble
):
    monkeypatch.setattr(writing, "PATIENCE", 1)
    digests_due(2 * MANY + 1)

    def hit(letter, before):
        if before == MANY:
            assert writers[0]._given
            os.kill(writers[0]._process.pid, trouble)

    at_each_delivery(monkeypatch, hit)
    with caplog.at_level(logging.WARNING):
        states = send()

    assert states == {State.SENT: 2 * MANY + 1}
    assert taken(smtp_server) == 2 * MANY + 1
    assert caplog.text.count("The process that writes digests is lost") == 1
    assert [writer._process.returncode for writer in writers] == [-signal.SIGKILL]


def test_process_that_cannot_be_started_costs_no_digest(db, smtp_server, writers, monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    digests_due(MANY)

    states = send()

    assert states == {State.SENT: MANY}
    assert taken(smtp_server) == MANY
    assert "The process that writes digests is lost" in caplog.text


def test_digest_that_the_process_cannot_write_the_sender_does(db, smtp_server, writers, monkeypatch):
    digests_due(MANY)
    written_here, give = letters_of_senders(monkeypatch), Writer._give
    monkeypatch.setattr(Writer, "_give", lambda self, mailing: give_spoilt(give, self, mailing))

    assert send() == {State.SENT: MANY}
    assert taken(smtp_server) == len(written_here) == MANY
    assert [writer._has_begun for writer in writers] == [True]


def give_spoilt(give, writer, mailing):
    entries, mailing.entries = mailing.entries, [{}]
    give(writer, mailing)
    mailing.entries = entries


def test_process_is_kept_from_claim_to_claim_and_ends_with_the_turn(db, smtp_server, writers):
    digests_due(2 * MANY + 1)

    states = send()

    assert states == {State.SENT: 2 * MANY + 1}
    assert [writer._process.returncode for writer in writers] == [-signal.SIGKILL]


@pytest.mark.parametrize(("count", "backend"), [(MANY - 1, "smtp.EmailBackend"), (MANY, "locmem.EmailBackend")])
def test_few_digests_and_mail_that_goes_another_way_start_no_process(
    db, smtp_server, writers, settings, count, backend
):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}"
    digests_due(count)

    assert send() == {State.SENT: count}
    assert writers == []


def test_single_processor_gets_no_second_process(db, smtp_server, writers, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    digests_due(MANY)

    assert send() == {State.SENT: MANY}
    assert writers == []


def test_next_claim_is_read_while_letters_of_the_one_before_are_under_way_and_both_are_held(
    db, smtp_server, writers, monkeypatch
):
    """Each mail takes so long that no lease lasts from claim to claim."""
    digests_due(2 * MANY)
    late, under_way = [timedelta()], []

    def slow(letter, before):
        late[0] += LEASE / 25
        under_way.append(Digest.objects.filter(state=State.CLAIMED).values("token").distinct().count())

    at_each_delivery(monkeypatch, slow)
    states = send(clock=lambda: timezone.now() + late[0])

    assert states == {State.SENT: 2 * MANY}
    assert max(under_way) == 2


def test_digest_that_was_tried_before_is_under_way_alone(db, smtp_server, writers, monkeypatch):
    tried = digests_due(MANY + 1)[0]
    Digest.objects.filter(pk=tried.pk).update(attempts=1)
    beside = []

    def look(letter, before):
        claimed = set(Digest.objects.filter(state=State.CLAIMED).values_list("pk", flat=True))
        if tried.pk in claimed:
            beside.append(claimed - {tried.pk})

    at_each_delivery(monkeypatch, look)

    assert send() == {State.SENT: MANY + 1}
    assert beside == [set()]


def test_turn_ends_when_its_time_is_up_with_what_is_claimed(db, smtp_server, writers):
    digests_due(2 * MANY)

    assert send(seconds=0.001) == {State.SENT: MANY}
