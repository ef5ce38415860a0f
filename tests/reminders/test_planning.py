"""The tick: each person gets one row a period, however often it runs and whenever it was down."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from actions.progress import withdraw
from actions.reminders.models import Digest, PlannedRound, ReminderCount, ReminderSchedule
from actions.reminders.planning import SENDERS, plan, tick
from actions.reminders.sending import CLAIMED_AT_ONCE
from issues.models import Agenda
from tests import personas
from tests.races import run_at_once
from tracker.people.models import User

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVER = datetime(2026, 1, 1, tzinfo=UTC).date()


@pytest.fixture
def schedule(focal_point):
    personas.lead(personas.action_point(), focal_point.agency)
    return ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on=EVER)


def rows():
    return list(Digest.objects.order_by("pk").values_list("recipient__email", "period_start"))


def test_tick_makes_a_row_when_it_is_due_and_not_before(schedule, focal_point):
    PlannedRound.objects.create(
        agenda=schedule.agenda, period_start="2026-11-16", time_zone="UTC", planned_at=MONDAY - timedelta(days=7)
    )
    tick(MONDAY - timedelta(minutes=1), print)
    before = rows()
    tick(MONDAY, lambda: None)

    assert before == []
    assert rows() == [(focal_point.email, MONDAY.date())]


def senders_of(ticks):
    """How many senders each tick calls for."""
    found = []
    for now in ticks:
        called: list[int] = []
        tick(now, partial(called.append, 1))
        found.append(len(called))
    return found


def test_tick_twice_makes_one_row(schedule):
    for minute in range(5):
        tick(MONDAY + timedelta(minutes=minute), lambda: None)

    assert len(rows()) == 1


def test_tick_calls_for_senders_while_anything_waits_and_for_no_more_than_there_is_work(schedule):
    begun = senders_of([MONDAY, MONDAY + timedelta(minutes=1)])
    point = personas.action_point(number=9)
    Digest.objects.bulk_create(
        Digest(
            recipient=personas.person(f"{number}@example.org"),
            agenda=point.issue.agenda,
            period_start=MONDAY.date(),
            created_at=MONDAY,
            next_attempt_at=MONDAY,
            message_id=str(number),
            snapshot=[],
        )
        for number in range(SENDERS * CLAIMED_AT_ONCE)
    )
    many = senders_of([MONDAY + timedelta(minutes=2)])
    Digest.objects.update(state="failed", cause="refused", next_attempt_at=None)
    done = senders_of([MONDAY + timedelta(minutes=3)])

    assert (begun, many, done) == ([1, 1], [SENDERS], [0])


def test_scheduler_that_was_down_for_weeks_catches_up_with_one_digest(schedule):
    tick(MONDAY + timedelta(days=31, hours=5), lambda: None)

    assert [start.isoformat() for _email, start in rows()] == ["2026-12-21"]


def test_each_week_has_a_digest_of_its_own(schedule):
    for week in range(3):
        tick(MONDAY + timedelta(weeks=week), lambda: None)

    assert [start.isoformat() for _email, start in rows()] == ["2026-11-23", "2026-11-30", "2026-12-07"]


def test_what_falls_silent_during_the_week_waits_for_the_next_period(schedule, focal_point):
    personas.update(personas.action_point(number=2))
    tick(MONDAY, lambda: None)
    other = personas.person("new@example.org", agency=focal_point.agency)

    tick(MONDAY + timedelta(days=2), lambda: None)
    tick(MONDAY + timedelta(days=7), lambda: None)

    assert (other.email, MONDAY.date()) not in rows()
    assert (other.email, MONDAY.date() + timedelta(days=7)) in rows()


def test_each_time_zone_has_its_hour(schedule, focal_point):
    personas.person("apia@example.org", agency=focal_point.agency, time_zone="Pacific/Apia")
    PlannedRound.objects.bulk_create(
        PlannedRound(agenda=schedule.agenda, period_start="2026-11-16", time_zone=zone, planned_at=MONDAY)
        for zone in ("UTC", "Pacific/Apia")
    )

    tick(MONDAY - timedelta(hours=13), lambda: None)

    assert [email for email, _start in rows()] == ["apia@example.org"]


@pytest.mark.parametrize("changes", [{"enabled": False}, {"starts_on": "2026-11-24"}])
def test_schedule_that_is_off_or_has_not_begun_makes_none(schedule, changes):
    ReminderSchedule.objects.update(**changes)

    plan(MONDAY)

    assert rows() == []


@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=5), timedelta(days=1)])
def test_open_agenda_without_a_schedule_gets_the_default_one_and_mails_nobody_at_once(focal_point, later):
    personas.lead(personas.action_point(), focal_point.agency)

    tick(MONDAY + later, lambda: None)

    schedule = ReminderSchedule.objects.get()
    assert (schedule.rhythm, schedule.weekdays, schedule.hour) == ("weekly", (0,), 8)
    assert rows() == []


def test_closed_agenda_gets_no_schedule(db):
    personas.agenda(state=Agenda.State.CLOSED)

    plan(MONDAY)

    assert not ReminderSchedule.objects.exists()


def test_person_who_left_in_between_gets_no_row(schedule):
    User.objects.update(is_active=False)

    plan(MONDAY)

    assert rows() == []


@pytest.mark.parametrize("count", [1, 3])
def test_tick_costs_the_same_for_any_number_of_people(schedule, focal_point, django_assert_num_queries, count):
    for number in range(count):
        personas.person(f"{number}@example.org", agency=focal_point.agency)

    with django_assert_num_queries(18):
        tick(MONDAY, lambda: None)


def test_idle_tick_costs_next_to_nothing(schedule, django_assert_num_queries):
    tick(MONDAY, lambda: None)

    with django_assert_num_queries(11):
        tick(MONDAY + timedelta(minutes=1), lambda: None)


@pytest.mark.parametrize(
    ("ceiling", "expected"),
    [
        ("every", ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]),
        ("fortnightly", ["2026-11-23", "2026-12-07"]),
        ("monthly", ["2026-11-23", "2026-12-07"]),
    ],
)
def test_person_gets_digests_no_more_often_than_wanted(schedule, focal_point, ceiling, expected):
    User.objects.filter(pk=focal_point.pk).update(digest_ceiling=ceiling)

    for week in range(4):
        tick(MONDAY + timedelta(weeks=week), lambda: None)

    assert [start.isoformat() for _email, start in rows()] == expected


def test_cancelled_digest_counts_as_none(schedule, focal_point):
    User.objects.filter(pk=focal_point.pk).update(digest_ceiling="monthly")
    tick(MONDAY + timedelta(weeks=2), lambda: None)
    Digest.objects.update(state="cancelled", cause="nothing_left", next_attempt_at=None)

    tick(MONDAY + timedelta(weeks=3), lambda: None)

    assert len(rows()) == 2


def test_schedule_of_two_days_a_week_makes_two_digests(schedule):
    ReminderSchedule.objects.update(weekdays=(0, 3))

    for day in range(7):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert [start.isoformat() for _email, start in rows()] == ["2026-11-23", "2026-11-26"]


def test_reminders_are_counted_once_a_period_until_an_answer(schedule, focal_point):
    personas.person("zurich@example.org", agency=focal_point.agency, time_zone="Europe/Zurich")
    counts = []
    for week in range(3):
        tick(MONDAY + timedelta(weeks=week), lambda: None)
        tick(MONDAY + timedelta(weeks=week, minutes=1), lambda: None)
        counts.append(ReminderCount.objects.get().count)
    point = focal_point.agency.responsibilities.get().action_point
    personas.update(point, now=MONDAY + timedelta(weeks=2, days=1), status="no_progress", reason="The post is vacant.")
    tick(MONDAY + timedelta(weeks=3), lambda: None)

    assert (counts, ReminderCount.objects.get().count) == ([1, 2, 3], 1)


LOS_ANGELES, ZURICH, TOKYO = "America/Los_Angeles", "Europe/Zurich", "Asia/Tokyo"


def move(person, zone, at, monkeypatch):
    """The person chooses another time zone at that instant, as the history has it."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    person.time_zone = zone
    person.save(update_fields=["time_zone"])
    monkeypatch.undo()


