"""Tests of report dates: an imprecise date never counts after its recording, and a future date is refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from actions.action_points.forms.days import not_to_come
from actions.as_of import AsOf
from actions.as_of_history import look_back
from actions.models import ActionPoint, ProgressUpdate
from actions.progress import correct, log_progress
from actions.reader import read_agenda, state_of
from actions.rules import days_since, needs_attention
from actions.summaries import position_of
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Role
from tracker.people.time_zones import zone_named

TWELFTH, TWENTIETH, TWENTY_EIGHTH = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (12, 20, 28))
IMPRECISE = ["2026-11", "2026", "2026-36", "2026-41", "2026-11-16/2026-11-30", "2026-01/2050-12"]
"""Dates that do not end before the update of the 28th is recorded."""


def log(point: ActionPoint, status: str, now: datetime, reported: str | None = None, **fields: Any) -> ProgressUpdate:
    progress = personas.progress(status=status, reason="No budget." if status == "no_progress" else "")
    day = PartialDate.parse(reported) if reported else None
    return log_progress(point, progress, now=now, reported_on=day, **{"author": None} | fields)


@pytest.fixture
def point(db: None) -> ActionPoint:
    return personas.action_point()


@pytest.mark.parametrize("reported", IMPRECISE)
def test_report_with_an_imprecise_date_is_replaced_by_a_later_recorded_one(point, client, coordinator, reported):
    log(point, "no_progress", TWELFTH, reported)
    log(point, "completed", TWENTY_EIGHTH)

    point.refresh_from_db()
    page = personas.sign_in(client, coordinator).get(point.get_absolute_url())

    assert (point.status, point.last_reported_day) == ("completed", date(2026, 11, 28))
    assert days_since(point.last_reported_day, date(2026, 12, 1)) == 3
    assert [update.number for update in point.progress_updates.newest_first()] == [2, 1]
    assert [entry.update.number for entry, *_rest in page.context["timeline"]] == [2, 1]


@pytest.mark.parametrize("reported", IMPRECISE)
def test_age_of_a_report_with_an_imprecise_date_counts_from_its_recording(point, reported):
    personas.lead(point, personas.agency(), persons=[personas.person("undp@example.org", agency=personas.agency())])
    log(point, "under_way", TWELFTH, reported)

    point.refresh_from_db()

    assert str(point.last_reported) == str(PartialDate.parse(reported))
    assert [days_since(point.last_reported_day, date(2026, 11, day)) for day in (11, 12, 15)] == [0, 0, 3]
    days = date(2027, 2, 10), date(2027, 2, 11)
    assert [needs_attention(state_of(point, AsOf(day)), day) for day in days] == [False, True]


def test_past_status_counts_reports_by_their_position(point):
    log(point, "no_progress", TWELFTH, "2026")

    def status(day: int) -> str:
        as_of = AsOf(date(2026, 11, day), is_past=True)
        return read_agenda(look_back(point.issue.agenda, as_of), as_of)[0].status

    assert [status(11), status(12)] == ["not_reported", "no_progress"]


def test_report_date_before_its_recording_counts_as_its_last_day(point):
    log(point, "completed", TWENTIETH, "2026-11-19")
    log(point, "exploring", TWENTY_EIGHTH, "2026-10")

    point.refresh_from_db()

    assert (point.status, point.last_reported_day) == ("completed", date(2026, 11, 19))


def test_status_of_two_reports_with_one_position_is_the_later_recorded(point):
    log(point, "completed", TWENTY_EIGHTH, "2026-10")
    log(point, "exploring", TWELFTH, "2026-10-31")

    point.refresh_from_db()

    assert point.status == "completed"


def test_correction_keeps_the_position(point, coordinator):
    first = log(point, "no_progress", TWELFTH, "2026-11")
    log(point, "completed", TWENTIETH)
    corrected = correct(first, personas.progress(status="exploring"), author=coordinator, now=TWENTY_EIGHTH)

    point.refresh_from_db()

    assert point.status == "completed"
    assert (corrected.position, corrected.position_day) == (TWELFTH, date(2026, 11, 12))
    assert corrected.first_recorded_at == TWELFTH


@pytest.mark.parametrize(
    ("zone", "recorded", "reported", "position", "day"),
    [
        ("Pacific/Honolulu", "2026-11-13T09:30", "2026-11-12", "2026-11-13T09:30", "2026-11-12"),
        ("Pacific/Honolulu", "2026-11-14T09:30", "2026-11-12", "2026-11-13T09:59:59.999999", "2026-11-12"),
        ("Pacific/Kiritimati", "2026-11-12T11:00", "2026-11-13", "2026-11-12T11:00", "2026-11-13"),
        ("Pacific/Kiritimati", "2026-11-14T11:00", "2026-11-13", "2026-11-13T09:59:59.999999", "2026-11-13"),
        ("UTC", "2026-11-14T11:00", "2026-10", "2026-10-31T23:59:59.999999", "2026-10-31"),
    ],
)
def test_position_is_the_end_of_the_day_in_the_authors_time_zone(point, zone, recorded, reported, position, day):
    author = personas.person("far@example.org", Role.COORDINATOR, time_zone=zone)
    recorded_at = datetime.fromisoformat(recorded).replace(tzinfo=UTC)

    update = log(point, "under_way", recorded_at, reported, author=author)

    assert update.position == datetime.fromisoformat(position).replace(tzinfo=UTC)
    assert update.position_day == date.fromisoformat(day)


def test_report_without_a_date_gets_today_in_the_authors_time_zone(point):
    honolulu = personas.person("west@example.org", Role.COORDINATOR, time_zone="Pacific/Honolulu")
    kiritimati = personas.person("east@example.org", Role.COORDINATOR, time_zone="Pacific/Kiritimati")

    east = log(point, "exploring", datetime(2026, 11, 12, 11, tzinfo=UTC), author=kiritimati)
    west = log(point, "completed", datetime(2026, 11, 12, 12, tzinfo=UTC), author=honolulu)
    point.refresh_from_db()

    assert [update.reported_on.text for update in (east, west)] == ["2026-11-13", "2026-11-12"]
    assert point.status == "completed"
    assert days_since(point.last_reported_day, date(2026, 11, 11)) == 0


@given(
    st.sampled_from(["UTC", "Pacific/Honolulu", "Pacific/Kiritimati", "Asia/Kathmandu"]),
    st.sampled_from([*IMPRECISE, "2026-11-12", "2026-11-11", "2005"]),
    st.integers(0, 60),
)
def test_position_is_never_after_the_recording(zone, reported, hours):
    recorded = datetime(2026, 11, 11, tzinfo=UTC) + timedelta(hours=hours)

    position, day = position_of(PartialDate.parse(reported), recorded, zone_named(zone))

    assert position <= recorded
    assert position.astimezone(zone_named(zone)).date() == day


@pytest.mark.parametrize(
    "accepted",
    [
        *["2026-11", "2026", "2026-36", "2026-11-20", "2026-11-16/2026-11-20", "2025/2026-10", "2026-23", "2026 late"],
        *["2026-11 mid", "2026-11 by", "2026-12 before", "2026-12~", "2025~/2026-10~", "2026-11-21/2026-12 before"],
    ],
)
def test_period_that_contains_today_is_accepted(accepted):
    when = PartialDate.parse(accepted)

    assert not_to_come(when, TWENTIETH.date(), "no") == when


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        ("2026-11-21", "no"),
        ("2026-12", "no"),
        ("2027/2028", "no"),
        ("2026-24", "no"),
        ("2026-11 late", "no"),
        ("2026-12 by", "no"),
        ("2025~/2026~", "2026 is in the future. End it today, 20 November 2026, or earlier."),
        (
            "2026-10/2026-12 late by",
            "late December 2026 is in the future. End it today, 20 November 2026, or earlier.",
        ),
        ("2026-11-16/2026-11-30", "30 November 2026 is in the future. End it today, 20 November 2026, or earlier."),
        ("2026-01/2050-12", "December 2050 is in the future. End it today, 20 November 2026, or earlier."),
        ("2026-11/2026-12", "December 2026 is in the future. End it today, 20 November 2026, or earlier."),
    ],
)
def test_future_date_is_refused(refused, message):
    with pytest.raises(ValidationError) as error:
        not_to_come(PartialDate.parse(refused), TWENTIETH.date(), "no")

    assert error.value.messages == [message]


def test_form_refuses_an_interval_that_ends_in_the_future(client, coordinator, point):
    data = {"status": "under_way", "narrative": "So.", "reported_on": "2026-01/2050-12", "happened": "2026-01/2050-12"}

    response = personas.sign_in(client, coordinator).post(f"{point.get_absolute_url()}updates/", data)

    assert (response.status_code, sorted(response.context["form"].errors)) == (400, ["happened", "reported_on"])
    assert not ProgressUpdate.objects.exists()
