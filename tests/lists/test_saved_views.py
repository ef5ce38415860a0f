"""Saved views, and the filters of the list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actions import responsibilities
from actions.lists.models import MAX_VIEWS, SavedView
from actions.progress import log_progress
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database

LIST = "/agendas/2026/action-points/"
SAVE = "/agendas/2026/views/"


@pytest.fixture
def point(focal_point):
    return personas.action_point()


def test_saved_view_links_to_its_list(client, point, focal_point):
    personas.sign_in(client, focal_point)

    answer = client.post(
        SAVE, {"name": "Due ones", "query": "attention=update_due&sort=silence&after=1~1"}, follow=True
    )

    view = SavedView.objects.get()
    assert view.query == "attention=update_due&sort=silence"
    assert answer.redirect_chain[-1][0] == f"{LIST}?{view.query}"
    assert "Due ones" in text(client.get(LIST))


def test_saved_view_replaces_one_of_the_same_name(client, point, focal_point):
    personas.sign_in(client, focal_point)
    saved, replaced = (
        client.post(SAVE, {"name": "Mine", "query": query}, follow=True) for query in ("issue=1", "issue=2")
    )

    assert "View “Mine” saved." in text(saved)
    assert "View “Mine” replaced by this list." in text(replaced)
    assert list(SavedView.objects.values_list("name", "query")) == [("Mine", "issue=2")]


def test_shared_view_is_visible_to_all_and_removable_only_by_its_owner(client, point, focal_point, other_focal_point):
    personas.sign_in(client, focal_point)
    client.post(SAVE, {"name": "Shared", "query": "issue=1", "is_shared": "on"})
    client.post(SAVE, {"name": "Nobody else", "query": "issue=1"}, follow=True)
    shared = SavedView.objects.get(name="Shared")
    personas.sign_in(client, other_focal_point)
    page = client.get(LIST)

    refused = client.post(f"/views/{shared.pk}/removal/")
    personas.sign_in(client, focal_point)
    client.post(f"/views/{shared.pk}/removal/")

    assert "Shared" in text(page)
    assert "Nobody else" not in text(page)
    assert refused.status_code == 404
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Nobody else"]


def save_views(person, count, **fields):
    agenda = Agenda.objects.get()
    SavedView.objects.bulk_create(
        SavedView(person=person, agenda=agenda, name=f"View {number}", **fields) for number in range(count)
    )


def test_one_person_saves_a_bounded_number_of_views(client, point, focal_point, other_focal_point):
    save_views(focal_point, MAX_VIEWS)
    personas.sign_in(client, focal_point)

    refused = client.post(SAVE, {"name": "One more", "query": "issue=1"})
    replaced = client.post(SAVE, {"name": "View 0", "query": "issue=2"})
    another = personas.sign_in(client, other_focal_point).post(SAVE, {"name": "One more", "query": "issue=1"})

    assert (refused.status_code, replaced.status_code, another.status_code) == (409, 302, 302)
    assert f"You have saved {MAX_VIEWS} views of this agenda already, so this one was not saved." in text(refused)
    assert 'value="One more"' in refused.text
    assert SavedView.objects.filter(person=focal_point).count() == MAX_VIEWS
    assert SavedView.objects.get(name="View 0").query == "issue=2"


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_coordinators_remove_shared_views_but_not_private_ones(client, point, focal_point, role):
    save_views(focal_point, 1, is_shared=True)
    shared = SavedView.objects.get()
    private = SavedView.objects.create(person=focal_point, agenda=shared.agenda, name="Private")
    personas.sign_in(client, personas.person("head@example.org", role=role))
    page = client.get(LIST).text

    answers = [client.post(f"/views/{view.pk}/removal/").status_code for view in (shared, private)]

    assert f"/views/{shared.pk}/removal/" in page
    assert answers == [302, 404]
    assert list(SavedView.objects.all()) == [private]


def test_shared_views_of_deactivated_people_are_not_offered(client, point, focal_point, other_focal_point):
    save_views(focal_point, 1, is_shared=True)
    personas.sign_in(client, other_focal_point)
    before = client.get(LIST)
    focal_point.is_active = False
    focal_point.save(update_fields=["is_active"])

    after = client.get(LIST)

    assert ("View 0" in text(before), "View 0" in text(after)) == (True, False)


@pytest.mark.parametrize(
    "faulty", [{"name": ""}, {"name": "x" * 81}, {"name": "a\x00b"}, {"query": "x" * 2001}, {"query": "q=" + "é" * 900}]
)
def test_faulty_view_is_refused_and_keeps_what_was_typed(client, point, focal_point, faulty):
    personas.sign_in(client, focal_point)

    response = client.post(SAVE, {"name": "Mine", "query": "issue=1"} | faulty)

    assert response.status_code == 400
    assert not SavedView.objects.exists()


def total(client, query):
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200, text(response)
    return response.context["total"]


def test_list_is_filtered_by_focal_point_and_dates(client, point, focal_point):
    today = timezone.localdate()
    other = personas.action_point(number=2)
    personas.assign(point, focal_point)
    log_progress(
        point,
        personas.progress(),
        author=None,
        now=timezone.now(),
        reported_on=PartialDate.day(today - timedelta(days=10)),
    )
    personas.milestone(other, due=(today + timedelta(days=5)).isoformat())
    personas.sign_in(client, focal_point)
    ago = [(today - timedelta(days=days)).isoformat() for days in (9, 10, 11)]

    assert total(client, f"focal_point={focal_point.pk}") == 1
    assert [total(client, f"reported_from={day}") for day in ago] == [0, 1, 1]
    assert [total(client, f"reported_to={day}") for day in ago] == [1, 1, 0]
    assert [total(client, f"due_to={today + timedelta(days=days)}") for days in (4, 5)] == [0, 1]


def test_list_is_a_table_of_the_chosen_columns(client, point, focal_point):
    personas.lead(point, focal_point.agency)
    personas.sign_in(client, focal_point)

    page = client.get(f"{LIST}?columns=owner&columns=silence")

    assert [label for label in page.context["columns"].values() if label] == ["Lead", "Time since the last update"]
    assert "Ref Action point Lead Time since the last update 1.1 Action point 1 UNDP –" in text(page)
    assert client.get(f"{LIST}?columns=secrets").status_code == 400


def test_list_is_sorted_by_status(client, focal_point):
    for number, status in enumerate(["completed", "", "exploring"], 1):
        point = personas.action_point(number=number)
        if status:
            personas.update(point, status=status)
    personas.sign_in(client, focal_point)

    page = client.get(f"{LIST}?sort=status")

    assert [row.code for row in page.context["rows"]] == ["1.2", "1.3", "1.1"]


@pytest.mark.parametrize(
    "query", ["focal_point=x", f"focal_point={10**30}", "reported_from=soon", "reported_to=0000-01-01", "due_to=%00"]
)
def test_faulty_filter_is_reported(client, point, focal_point, query):
    assert personas.sign_in(client, focal_point).get(f"{LIST}?{query}").status_code == 400


def test_visitors_cannot_filter_by_person(client, point, focal_point):
    Agenda.objects.update(visible_to="everybody")

    page, asked = client.get(LIST), client.get(f"{LIST}?focal_point={focal_point.pk}")

    assert 'name="focal_point"' not in page.content.decode()
    assert (page.status_code, asked.status_code) == (200, 400)


@pytest.mark.parametrize(
    ("earlier", "present"), [("silent", "update_due"), ("milestone_passed", "milestone_overdue"), ("snoozed", "paused")]
)
def test_value_of_an_earlier_saved_view_means_what_it_is_called_now(client, joint, coordinator, earlier, present):
    personas.sign_in(client, coordinator)

    old, new = (client.get(f"{LIST}?attention={value}&sort=silence") for value in (earlier, present))

    assert (old.status_code, old.context["total"]) == (200, new.context["total"])
    assert old.context["filters"].chosen() == new.context["filters"].chosen()
    assert new.context["total"] == 1


@pytest.mark.parametrize("value", ["not_reported", "foo", "no progress"])
def test_value_that_is_no_reason_is_refused(client, joint, coordinator, value):
    page = personas.sign_in(client, coordinator).get(f"{LIST}?attention={value}")

    assert page.status_code == 400
    assert f"Needs attention: “{value}” is not one of the choices. Choose from the list." in text(page)


@pytest.fixture
def joint(point):
    """An action point of three agencies: UNDP's update is due, UNSSC's part is completed, the reminders of FAO are paused."""
    today = timezone.localdate()
    personas.lead(point, *map(personas.agency, ("UNDP", "UNSSC")))
    personas.update(point, agency=personas.agency("UNSSC"), status="completed", now=timezone.now())
    paused = personas.lead(point, personas.agency("FAO"), persons=[personas.person("fao@example.org")])
    responsibilities.pause(paused, today + timedelta(days=9), "Waits for the budget.")
    personas.milestone(point, title="Course", due="2020", agency=personas.agency("FAO"))
    return point


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=under_way", 1),
        ("agency=UNDP&status=under_way", 0),
        ("agency=UNDP&status=not_reported", 1),
        ("agency=UNSSC&status=completed", 1),
        ("attention=update_due", 1),
        ("agency=UNDP&attention=update_due", 1),
        ("agency=UNSSC&attention=update_due", 0),
        ("agency=FAO&attention=update_due", 0),
        ("agency=UNSSC&attention=any", 0),
        ("agency=UNDP&attention=milestone_overdue", 0),
        ("agency=FAO&attention=milestone_overdue", 1),
        ("agency=FAO&attention=paused", 1),
        ("agency=UNDP&attention=paused", 0),
        ("owner=nobody&agency=UNSSC", 1),
        ("owner=somebody&agency=UNSSC", 0),
        ("owner=nobody&attention=any", 0),
        ("attention=no_one_responsible", 0),
        ("silent_for=0", 0),
        ("agency=UNSSC&silent_for=0", 0),
        ("agency=UNSSC&reported_from=2020-01-01", 1),
        ("agency=UNDP&reported_from=2020-01-01", 0),
        ("agency=UNDP&due_to=2030-01-01", 0),
    ],
)
def test_filters_look_at_the_chosen_part_of_a_joint_action_point(client, joint, coordinator, query, count):
    assert total(personas.sign_in(client, coordinator), query) == count


def test_list_has_a_row_for_each_part(client, joint, coordinator):
    page = text(personas.sign_in(client, coordinator).get(LIST))

    assert (
        "1.1 Action point 1 3 agencies, each with its part FAO Not reported never Milestone overdue reminders paused"
        in page
    )
    assert "UNDP Not reported never Update due Remind 1.1 UNDP UNSSC Completed" in page


@pytest.mark.parametrize("columns", ["columns=owner&columns=status", "columns=status", "columns=status&columns=issue"])
def test_table_has_a_row_for_each_part(client, joint, coordinator, columns):
    page = personas.sign_in(client, coordinator).get(f"{LIST}?{columns}")

    assert 'rowspan="3"' in page.text
    assert [part in text(page) for part in ("UNDP Not reported", "UNSSC Completed")] == [True, True]
