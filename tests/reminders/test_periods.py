"""When digests fall due: rhythms, time zones, summer time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.reminders.periods import Rhythm, Timing, Weekday, following_start, latest_period, next_period

GENEVA, NEW_YORK, APIA = ZoneInfo("Europe/Zurich"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")
MONDAYS_AT_8 = Timing(Rhythm.WEEKLY, (Weekday.MONDAY,), 8, date(2026, 11, 2))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (GENEVA, "2026-11-23T06:59", date(2026, 11, 16)),
        (GENEVA, "2026-11-23T07:00", date(2026, 11, 23)),
        (NEW_YORK, "2026-11-23T12:59", date(2026, 11, 16)),
        (NEW_YORK, "2026-11-23T13:00", date(2026, 11, 23)),
        (APIA, "2026-11-22T19:00", date(2026, 11, 23)),
        (GENEVA, "2026-11-29T23:59", date(2026, 11, 23)),
    ],
)
def test_period_begins_at_the_hour_where_the_person_is(zone, now, expected):
    period = latest_period(MONDAYS_AT_8, zone, at(now))

    assert period is not None
    assert period.start == expected


def test_no_period_comes_before_the_schedule_begins():
    assert latest_period(MONDAYS_AT_8, GENEVA, at("2026-11-02T06:59")) is None
    earlier = latest_period(MONDAYS_AT_8, GENEVA, at("2026-11-02T06:59"), since_ever=True)
    assert earlier is not None
    assert earlier.start == date(2026, 10, 26)


@pytest.mark.parametrize(
    ("timing", "now", "expected"),
    [
        (Timing(Rhythm.FORTNIGHTLY, (Weekday.MONDAY,), 8, date(2026, 11, 2)), "2026-11-15T00:00", date(2026, 11, 2)),
        (Timing(Rhythm.FORTNIGHTLY, (Weekday.MONDAY,), 8, date(2026, 11, 2)), "2026-11-16T12:00", date(2026, 11, 16)),
        (Timing(Rhythm.MONTHLY, (Weekday.WEDNESDAY,), 8, date(2026, 1, 1)), "2026-11-03T12:00", date(2026, 10, 7)),
        (Timing(Rhythm.MONTHLY, (Weekday.WEDNESDAY,), 8, date(2026, 1, 1)), "2026-11-04T12:00", date(2026, 11, 4)),
        (Timing(Rhythm.WEEKLY, (0, 3), 8, date(2026, 1, 1)), "2026-11-26T07:00", date(2026, 11, 23)),
        (Timing(Rhythm.WEEKLY, (0, 3), 8, date(2026, 1, 1)), "2026-11-26T08:00", date(2026, 11, 26)),
        (Timing(Rhythm.FORTNIGHTLY, (0, 3), 8, date(2026, 11, 4)), "2026-11-17T00:00", date(2026, 11, 16)),
        (Timing(Rhythm.FORTNIGHTLY, (0, 3), 8, date(2026, 11, 4)), "2026-11-18T12:00", date(2026, 11, 16)),
        (Timing(Rhythm.FORTNIGHTLY, (0, 3), 8, date(2026, 11, 4)), "2026-11-26T00:00", date(2026, 11, 19)),
        (Timing(Rhythm.MONTHLY, (0, 3), 8, date(2026, 1, 1)), "2026-11-12T12:00", date(2026, 11, 2)),
        (Timing(Rhythm.MONTHLY, (0, 3), 8, date(2026, 1, 1)), "2026-10-30T12:00", date(2026, 10, 1)),
    ],
)
def test_period_follows_its_rhythm(timing, now, expected):
    period = latest_period(timing, ZoneInfo("UTC"), at(now))

    assert period is not None
    assert period.start == expected


@pytest.mark.parametrize(
    ("start", "due_at"),
    [
        (
            date(2026, 3, 29),
            "2026-03-29T01:00",
        ),  # 2:30 does not exist that night in Geneva; 3:00 summer time is 1:00 UTC
        (date(2026, 10, 25), "2026-10-25T00:00"),  # 2:00 comes twice that night; the first one counts
    ],
)
def test_period_is_due_once_when_the_clock_changes(start, due_at):
    timing = Timing(Rhythm.WEEKLY, (Weekday.SUNDAY,), 2, date(2026, 1, 1))

    period = latest_period(timing, GENEVA, at(due_at))
    before = latest_period(timing, GENEVA, at(due_at) - timedelta(minutes=1))

    assert period is not None
    assert (period.start, period.due_at) == (start, at(due_at))
    assert before is not None
    assert before.start == start - timedelta(days=7)


@given(
    rhythm=st.sampled_from(Rhythm.values),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    hour=st.integers(0, 23),
    starts_on=st.dates(date(2005, 1, 1), date(2030, 1, 1)),
    zone=st.sampled_from(["UTC", "Europe/Zurich", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
    now=st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_next_period_is_the_one_that_becomes_the_latest(rhythm, weekdays, hour, starts_on, zone, now):
    timing, zone, now = Timing(rhythm, tuple(weekdays), hour, starts_on), ZoneInfo(zone), now.replace(tzinfo=UTC)

    following = next_period(timing, zone, now)
    assert following
    latest = latest_period(timing, zone, now)

    assert following.due_at > now
    assert following.start.weekday() in weekdays
    assert latest_period(timing, zone, following.due_at) == following
    assert latest is None or latest.due_at <= now
    assert latest is None or following_start(timing, latest.start) == following.start
    assert latest_period(timing, zone, following.due_at - timedelta(seconds=1)) == latest
