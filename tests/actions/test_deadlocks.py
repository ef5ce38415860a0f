"""Test that concurrent writers of an action point do not deadlock, and that a lost race is repeated once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from actions import progress as verbs
from actions.bulk import undoing
from actions.bulk.models import BulkEdit
from actions.handover import transfer
from actions.models import ActionPoint, ProgressUpdate
from actions.progress import log_progress
from tests import personas
from tests.personas import NOW, sign_in
from tracker import transactions
from tracker.people.models import User
from tracker.transactions import lock, lost_a_race, repeat_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def lock_exclusively(rows: Any) -> Any:
    """Lock the rows as Django does by default, so that no other transaction can add a foreign key to them."""
    return rows.select_for_update(of=("self",)).order_by("pk")


def run_in_threads(*calls: Callable[[], object]) -> list[BaseException]:
    """Run each call in its own thread and transaction; return the errors of those that failed."""

    def run(call: Callable[[], object]) -> BaseException | None:
        try:
            with transaction.atomic():
                call()
        except OperationalError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [error for error in pool.map(run, calls) if error]


@pytest.mark.parametrize(("lock_rows", "deadlocks"), [(transactions.for_update, 0), (lock_exclusively, 1)])
def test_logging_progress_does_not_deadlock_with_a_handover(
    monkeypatch, focal_point, coordinator, lock_rows, deadlocks
):
    """Let both take their first lock before either continues. The control uses a lock that also blocks foreign keys."""
    successor = personas.person("successor@example.org", agency=focal_point.agency)
    point = personas.action_point()
    personas.assign(point, focal_point)
    both_hold_one = threading.Barrier(2, timeout=10)

    def lock_and_meet(rows: Any) -> Any:
        locked = lock_rows(rows)
        if rows.model is User or threading.current_thread() is logging.get("thread"):
            list(locked)
            both_hold_one.wait()
        return locked

    logging: dict[str, threading.Thread] = {}

    def log() -> None:
        logging["thread"] = threading.current_thread()
        log_progress(ActionPoint.objects.get(pk=point.pk), personas.progress(), author=focal_point, now=NOW)

    def hand_over() -> None:
        work = transfer.lock_open_work(focal_point, successor)
        transfer.hand_over(work, successor, chosen=[point.pk], reason="New post.", by=coordinator, now=NOW)

    monkeypatch.setattr(transactions, "for_update", lock_and_meet)
    monkeypatch.setattr(verbs, "for_update", lock_and_meet)
    errors = run_in_threads(log, hand_over)

    assert [lost_a_race(error) for error in errors] == [True] * deadlocks


def test_concurrent_writers_of_one_action_point_do_not_deadlock(focal_point, coordinator):
    other = personas.person("other.undp@example.org", agency=focal_point.agency)
    point = personas.action_point()
    personas.assign(point, focal_point)
    milestone = personas.milestone(point)

    def log(step: int) -> None:
        log_progress(ActionPoint.objects.get(pk=point.pk), personas.progress(), author=focal_point, now=NOW)

    def change_milestones(step: int) -> None:
        personas.milestone(point, title=f"Workshop {uuid4()}")
        lock(type(milestone).objects.filter(pk=milestone.pk))[0].save()

    def change_owners(step: int) -> None:
        locked = lock(ActionPoint.objects.filter(pk=point.pk))[0]
        personas.set_persons(locked, *[focal_point, other][: 1 + step % 2])
        locked.save(update_fields=["title"])

    def hand_over(step: int) -> None:
        old, new = (focal_point, other) if step % 2 else (other, focal_point)
        work = transfer.lock_open_work(old, new)
        transfer.hand_over(work, new, chosen=[point.pk], reason="Leave.", by=coordinator, now=NOW)

    work = [log, change_milestones, change_owners, hand_over] * 2
    errors = [error for step in range(12) for error in run_in_threads(*[partial(each, step) for each in work])]

    assert errors == []
    assert ProgressUpdate.objects.count() == 24


@pytest.mark.parametrize(("lock_rows", "deadlocks"), [(lock, 0), (list, 1)])
def test_undoing_two_bulk_edits_of_the_same_milestones_does_not_deadlock(
    monkeypatch, coordinator, lock_rows, deadlocks
):
    """Undo two edits that list the milestones in opposite orders. The control locks no rows before it changes the first one."""
    point = personas.action_point()
    milestones = [personas.milestone(point, title=title, due="2030") for title in ("Course", "Workshop")]
    changes = [[milestone.pk, "2031", "2030", ""] for milestone in milestones]
    bulk_edits = [
        BulkEdit.objects.create(
            agenda=point.issue.agenda, by=coordinator, made_at=NOW, kind=BulkEdit.Kind.SET_DUE, changes=order
        )
        for order in (changes, changes[::-1])
    ]
    set_due = undoing.set_due

    def set_due_slowly(*args: Any) -> None:
        set_due(*args)
        time.sleep(0.5)

    monkeypatch.setattr(undoing, "set_due", set_due_slowly)
    monkeypatch.setattr(undoing, "lock", lock_rows)
    errors = run_in_threads(*[partial(undoing.undo, bulk_edit, coordinator, NOW) for bulk_edit in bulk_edits])

    assert [lost_a_race(error) for error in errors] == [True] * deadlocks
    assert [milestone.due and milestone.due.text for milestone in point.milestones.all()] == ["2031", "2031"]


def roll_back(state: str) -> None:
    """Make the database abort the transaction with this SQLSTATE."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{state}'; END $$")


