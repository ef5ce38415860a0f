"""Tests of the forms that edit an action point and pause its reminders."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from actions.models import ActionPoint
from tests import personas
from tests.actions.pages import text

EDIT = "/agendas/2026/1.1/edit/"
FORM = "application/x-www-form-urlencoded"
SNOOZE = "/agendas/2026/1.1/snooze/"


@pytest.fixture
def point(focal_point) -> ActionPoint:
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency)
    return point


def seen(client) -> str:
    return str(client.get(EDIT).context["form"]["version"].value())


def test_edit_stores_wording_and_owners(client, point, coordinator, focal_point):
    personas.sign_in(client, coordinator)
    fao = personas.agency("FAO")

    response = client.post(
        EDIT,
        {
            "title": "Joint courses",
            "description": "For all staff.",
            "lead_agencies": [fao.pk],
            "focal_points": [focal_point.pk],
            "version": seen(client),
        },
    )

    point.refresh_from_db()
    assert (response.status_code, response.url) == (302, point.get_absolute_url())
    assert (point.title, point.description) == ("Joint courses", "For all staff.")
    assert (personas.leads(point), personas.persons(point)) == ([fao], [focal_point])


@pytest.mark.parametrize("title", ["", "x" * 201, "two\nlines", "null\x00character"])
def test_edit_refuses_an_invalid_title_and_keeps_the_input(client, point, coordinator, title):
    personas.sign_in(client, coordinator)

    response = client.post(EDIT, {"title": title, "description": "Typed with care."})

    point.refresh_from_db()
    assert response.status_code == 400
    assert "Typed with care." in text(response)
    assert point.title == "Joint training"


@pytest.mark.parametrize("junk", ["x", "99999999", "1" + "0" * 30, "\x00"])
def test_edit_refuses_unknown_owners(client, point, coordinator, junk):
    personas.sign_in(client, coordinator)

    response = client.post(EDIT, {"title": "Joint training", "lead_agencies": [junk]})

    assert response.status_code == 400


def test_edit_after_another_person_shows_both_texts(client, point, coordinator, admin):
    personas.sign_in(client, coordinator)
    read = seen(client)
    personas.sign_in(client, admin)
    client.post(EDIT, {"title": "The admin's", "version": read})
    personas.sign_in(client, coordinator)

    refused = client.post(EDIT, {"title": "The coordinator's", "version": read})

    point.refresh_from_db()
    assert (refused.status_code, point.title) == (409, "The admin's")
    assert "The admin's" in text(refused)
    assert "The coordinator's" in text(refused)

    again = client.post(EDIT, {"title": "The coordinator's", "version": refused.context["form"]["version"].value()})

    point.refresh_from_db()
    assert (again.status_code, point.title) == (302, "The coordinator's")


def test_edit_page_shows_the_stored_title(client, point, coordinator):
    response = personas.sign_in(client, coordinator).post(EDIT, {"title": ""})

    assert "Joint training" in text(response)


def test_edit_of_a_signed_out_person_is_restored_after_signing_in(client, point, coordinator, focal_point):
    typed = {
        "title": "Joint courses",
        "lead_agencies": [focal_point.agency.pk, personas.agency("FAO").pk],
        "focal_points": [focal_point.pk],
    }

    client.post(EDIT, typed)
    assert "saved_forms" in client.session
    personas.sign_in(client, coordinator)

    form = client.get(EDIT).context["form"]
    assert form["title"].value() == "Joint courses"
    assert [int(pk) for pk in form["lead_agencies"].value()] == typed["lead_agencies"]


@pytest.mark.parametrize(("length", "is_saved"), [(1_000, True), (100_000, True), (200_001, False)])
@pytest.mark.parametrize("as_parts", [True, False])
def test_form_of_a_signed_out_person_is_saved_up_to_a_size_limit(point, length, is_saved, as_parts):
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    typed = {"title": "a" * length, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    request = {"data": typed} if as_parts else {"data": urlencode(typed), "content_type": FORM}

    response = client.post(EDIT, **request)

    assert (response.status_code, "saved_forms" in client.session) == (302, is_saved)


def test_forms_of_visitors_are_not_saved_in_the_database(point, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("tracker.web.rate_limits.time", lambda: 6000)
    settings.VISITORS_PER_MINUTE = {"saved_forms": 2}
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }
    for _ in range(4):
        answer = Client().post(EDIT, {"title": "a"})

    assert (answer.status_code, Session.objects.count()) == (302, 2)
    for session in Session.objects.all():
        assert session.expire_date <= timezone.now() + timedelta(days=1)


def test_snooze_pauses_reminders(client, point, focal_point):
    until = timezone.localdate() + timedelta(days=30)

    response = personas.sign_in(client, focal_point).post(
        SNOOZE, {"until": until.isoformat(), "reason": "Waits for the budget."}
    )

    point.refresh_from_db()
    assert response.status_code == 302
    assert (point.snoozed_until, point.snooze_reason) == (until, "Waits for the budget.")


@pytest.mark.parametrize("until", ["", "yesterday", "2000-01-01", "9999-12-31", "2026-13-01", "0001-01-01", "\x00"])
def test_snooze_refuses_an_invalid_date_and_keeps_the_reason(client, point, focal_point, until):
    response = personas.sign_in(client, focal_point).post(SNOOZE, {"until": until, "reason": "Waits for the budget."})

    point.refresh_from_db()
    assert (response.status_code, point.snoozed_until) == (400, None)
    assert response.context["form"]["reason"].value() == "Waits for the budget."


def test_snooze_needs_a_reason(client, point, focal_point):
    until = timezone.localdate() + timedelta(days=30)

    assert personas.sign_in(client, focal_point).post(SNOOZE, {"until": until.isoformat()}).status_code == 400


def test_wake_resumes_reminders(client, point, focal_point):
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    response = personas.sign_in(client, focal_point).post(SNOOZE, {"do": "wake"})

    point.refresh_from_db()
    assert (response.status_code, point.snoozed_until, point.snooze_reason) == (302, None, "")


def test_snooze_page_shows_the_current_pause(client, point, focal_point):
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    shown = text(personas.sign_in(client, focal_point).get(SNOOZE))

    assert "No reminders until 1 January 2099: Waits for the budget." in shown


@pytest.mark.parametrize("path", [EDIT, SNOOZE])
def test_forms_of_another_agencys_action_point_are_forbidden(client, point, other_focal_point, path):
    personas.sign_in(client, other_focal_point)

    assert [client.get(path).status_code, client.post(path, {"do": "wake"}).status_code] == [403, 403]
