"""The tick: each person gets one row a period, however often it runs and whenever it was down."""

from datetime import UTC, datetime, timedelta

import pytest

from actions.reminders.models import Digest, ReminderSchedule, Round
from actions.reminders.planning import plan, tick
from issues.models import Agenda
from tests import personas
from tracker.people.models import User

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVER = datetime(2026, 1, 1, tzinfo=UTC).date()


@pytest.fixture
def schedule(focal_point):
    personas.action_point().lead_agencies.add(focal_point.agency)
    return ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on=EVER)


def rows():
    return list(Digest.objects.order_by("pk").values_list("recipient__email", "period_start"))


def test_tick_makes_a_row_when_it_is_due_and_not_before(schedule, focal_point):
    Round.objects.create(
        agenda=schedule.agenda, period_start="2026-11-16", time_zone="UTC", planned_at=MONDAY - timedelta(days=7)
    )
    tick(MONDAY - timedelta(minutes=1), print)
    before = rows()
    tick(MONDAY, lambda pk: None)

    assert before == []
    assert rows() == [(focal_point.email, MONDAY.date())]


def test_tick_twice_makes_one_row_and_enqueues_it_once(schedule):
    enqueued: list[int] = []

    for minute in range(5):
        tick(MONDAY + timedelta(minutes=minute), enqueued.append)

    assert len(rows()) == 1
    assert enqueued == [Digest.objects.get().pk]


def test_scheduler_that_was_down_for_weeks_catches_up_with_one_digest(schedule):
    tick(MONDAY + timedelta(days=31, hours=5), lambda pk: None)

    assert [start.isoformat() for _email, start in rows()] == ["2026-12-21"]


def test_each_week_has_a_digest_of_its_own(schedule):
    for week in range(3):
        tick(MONDAY + timedelta(weeks=week), lambda pk: None)

    assert [start.isoformat() for _email, start in rows()] == ["2026-11-23", "2026-11-30", "2026-12-07"]


def test_what_falls_silent_during_the_week_waits_for_the_next_period(schedule, focal_point):
    personas.update(personas.action_point(number=2))
    tick(MONDAY, lambda pk: None)
    other = personas.person("new@example.org", agency=focal_point.agency)

    tick(MONDAY + timedelta(days=2), lambda pk: None)
    tick(MONDAY + timedelta(days=7), lambda pk: None)

    assert (other.email, MONDAY.date()) not in rows()
    assert (other.email, MONDAY.date() + timedelta(days=7)) in rows()


def test_each_time_zone_has_its_hour(schedule, focal_point):
    personas.person("apia@example.org", agency=focal_point.agency, time_zone="Pacific/Apia")
    Round.objects.bulk_create(
        Round(agenda=schedule.agenda, period_start="2026-11-16", time_zone=zone, planned_at=MONDAY)
        for zone in ("UTC", "Pacific/Apia")
    )

    tick(MONDAY - timedelta(hours=13), lambda pk: None)

    assert [email for email, _start in rows()] == ["apia@example.org"]


@pytest.mark.parametrize("changes", [{"enabled": False}, {"starts_on": "2026-11-24"}])
def test_schedule_that_is_off_or_has_not_begun_makes_none(schedule, changes):
    ReminderSchedule.objects.update(**changes)

    plan(MONDAY)

    assert rows() == []


@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=5), timedelta(days=1)])
def test_open_agenda_without_a_schedule_gets_the_default_one_and_mails_nobody_at_once(focal_point, later):
    personas.action_point().lead_agencies.add(focal_point.agency)

    tick(MONDAY + later, lambda pk: None)

    schedule = ReminderSchedule.objects.get()
    assert (schedule.rhythm, schedule.weekday, schedule.hour) == ("weekly", 0, 8)
    assert rows() == []


def test_closed_agenda_gets_no_schedule(db):
    personas.agenda(state=Agenda.State.CLOSED)

    plan(MONDAY)

    assert not ReminderSchedule.objects.exists()


def test_digest_lost_by_the_broker_is_enqueued_again_after_a_while(schedule):
    enqueued: list[int] = []
    for minutes in (0, 5, 10, 15):
        tick(MONDAY + timedelta(minutes=minutes), enqueued.append)

    assert len(enqueued) == 2


def test_person_who_left_in_between_gets_no_row(schedule):
    User.objects.update(is_active=False)

    plan(MONDAY)

    assert rows() == []


@pytest.mark.parametrize("count", [1, 3])
def test_tick_costs_the_same_for_any_number_of_people(schedule, focal_point, django_assert_num_queries, count):
    for number in range(count):
        personas.person(f"{number}@example.org", agency=focal_point.agency)

    with django_assert_num_queries(19):
        tick(MONDAY, lambda pk: None)


def test_idle_tick_costs_next_to_nothing(schedule, django_assert_num_queries):
    tick(MONDAY, lambda pk: None)

    with django_assert_num_queries(10):
        tick(MONDAY + timedelta(minutes=1), lambda pk: None)