def roll_back_logging(monkeypatch, times: int, state: str) -> None:
    """Make `log_progress` fail this many times, each time after it has stored its update."""
    log_progress = verbs.log_progress
    remaining = [state] * times

    def log(*args: Any, **kwargs: Any) -> object:
        with transaction.atomic():
            update = log_progress(*args, **kwargs)
            if remaining:
                roll_back(remaining.pop())
            return update

    monkeypatch.setattr(verbs, "log_progress", log)


@pytest.mark.parametrize("state", sorted(transactions.LOST_RACES))
def test_request_is_repeated_after_a_lost_race(monkeypatch, client: Client, focal_point, state):
    roll_back_logging(monkeypatch, 1, state)
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    sign_in(client, focal_point)
    data = {"status": "under_way", "narrative": "Something moved.", "agency": focal_point.agency_id}

    response = client.post(reverse("log_progress", args=["2026", 1, 1]), data, follow=True)

    assert response.redirect_chain == [("/agendas/2026/1.1/#update-1", 302)]
    assert [str(message) for message in response.context["messages"]] == []  # shown at its update instead
    assert point.progress_updates.count() == 1


@pytest.mark.parametrize(("times", "state", "status"), [(2, "40P01", 503), (1, "22023", 500)])
def test_request_is_repeated_only_once_and_only_after_a_lost_race(
    monkeypatch, client: Client, focal_point, times, state, status
):
    roll_back_logging(monkeypatch, times, state)
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    sign_in(client, focal_point).raise_request_exception = False
    sent = {"status": "under_way", "narrative": "Something moved.", "agency": focal_point.agency_id}

    response = client.post(reverse("log_progress", args=["2026", 1, 1]), sent)

    assert response.status_code == status
    assert point.progress_updates.count() == 0


@pytest.mark.parametrize(("states", "runs"), [(["40P01"], 2), (["40001"], 2), (["22023"], 1), (["40001", "40P01"], 2)])
def test_task_is_repeated_once_after_a_lost_race(states, runs):
    calls: list[int] = []

    @repeat_once
    def task(number: int) -> int:
        calls.append(number)
        if len(calls) <= len(states):
            with transaction.atomic():
                roll_back(states[len(calls) - 1])
        return number

    if len(states) == 1 and states[0] in transactions.LOST_RACES:
        assert task(7) == 7
    else:
        with pytest.raises(DatabaseError):
            task(7)
    assert calls == [7] * runs
