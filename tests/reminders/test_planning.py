"""The tick: each person gets one row a day at most, however often it runs and whenever it was down."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from actions.models import ActionPoint
from actions.progress import withdraw
from actions.reminders.models import Digest, PlannedUntil, ReminderCount, ReminderSchedule
from actions.reminders.planning import SENDERS, plan, tick
from actions.reminders.sending import CLAIMED_AT_ONCE
from issues.models import Agenda
from tests import personas
from tests.races import run_at_once
from tracker.people.models import User

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVER = date(2026, 1, 1)


@pytest.fixture
def schedule(focal_point):
    personas.lead(personas.action_point(), focal_point.agency)
    return ReminderSchedule.objects.create(agenda=personas.agenda(), starts_on=EVER)


def rows():
    return list(Digest.objects.order_by("pk").values_list("recipient__email", "day"))


def days():
    return [day.isoformat() for _email, day in rows()]


def other_agenda(agency, weekday, slug="2025"):
    """An agenda with a part of this agency, whose period begins on that day of the week."""
    point = personas.action_point(personas.issue(personas.agenda(slug)))
    personas.lead(point, agency)
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=EVER, weekdays=(weekday,))
    return point


def test_tick_makes_a_row_when_it_is_due_and_not_before(schedule, focal_point):
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
    Digest.objects.bulk_create(
        Digest(
            recipient=personas.person(f"{number}@example.org"),
            day=MONDAY.date(),
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
    tick(MONDAY - timedelta(hours=1), lambda: None)
    for hours in (0, 1):
        tick(MONDAY + timedelta(days=31, hours=5 + hours), lambda: None)

    assert days() == ["2026-12-24"]


def test_each_week_has_a_digest_of_its_own(schedule):
    for week in range(3):
        tick(MONDAY + timedelta(weeks=week), lambda: None)

    assert days() == ["2026-11-23", "2026-11-30", "2026-12-07"]


def test_what_becomes_due_during_the_week_waits_for_the_next_period(schedule, focal_point):
    point = focal_point.agency.responsibilities.get().action_point
    personas.update(point, now=MONDAY - timedelta(days=89))
    for day in range(8):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert days() == ["2026-11-30"]


def test_new_person_waits_for_the_next_period(schedule, focal_point):
    tick(MONDAY, lambda: None)
    new = personas.person("new@example.org", agency=focal_point.agency)
    for day in (2, 3, 7):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert [day for email, day in rows() if email == new.email] == [MONDAY.date() + timedelta(days=7)]


def test_digest_covers_all_agendas_of_the_person_in_one_mail(schedule, focal_point):
    other_agenda(focal_point.agency, weekday=0)

    tick(MONDAY, lambda: None)

    assert [[entry["slug"] for entry in digest.snapshot] for digest in Digest.objects.all()] == [["2026", "2025"]]


def test_digest_goes_out_on_each_day_on_which_a_period_of_any_agenda_begins(schedule, focal_point):
    other_agenda(focal_point.agency, weekday=3)
    for day in range(8):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert days() == ["2026-11-23", "2026-11-26", "2026-11-30"]
    assert {tuple(entry["slug"] for entry in digest.snapshot) for digest in Digest.objects.all()} == {("2026", "2025")}


def test_two_hours_of_one_day_make_one_digest(schedule, focal_point):
    other_agenda(focal_point.agency, weekday=0)
    ReminderSchedule.objects.filter(agenda__slug="2025").update(hour=15)
    for hour in range(12):
        tick(MONDAY + timedelta(hours=hour), lambda: None)

    assert days() == ["2026-11-23"]


def test_period_of_an_agenda_of_others_causes_no_digest(schedule, focal_point, other_focal_point):
    other_agenda(other_focal_point.agency, weekday=3)
    for day in range(7):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert rows() == [(focal_point.email, MONDAY.date()), (other_focal_point.email, date(2026, 11, 26))]


def test_agenda_where_nothing_is_due_causes_the_digest_about_the_others(schedule, focal_point):
    personas.update(other_agenda(focal_point.agency, weekday=3), now=MONDAY)
    tick(MONDAY, lambda: None)
    tick(MONDAY + timedelta(days=3), lambda: None)

    assert [[entry["slug"] for entry in digest.snapshot] for digest in Digest.objects.all()] == [["2026"]] * 2


@pytest.mark.parametrize("change", [{"enabled": False}, {"starts_on": "2027-01-01"}])
def test_agenda_whose_schedule_is_off_or_has_not_begun_is_left_out(schedule, focal_point, change):
    other_agenda(focal_point.agency, weekday=0)
    ReminderSchedule.objects.filter(agenda__slug="2025").update(**change)

    tick(MONDAY, lambda: None)

    assert [[entry["slug"] for entry in digest.snapshot] for digest in Digest.objects.all()] == [["2026"]]


def test_answer_no_progress_is_asked_about_again_when_its_own_agenda_begins_a_period(schedule, focal_point):
    point = other_agenda(focal_point.agency, weekday=3)
    personas.update(
        point,
        focal_point,
        now=MONDAY - timedelta(days=2),
        agency=focal_point.agency,
        status="no_progress",
        reason="No.",
    )
    for day in range(4):
        tick(MONDAY + timedelta(days=day), lambda: None)

    assert [[entry["slug"] for entry in digest.snapshot] for digest in Digest.objects.order_by("day")] == [
        ["2026"],
        ["2026", "2025"],
    ]


def test_nothing_to_report_makes_no_digest(schedule, focal_point):
    personas.update(focal_point.agency.responsibilities.get().action_point, now=MONDAY)

    tick(MONDAY, lambda: None)

    assert rows() == []


def test_each_time_zone_has_its_hour(schedule, focal_point):
    personas.person("apia@example.org", agency=focal_point.agency, time_zone="Pacific/Apia")

    tick(MONDAY - timedelta(hours=13), lambda: None)

    assert [email for email, _day in rows()] == ["apia@example.org"]


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


@pytest.mark.parametrize(
    ("opened", "mailed"),
    [
        (date(2026, 11, 22), ["2026-11-24", "2026-11-30"]),  # late, since no scheduler ran on Monday
        (date(2026, 11, 23), ["2026-11-30"]),
        (date(2026, 11, 24), ["2026-11-30"]),
    ],
)
def test_period_that_began_before_the_agenda_was_reopened_mails_nobody(schedule, focal_point, opened, mailed):
    personas.milestone(ActionPoint.objects.get(), due="2026-01")
    plan(MONDAY - timedelta(days=7))
    Agenda.objects.update(opened_on=opened)
    Digest.objects.update(day=date(2026, 1, 1))

    for days_later in range(1, 8):
        plan(MONDAY + timedelta(days=days_later))

    assert [day for day in days() if day != "2026-01-01"] == mailed


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

    with django_assert_num_queries(25):
        tick(MONDAY, lambda: None)


@pytest.mark.parametrize("count", [1, 3])
def test_idle_tick_costs_next_to_nothing_and_reads_no_action_point(
    schedule, focal_point, django_assert_num_queries, count
):
    for number in range(count):
        other_agenda(focal_point.agency, weekday=0, slug=f"20{number}")
    tick(MONDAY, lambda: None)

    with django_assert_num_queries(9) as queries:
        tick(MONDAY + timedelta(minutes=1), lambda: None)
    assert not any("actions_" in query["sql"] for query in queries.captured_queries)


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

    assert days() == expected


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

    assert days() == ["2026-11-23", "2026-11-26"]


def test_reminders_are_counted_once_a_period_of_the_agenda_until_an_answer(schedule, focal_point):
    """Another agenda causes digests about the same part in the middle of the week."""
    personas.person("zurich@example.org", agency=focal_point.agency, time_zone="Europe/Zurich")
    other_agenda(focal_point.agency, weekday=2)
    part = focal_point.agency.responsibilities.get(action_point__issue__agenda__slug="2026")
    counts = []
    for week in range(3):
        for day in (0, 1, 2):
            tick(MONDAY + timedelta(weeks=week, days=day), lambda: None)
        counts.append(ReminderCount.objects.get(part=part).count)
    answered = MONDAY + timedelta(weeks=2, days=3)
    personas.update(
        part.action_point, focal_point, now=answered, agency=part.agency, status="no_progress", reason="Vacant."
    )
    tick(MONDAY + timedelta(weeks=3), lambda: None)

    assert (counts, ReminderCount.objects.get(part=part).count) == ([1, 2, 3], 1)


def test_reminders_are_counted_for_the_part_that_is_asked_about(schedule, focal_point, other_focal_point):
    point = focal_point.agency.responsibilities.get().action_point
    personas.lead(point, other_focal_point.agency)
    personas.update(point, other_focal_point, now=MONDAY, agency=other_focal_point.agency)

    tick(MONDAY, lambda: None)

    assert [count.part.agency for count in ReminderCount.objects.all()] == [focal_point.agency]


LOS_ANGELES, ZURICH, TOKYO = "America/Los_Angeles", "Europe/Zurich", "Asia/Tokyo"


def move(person, zone):
    person.time_zone = zone
    person.save(update_fields=["time_zone"])


@pytest.fixture
def traveller(schedule, focal_point):
    """Somebody in Los Angeles, with colleagues in Zurich and Tokyo, who all lead what is due."""
    for zone in (ZURICH, TOKYO):
        personas.person(f"{zone[-5:].lower()}@example.org", agency=focal_point.agency, time_zone=zone)
    return personas.person("traveller@example.org", agency=focal_point.agency, time_zone=LOS_ANGELES)


def days_of(person):
    return [day.isoformat() for day in person.digests.order_by("pk").values_list("day", flat=True)]


def ticks(*hours):
    for hour in hours:
        tick(MONDAY + timedelta(hours=hour), lambda: None)


def through(begin, end):
    """A tick each hour of the days around a Monday, when digests begin somewhere, and every six hours between."""
    ticks(*(hour for hour in range(begin, end) if hour % 6 == 0 or (hour + 12) % 168 < 48))


def test_person_who_moves_east_before_being_due_gets_the_digest_of_the_period(schedule, traveller):
    """It is eight in Los Angeles at 16:00 UTC, and was in Zurich at 7:00."""
    ticks(-160, -1, 0)
    before = days_of(traveller)
    move(traveller, ZURICH)
    ticks(2.02, 2.04, 9, 30)

    assert (before, days_of(traveller)) == (["2026-11-16"], ["2026-11-16", "2026-11-23"])


@pytest.mark.parametrize(
    ("zones", "begun"),
    [([ZURICH, LOS_ANGELES], -30), ([ZURICH, TOKYO, LOS_ANGELES], 2), ([TOKYO, LOS_ANGELES, ZURICH], 20)],
)
def test_person_who_moves_about_gets_each_digest_once(schedule, traveller, zones, begun):
    through(-170, begun)
    for number, zone in enumerate(zones):
        move(traveller, zone)
        ticks(begun + number)
    through(begun + len(zones), 200)

    assert days_of(traveller) == ["2026-11-16", "2026-11-23", "2026-11-30"]


def test_person_who_moves_after_having_been_due_waits_for_the_next_period(schedule, traveller):
    """Nothing was due on Monday: what is due on Tuesday is in the next Monday's digest, whatever the time zone was on Wednesday."""
    point = traveller.agency.responsibilities.get().action_point
    personas.update(point, now=MONDAY - timedelta(days=1))
    through(-170, 24)
    withdraw(point.progress_updates.get(), by=traveller, reason="Of another agency.", now=MONDAY + timedelta(days=1))
    move(traveller, ZURICH)
    ticks(*range(48, 60))

    assert days_of(traveller) == []