@pytest.fixture
def traveller(schedule, focal_point, monkeypatch):
    """Somebody in Los Angeles, with colleagues in Zurich and Tokyo, who all lead what shows no progress."""
    ReminderSchedule.objects.update(starts_on="2026-11-16")
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY - timedelta(days=30))
    for zone in (ZURICH, TOKYO):
        personas.person(f"{zone[-5:].lower()}@example.org", agency=focal_point.agency, time_zone=zone)
    found = personas.person("traveller@example.org", agency=focal_point.agency, time_zone=LOS_ANGELES)
    monkeypatch.undo()
    return found


def periods_of(person):
    return [start.isoformat() for start in person.digests.order_by("pk").values_list("period_start", flat=True)]


def ticks(*hours):
    for hour in hours:
        tick(MONDAY + timedelta(hours=hour), lambda: None)


def through(begin, end):
    """A tick each hour of the days around a Monday, when digests begin somewhere, and every six hours between."""
    ticks(*(hour for hour in range(begin, end) if hour % 6 == 0 or (hour + 12) % 168 < 48))


def test_person_who_moves_east_before_being_due_gets_the_digest_of_the_period(schedule, traveller, monkeypatch):
    """It is eight in Los Angeles at 16:00 UTC, and was in Zurich at 7:00."""
    ticks(-1, 0)
    before = periods_of(traveller)
    move(traveller, ZURICH, MONDAY + timedelta(hours=2), monkeypatch)
    ticks(2.02, 2.04, 9, 30)

    assert (before, periods_of(traveller)) == (["2026-11-16"], ["2026-11-16", "2026-11-23"])


