"""The coordinator's pages about reminders, and the admin's mail folder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actions.reminders.models import DeclinedResponsibility, Digest, ReminderCount, ReminderSchedule
from actions.reminders.models.digest_queryset import Cause
from tests import personas
from tests.actions.pages import links, text
from tests.personas import NOW, TODAY
from tracker.mail.folder import list_mail
from tracker.people.models import User
from tracker.people.tasks import send_account_mails

pytestmark = pytest.mark.one_database

State = Digest.State
SCHEDULE = {
    "enabled": "on",
    "rhythm": "monthly",
    "weekdays": ["2"],
    "hour": "7",
    "starts_on": "2026-12-01",
    "escalate_after": "4",
}


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    personas.lead(found, focal_point.agency)
    return found


def failed(focal_point, point, **fields):
    return personas.digest(
        focal_point,
        point,
        state=State.FAILED,
        cause=Cause.REFUSED,
        error="550 No such mailbox",
        next_attempt_at=None,
        **fields,
    )


def test_reminders_page_shows_sent_reminders_and_each_state(as_coordinator, focal_point, point):
    personas.digest(focal_point, point)
    bad = failed(focal_point, point, day=TODAY - timedelta(days=7))

    everything = as_coordinator.get("/reminders/")
    failures = as_coordinator.get("/reminders/?state=failed")

    assert "Waiting" in text(everything)
    assert "The mail server refused it." in text(everything)
    assert bad.get_absolute_url() in links(failures)
    assert text(failures).count("1 action point of 2026") == 1


def test_reminders_page_says_whether_an_update_followed(as_coordinator, focal_point, point):
    other = personas.action_point(number=2)
    personas.update(other, now=NOW - timedelta(days=1))
    personas.digest(focal_point, point, other, state=State.SENT, sent_at=NOW, next_attempt_at=None)
    before = text(as_coordinator.get("/reminders/"))
    personas.update(point, now=NOW + timedelta(hours=1))

    assert "0 reported on since" in before
    assert "1 reported on since" in text(as_coordinator.get("/reminders/"))


def test_reminders_page_says_what_came_of_them(as_coordinator, point):
    points = [point, *(personas.action_point(number=number) for number in (2, 3))]
    for each, count in zip(points, (1, 3, 4), strict=True):
        part = personas.lead(each, personas.agency())
        ReminderCount.objects.create(part=part, count=count, first_on=TODAY, period_start=TODAY)
    personas.update(points[2], now=NOW + timedelta(hours=1))

    found = text(as_coordinator.get("/reminders/"))

    assert "Action points reminded of 3 Reported on since 1 Three reminders or more without an answer 1" in found


def test_sent_reminders_are_paged(as_coordinator, point):
    for number in range(30):
        personas.digest(personas.person(f"{number:02}@example.org", name=f"Person {number:02}"), point)

    first = as_coordinator.get("/reminders/?state=pending")
    older = next(link for link in links(first) if "page=" in link)
    second = as_coordinator.get(f"/reminders/{older}")

    assert "Person 29" in text(first)
    assert "Person 04" not in text(first)
    assert "Person 04" in text(second)
    assert "state=pending" in older


def test_declined_responsibilities_are_paged(as_coordinator, focal_point, point, monkeypatch):
    monkeypatch.setattr("actions.reminders.views.sent_reminders.PAGE_SIZE", 2)
    for number in (2, 3, 4):
        DeclinedResponsibility.objects.create(
            person=focal_point,
            action_point=personas.action_point(number=number),
            reason=f"Reason {number}.",
            made_at=personas.NOW,
        )

    first, second = as_coordinator.get("/reminders/"), as_coordinator.get("/reminders/?declined=2")

    assert [f"Reason {number}." in text(first) for number in (2, 3, 4)] == [False, True, True]
    assert [f"Reason {number}." in text(second) for number in (2, 3, 4)] == [True, False, False]
    assert as_coordinator.get("/reminders/?declined=9").status_code == 400


@pytest.mark.parametrize(("limit", "shown"), [("LIMIT", 1), ("MAX_ENTRIES", 1)])
def test_long_preview_is_cut_and_says_so(
    as_coordinator, focal_point, other_focal_point, point, monkeypatch, limit, shown
):
    personas.assign(point, focal_point, other_focal_point)
    monkeypatch.setattr(f"actions.reminders.preview.{limit}", shown)

    page = as_coordinator.get("/reminders/schedules/2026/preview/")

    assert page.content.decode().count("preview-mail") == 1
    assert "The first person is shown." in text(page)


@pytest.mark.parametrize("faulty", ["state=foo", "page=x", f"page={10**18}", "page=2", "page=%00", "page=-1"])
def test_reminders_page_refuses_a_faulty_address(as_coordinator, focal_point, point, faulty):
    personas.digest(focal_point, point)

    response = as_coordinator.get(f"/reminders/?{faulty}")

    assert response.status_code == 400
    assert focal_point.name in text(response)


def test_digest_page_shows_content_and_state(as_coordinator, focal_point, point):
    digest = failed(focal_point, point)

    response = as_coordinator.get(digest.get_absolute_url())

    assert "1.1 Joint training" in text(response)
    assert "550 No such mailbox" in text(response)
    assert digest.message_id in text(response)


def test_digest_is_sent_again_by_a_coordinators_decision_once(as_coordinator, focal_point, point):
    digest = failed(focal_point, point)

    as_coordinator.post(f"{digest.get_absolute_url()}attempts/")
    digest.refresh_from_db()
    first = digest.state
    Digest.objects.filter(pk=digest.pk).update(state=State.SENT, next_attempt_at=None, sent_at=NOW)
    answer = as_coordinator.post(f"{digest.get_absolute_url()}attempts/", follow=True)
    digest.refresh_from_db()

    assert first == State.PENDING
    assert digest.state == State.SENT
    assert "nothing was changed" in text(answer)


def test_schedule_is_changed_with_its_history(as_coordinator, point):
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=TODAY)

    response = as_coordinator.post("/reminders/schedules/2026/", SCHEDULE, follow=True)

    schedule = ReminderSchedule.objects.get()
    assert (schedule.rhythm, schedule.weekdays, schedule.hour) == ("monthly", (2,), 7)
    assert schedule.escalate_after == 4
    assert schedule.history.count() == 2
    assert "Every month, on the first such day, Wednesday, at 7:00" in text(response)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rhythm", "daily"),
        ("weekdays", ["7"]),
        ("weekdays", ["x"]),
        ("weekdays", []),
        ("escalate_after", "0"),
        ("escalate_after", "51"),
        ("hour", "24"),
        ("hour", "-1"),
        ("hour", "9" * 30),
        ("starts_on", "9999-01-01"),
        ("starts_on", "x"),
    ],
)
def test_schedule_refuses_bad_input_and_keeps_it(as_coordinator, point, field, value):
    response = as_coordinator.post("/reminders/schedules/2026/", SCHEDULE | {field: value})

    assert response.status_code == 400
    assert response.context["form"][field].value() == value
    assert not ReminderSchedule.objects.exists()


def test_schedule_changed_by_two_people_shows_the_second_both(as_coordinator, point):
    schedule = ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=TODAY)
    seen = as_coordinator.get("/reminders/schedules/2026/").context["form"]["version"].value()
    schedule.hour = 20
    schedule.save()

    first = as_coordinator.post("/reminders/schedules/2026/", SCHEDULE | {"version": seen})
    again = first.context["form"]["version"].value()
    second = as_coordinator.post("/reminders/schedules/2026/", SCHEDULE | {"version": again})

    assert (first.status_code, second.status_code) == (409, 302)


def test_page_says_that_reminders_are_switched_off(as_coordinator, point):
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=TODAY, enabled=False)

    assert "Switched off" in text(as_coordinator.get("/reminders/"))


def test_preview_shows_who_would_get_which_mail_and_stores_nothing(as_coordinator, focal_point, point):
    response = as_coordinator.get("/reminders/schedules/2026/preview/")

    assert focal_point.email in text(response)
    assert "1.1 Joint training" in text(response)
    assert not Digest.objects.exists()


def test_preview_says_when_each_mail_goes_out_where_the_person_is_and_who_gets_none(as_coordinator, focal_point, point):
    agency = focal_point.agency
    personas.person("apia@example.org", name="In Apia", agency=agency, time_zone="Pacific/Apia")
    personas.person("unwilling@example.org", name="Unwilling", agency=agency, wants_digests=False)
    personas.person(
        "away@example.org", name="Away", agency=agency, digests_paused_until=timezone.localdate() + timedelta(days=99)
    )
    personas.person("had.one@example.org", name="Had One", agency=agency, digest_ceiling="monthly")
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on="2026-01-01", weekdays=tuple(range(7)))
    personas.digest(User.objects.get(name="Had One"), point, day=timezone.localdate() - timedelta(days=1))

    found = text(as_coordinator.get("/reminders/schedules/2026/preview/"))

    assert "08:00 (Pacific/Apia)" in found
    assert "08:00 (UTC)" in found
    assert "Unwilling (Focal point): has turned digests off" in found
    assert "Away (Focal point): has paused digests until" in found
    assert ("Had One (Focal point): had a digest recently, and has asked for fewer" in found) == (
        timezone.localdate().day > 1
    )


def test_schedule_is_tried_before_it_is_saved(as_coordinator, focal_point, point):
    response = as_coordinator.post("/reminders/schedules/2026/", SCHEDULE | {"preview": ""})

    assert response.status_code == 200
    assert "Nothing is saved yet" in text(response)
    assert "07:00 (UTC)" in text(response)
    assert 'value="2" id="id_weekdays_2" checked' in response.content.decode()
    assert not ReminderSchedule.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_preview_costs_the_same_for_any_number_of_people(as_coordinator, point, count, django_assert_num_queries):
    for number in range(count):
        personas.person(f"{number}@example.org", agency=personas.agency("UNDP"))

    with django_assert_num_queries(25):
        as_coordinator.get("/reminders/schedules/2026/preview/")


def test_preview_of_an_agenda_where_all_moves_is_empty(as_coordinator, point):
    personas.update(point, now=timezone.now())

    assert "Nobody" in text(as_coordinator.get("/reminders/schedules/2026/preview/"))


@pytest.mark.parametrize("count", [1, 3])
def test_reminders_page_costs_the_same_whatever_its_length(as_coordinator, point, django_assert_num_queries, count):
    for number in range(count):
        personas.digest(personas.person(f"{number}@example.org"), point)

    with django_assert_num_queries(10):
        as_coordinator.get("/reminders/")


def test_mail_folder_is_read_by_admins(client, admin, settings, tmp_path, focal_point, point):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path
    personas.sign_in(client, admin)
    empty = client.get("/mail/")
    person = {"email": "new@example.org", "name": "New", "role": "coordinator", "language": "en", "time_zone": "UTC"}
    client.post("/people/invitations/", person)
    send_account_mails()

    listed = client.get("/mail/")
    shown = client.get(f"/mail/{list_mail(1)[0].name}/")

    assert "Nothing here" in text(empty)
    assert "new@example.org" in text(listed)
    assert "http://127.0.0.1:8000/accounts/" in text(shown)


@pytest.mark.parametrize("before", ["x", "../secret_key", "%00", "9" * 30])
def test_mail_folder_refuses_a_faulty_address(client, admin, before):
    response = personas.sign_in(client, admin).get(f"/mail/?before={before}")

    assert response.status_code == 400


@pytest.mark.parametrize("name", ["x", "..%2fsecret_key", "%00", "20260101T000000000000Z-00000000.eml"])
def test_mail_that_is_not_there_is_not_found(client, admin, name):
    assert personas.sign_in(client, admin).get(f"/mail/{name}/").status_code == 404
