"""Tests of the forms that edit an action point and pause its reminders."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from actions import responsibilities
from actions.models import ActionPoint, Responsibility
from tests import personas
from tests.actions.pages import text

pytestmark = pytest.mark.one_database

EDIT = "/agendas/2026/1.1/edit/"
FORM = "application/x-www-form-urlencoded"
PAUSE = "/agendas/2026/1.1/snooze/"


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


def typed_parts(client) -> dict[str, Any]:
    """Return what a browser sends of the form that is shown."""
    form = client.get(EDIT).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {
        name: [getattr(each, "pk", each) for each in value] if isinstance(value, list) else value
        for name, value in values.items()
        if value not in (None, "")
    } | {"since": "2026-03"}


def test_each_part_has_its_own_date_and_persons(client, point, coordinator, focal_point, other_focal_point):
    personas.lead(point, personas.agency("UNSSC"))
    undp, unssc = focal_point.agency_id, other_focal_point.agency_id
    personas.sign_in(client, coordinator)
    parts = {f"since_{undp}": "May 2005", f"persons_{undp}": [focal_point.pk, other_focal_point.pk]}
    others = {f"since_{unssc}": "2006", f"persons_{unssc}": []}

    response = client.post(EDIT, typed_parts(client) | parts | others)

    assert response.status_code == 302
    stored = point.responsibilities.current().with_people()
    assert [(part.agency_id, part.since.text, set(part.persons.all())) for part in stored] == [
        (undp, "2005-05", {focal_point, other_focal_point}),
        (unssc, "2006", set()),
    ]


def test_unchanged_form_stores_no_history_of_the_parts(client, point, coordinator, focal_point):
    personas.assign(point, focal_point)
    personas.sign_in(client, coordinator)
    rows = Responsibility.history.count()

    response = client.post(EDIT, typed_parts(client))

    assert (response.status_code, Responsibility.history.count()) == (302, rows)


def test_anybody_active_is_named_for_a_part_by_typing_the_name(client, point, coordinator, focal_point):
    who = personas.person("ann@example.org", name="Ann Diaz", agency=personas.agency("WHO"))
    personas.sign_in(client, coordinator)

    client.post(EDIT, typed_parts(client) | {f"persons_{focal_point.agency_id}": ["ann diaz"]})

    assert personas.persons(point) == [who]


def test_deactivated_person_stays_named_but_cannot_be_added(client, point, coordinator, focal_point):
    gone = personas.person("gone@example.org", name="Gone Person", agency=focal_point.agency)
    persons = f"persons_{focal_point.agency_id}"
    personas.assign(point, gone)
    personas.sign_in(client, coordinator)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    kept = client.post(EDIT, typed_parts(client))
    still = personas.persons(point)
    client.post(EDIT, typed_parts(client) | {persons: []})
    added = client.post(EDIT, typed_parts(client) | {persons: ["gone@example.org"]})

    assert (kept.status_code, still, added.status_code, personas.persons(point)) == (302, [gone], 400, [])


def test_lead_that_ends_keeps_its_history(client, point, coordinator, focal_point):
    personas.update(point, agency=focal_point.agency)
    personas.sign_in(client, coordinator)

    client.post(EDIT, typed_parts(client) | {"lead_agencies": []})
    client.post(EDIT, typed_parts(client) | {"lead_agencies": [focal_point.agency_id], "since": ""})

    ended, current = point.responsibilities.order_by("pk")
    today = timezone.localdate()
    assert (ended.until, current.until, current.since.earliest) == (today, None, today)
    assert current.status == "under_way"  # an update counts for the part, whenever it was reported


@pytest.mark.parametrize("leads", [["FAO", "WFP"], ["FAO"]])
def test_persons_of_added_agencies_are_named_for_the_parts_that_they_work_on(client, point, coordinator, leads):
    fao = personas.person("fao@example.org", agency=personas.agency("FAO"))
    below = personas.person("rome@example.org", agency=personas.agency("ROME", parent=personas.agency("FAO")))
    personas.sign_in(client, coordinator)
    chosen = {"lead_agencies": [personas.agency(each).pk for each in leads], "focal_points": [fao.pk, below.pk]}

    response = client.post(EDIT, typed_parts(client) | chosen)

    assert response.status_code == 302
    named = {part.agency.acronym: set(part.persons.all()) for part in point.responsibilities.current()}
    assert named == {"FAO": {fao, below}} | ({"WFP": set()} if "WFP" in leads else {})


def test_persons_who_work_for_no_added_agency_are_refused(client, point, coordinator, focal_point):
    personas.sign_in(client, coordinator)

    response = client.post(EDIT, typed_parts(client) | {"focal_points": [focal_point.pk]})

    assert response.status_code == 400
    assert f"{focal_point}: add the agency as well" in text(response)
    assert personas.persons(point) == []


@pytest.mark.parametrize("field", ["since", "since_"])
@pytest.mark.parametrize("typed", ["soon", "2005-13", "9999", "0001-01-01", "\x00"])
def test_edit_refuses_an_invalid_date(client, point, coordinator, focal_point, field, typed):
    name = f"{field}{focal_point.agency_id}" if field == "since_" else field
    personas.sign_in(client, coordinator)

    assert client.post(EDIT, typed_parts(client) | {name: typed}).status_code == 400


def test_edit_after_somebody_changed_the_persons_shows_both(client, point, coordinator, focal_point):
    other = personas.person("second@example.org", agency=focal_point.agency)
    persons = f"persons_{focal_point.agency_id}"
    personas.sign_in(client, coordinator)
    mine = typed_parts(client) | {persons: [focal_point.pk]}
    personas.assign(point, other)

    refused = client.post(EDIT, mine)

    assert refused.status_code == 409
    assert refused.context["form"].theirs == [("Focal points for the part of UNDP", str(other), str(focal_point))]
    assert personas.persons(point) == [other]
    again = client.post(EDIT, mine | {"version": refused.context["form"]["version"].value()})
    assert (again.status_code, personas.persons(point)) == (302, [focal_point])


def test_edit_after_somebody_paused_reminders_is_no_conflict(client, point, coordinator):
    personas.sign_in(client, coordinator)
    mine = typed_parts(client) | {"title": "Joint courses"}
    personas.pause(point, date(2099, 1, 1), "Elections.")

    assert client.post(EDIT, mine).status_code == 302
    assert point.responsibilities.get().pause_reason == "Elections."


def test_part_that_somebody_else_added_keeps_its_persons(client, point, coordinator, other_focal_point):
    personas.sign_in(client, coordinator)
    mine = typed_parts(client) | {"title": "Joint courses"}
    added = personas.lead(point, other_focal_point.agency, persons=[other_focal_point])

    refused = client.post(EDIT, mine)
    form = refused.context["form"]
    again = {name: value for name, value in mine.items() if name != "lead_agencies"} | {
        "lead_agencies": [*mine["lead_agencies"], added.agency_id],
        f"since_{added.agency_id}": form[f"since_{added.agency_id}"].value(),
        f"persons_{added.agency_id}": form[f"persons_{added.agency_id}"].value(),
        "version": form["version"].value(),
    }

    assert refused.status_code == 409
    assert ("Lead agencies", "UNDP, UNSSC", "UNDP") in form.theirs
    assert client.post(EDIT, again).status_code == 302
    assert [(part.agency, list(part.persons.all())) for part in point.responsibilities.current().with_people()] == [
        (personas.agency("UNDP"), []),
        (other_focal_point.agency, [other_focal_point]),
    ]


def test_what_was_typed_for_a_part_that_somebody_else_ended_is_kept(client, point, coordinator, focal_point):
    personas.sign_in(client, coordinator)
    persons, since = f"persons_{focal_point.agency_id}", f"since_{focal_point.agency_id}"
    mine = typed_parts(client) | {persons: [focal_point.pk], since: "2005"}
    responsibilities.end_lead(point, focal_point.agency, until=timezone.localdate())

    refused = client.post(EDIT, mine)
    again = client.post(EDIT, mine | {"version": refused.context["form"]["version"].value()})

    assert (refused.status_code, again.status_code) == (409, 302)
    part = point.responsibilities.current().get()
    assert (part.since.text, list(part.persons.all())) == ("2005", [focal_point])


@pytest.mark.parametrize("count", [1, 3])
def test_edit_page_needs_one_query_for_the_persons_of_each_part(
    client, coordinator, focal_point, django_assert_num_queries, count
):
    point = personas.action_point()
    for number in range(count):
        personas.lead(point, personas.agency(f"A{number}"), persons=[focal_point, coordinator])
    personas.sign_in(client, coordinator)

    with django_assert_num_queries(11 + count):
        client.get(EDIT)


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
    persons = f"persons_{focal_point.agency_id}"
    typed = {
        "title": "Joint courses",
        "lead_agencies": [focal_point.agency.pk, personas.agency("FAO").pk],
        persons: [focal_point.pk],
    }

    client.post(EDIT, typed)
    assert "saved_forms" in client.session
    personas.sign_in(client, coordinator)

    form = client.get(EDIT).context["form"]
    assert form["title"].value() == "Joint courses"
    assert [int(pk) for pk in form["lead_agencies"].value()] == typed["lead_agencies"]
    assert form[persons].value() == [str(focal_point.pk)]


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


def paused(point: ActionPoint) -> dict[str, tuple[date | None, str]]:
    """Return until when the reminders of each part are paused, and why."""
    parts = point.responsibilities.current().select_related("agency")
    return {part.agency.acronym: (part.paused_until, part.pause_reason) for part in parts}


def in_30_days() -> date:
    return timezone.localdate() + timedelta(days=30)


def test_reminders_of_the_only_part_are_paused(client, point, focal_point):
    typed = {"until": in_30_days().isoformat(), "reason": "Waits for the budget."}

    response = personas.sign_in(client, focal_point).post(PAUSE, typed, follow=True)

    assert paused(point) == {"UNDP": (in_30_days(), "Waits for the budget.")}
    assert "Reminders to UNDP are paused until" in text(response)


def test_only_the_chosen_part_is_paused(client, point, coordinator):
    part = personas.lead(point, personas.agency("GCO"))
    typed = {"part": part.pk, "until": in_30_days().isoformat(), "reason": "Elections."}

    response = personas.sign_in(client, coordinator).post(PAUSE, typed)

    assert response.status_code == 302
    assert paused(point) == {"GCO": (in_30_days(), "Elections."), "UNDP": (None, "")}


def test_own_part_is_preset_and_others_are_not_offered_to_focal_points(client, point, focal_point):
    gco = personas.lead(point, personas.agency("GCO"))
    own = point.responsibilities.get(agency=focal_point.agency)
    personas.sign_in(client, focal_point)

    form = client.get(PAUSE).context["form"]
    refused = client.post(PAUSE, {"part": gco.pk, "until": in_30_days().isoformat(), "reason": "Not mine."})

    assert (form["part"].value(), form.fields["part"].choices) == (own.pk, [(str(own.pk), "UNDP")])
    assert refused.status_code == 400
    assert paused(point) == {"GCO": (None, ""), "UNDP": (None, "")}


def test_parts_assigned_to_a_person_of_another_agency_are_offered(client, point, other_focal_point):
    part = personas.lead(point, personas.agency("GCO"), persons=[other_focal_point])

    form = personas.sign_in(client, other_focal_point).get(PAUSE).context["form"]

    assert form.fields["part"].choices == [(str(part.pk), "GCO")]


@pytest.mark.parametrize("part", ["", "0", "99999999", "1" + "0" * 30, "x", "\x00"])
def test_pause_of_an_unknown_part_is_refused(client, point, coordinator, part):
    personas.lead(point, personas.agency("GCO"))
    typed = {"part": part, "until": in_30_days().isoformat(), "reason": "Elections."}

    response = personas.sign_in(client, coordinator).post(PAUSE, typed)

    assert response.status_code == 400
    assert "Elections." in response.text
    assert paused(point) == {"GCO": (None, ""), "UNDP": (None, "")}


@pytest.mark.parametrize("until", ["", "yesterday", "2000-01-01", "9999-12-31", "2026-13-01", "0001-01-01", "\x00"])
def test_pause_refuses_an_invalid_date_and_keeps_the_reason(client, point, focal_point, until):
    response = personas.sign_in(client, focal_point).post(PAUSE, {"until": until, "reason": "Waits for the budget."})

    assert (response.status_code, paused(point)) == (400, {"UNDP": (None, "")})
    assert response.context["form"]["reason"].value() == "Waits for the budget."


def test_pause_needs_a_reason(client, point, focal_point):
    typed = {"until": in_30_days().isoformat()}

    assert personas.sign_in(client, focal_point).post(PAUSE, typed).status_code == 400


@pytest.mark.parametrize(("named", "still_paused"), [("GCO", ["UNDP"]), ("UNDP", ["GCO"]), (None, [])])
def test_reminders_are_resumed(client, point, coordinator, named, still_paused):
    personas.lead(point, personas.agency("GCO"))
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")
    parts = {part.agency.acronym: part.pk for part in point.responsibilities.current()}
    typed = {"do": "resume"} | ({"part": parts[named]} if named else {})

    response = personas.sign_in(client, coordinator).post(PAUSE, typed)

    today = timezone.localdate()
    assert response.status_code == 302
    assert [acronym for acronym, (until, _) in paused(point).items() if until and until > today] == still_paused


def test_pause_page_shows_the_current_pause(client, point, focal_point):
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    response = personas.sign_in(client, focal_point).get(PAUSE)

    assert "UNDP : Reminders paused until 1 January 2099: Waits for the budget." in text(response)
    assert response.context["form"]["reason"].value() == "Waits for the budget."


def test_action_point_without_a_lead_has_no_reminders_to_pause(client, db, coordinator):
    personas.action_point()
    personas.sign_in(client, coordinator)

    assert "nobody gets reminders about it" in text(client.get(PAUSE, follow=True))
    assert client.post(PAUSE, {"until": in_30_days().isoformat(), "reason": "Why?"}).status_code == 400


@pytest.mark.parametrize("path", [EDIT, PAUSE])
def test_forms_of_another_agencys_action_point_are_forbidden(client, point, other_focal_point, path):
    personas.sign_in(client, other_focal_point)

    assert [client.get(path).status_code, client.post(path, {"do": "resume"}).status_code] == [403, 403]