@pytest.mark.no_cover
@pytest.mark.parametrize("zones", [[ZURICH, LOS_ANGELES], [ZURICH, TOKYO, LOS_ANGELES], [TOKYO, LOS_ANGELES, ZURICH]])
@pytest.mark.parametrize("begun", [-30, 2, 20])
def test_person_who_moves_about_gets_each_digest_once(schedule, traveller, monkeypatch, zones, begun):
    through(-170, begun)
    for number, zone in enumerate(zones):
        move(traveller, zone, MONDAY + timedelta(hours=begun + number - 0.5), monkeypatch)
        ticks(begun + number)
    through(begun + len(zones), 200)

    assert periods_of(traveller) == ["2026-11-16", "2026-11-23", "2026-11-30"]


def test_person_who_moves_after_having_been_due_waits_for_the_next_period(schedule, traveller, monkeypatch):
    """All moved on Monday: what is due on Tuesday is in the next Monday's digest, whatever the time zone was on Wednesday."""
    point = traveller.agency.responsibilities.get().action_point
    personas.update(point, now=MONDAY - timedelta(days=1))
    through(-170, 24)
    withdraw(point.progress_updates.get(), by=traveller, reason="Of another agency.", now=MONDAY + timedelta(days=1))
    move(traveller, ZURICH, MONDAY + timedelta(days=2), monkeypatch)
    ticks(*range(48, 60))

    assert "2026-11-23" not in periods_of(traveller)


def test_move_while_the_scheduler_was_down_is_not_overlooked(schedule, traveller, monkeypatch):
    through(-170, 1)
    move(traveller, ZURICH, MONDAY + timedelta(hours=2), monkeypatch)
    ticks(60)

    assert periods_of(traveller)[-1] == "2026-11-23"


@pytest.mark.parametrize(
    "change", [{"role": "coordinator"}, {"name": "Another"}, {"is_active": False}, {"wants_digests": False}]
)
def test_other_changes_of_a_person_make_no_digest(schedule, traveller, monkeypatch, change):
    through(-170, 24)
    Digest.objects.all()._raw_delete("default")
    for name, value in change.items():
        setattr(traveller, name, value)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=25))
    traveller.save()
    monkeypatch.undo()
    ticks(25.01, 26)

    assert rows() == []


def test_clock_that_goes_back_makes_no_second_digest(schedule):
    tick(MONDAY, lambda: None)
    tick(MONDAY - timedelta(hours=3), lambda: None)
    tick(MONDAY, lambda: None)

    assert [start.isoformat() for _email, start in rows()].count("2026-11-23") == 1


def test_clock_that_leaps_ahead_and_back_makes_no_digest_twice(schedule):
    for leap in (timedelta(), timedelta(days=365), timedelta(), timedelta(weeks=1)):
        tick(MONDAY + leap, lambda: None)

    found = [start.isoformat() for _email, start in rows()]
    assert (found.count("2026-11-23"), len(found), len(set(found))) == (1, 3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_the_same_moment_make_one_row(schedule):
    assert run_at_once(*[lambda: tick(MONDAY, lambda: None)] * 2) == [None, None]
    assert len(rows()) == 1
    assert ReminderCount.objects.get().count == 1