def test_move_while_the_scheduler_was_down_is_not_overlooked(schedule, traveller):
    through(-170, 1)
    move(traveller, ZURICH)
    ticks(60)

    assert days_of(traveller) == ["2026-11-16", "2026-11-25"]


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"role": "coordinator"}, {"role": "focal_point"}),
        ({"name": "Another"}, {}),
        ({"is_active": False}, {"is_active": True}),
        ({"wants_digests": False}, {"wants_digests": True}),
    ],
)
def test_other_changes_of_a_person_make_no_digest_in_the_middle_of_a_period(schedule, traveller, change, back):
    User.objects.filter(pk=traveller.pk).update(**change)
    through(-170, 24)
    Digest.objects.all()._raw_delete("default")
    User.objects.filter(pk=traveller.pk).update(**back)
    ticks(25.01, 26)

    assert rows() == []


def test_clock_that_goes_back_makes_no_second_digest(schedule):
    tick(MONDAY, lambda: None)
    tick(MONDAY - timedelta(hours=3), lambda: None)
    tick(MONDAY, lambda: None)

    assert days() == ["2026-11-23"]


def test_clock_that_leaps_ahead_and_back_skips_no_digest_and_makes_none_twice(schedule):
    for leap in (timedelta(), timedelta(days=365), timedelta(), timedelta(weeks=1)):
        tick(MONDAY + leap, lambda: None)

    assert sorted(days()) == ["2026-11-23", "2026-11-30", "2027-11-23"]


def test_scheduler_that_dies_before_it_records_what_is_planned_loses_and_doubles_nothing(schedule, monkeypatch):
    record = PlannedUntil.objects.record
    monkeypatch.setattr(PlannedUntil.objects, "record", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tick(MONDAY, lambda: None)
    monkeypatch.setattr(PlannedUntil.objects, "record", record)
    tick(MONDAY + timedelta(minutes=1), lambda: None)

    assert (days(), ReminderCount.objects.get().count) == (["2026-11-23"], 1)


def test_scheduler_that_dies_before_it_makes_the_digests_loses_none(schedule, monkeypatch):
    tick(MONDAY - timedelta(hours=1), lambda: None)
    monkeypatch.setattr(ReminderCount.objects, "add", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tick(MONDAY, lambda: None)
    monkeypatch.undo()
    tick(MONDAY + timedelta(days=1), lambda: None)

    assert days() == ["2026-11-24"]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_the_same_moment_make_one_row(schedule):
    assert run_at_once(*[lambda: tick(MONDAY, lambda: None)] * 2) == [None, None]
    assert len(rows()) == 1
    assert ReminderCount.objects.get().count == 1
