"""Changing many action points at once: the preview, the change with its history, and undoing it."""

import pytest

from actions.bulk.models import BulkEdit
from actions.models import ActionPoint, Milestone
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

PATH = "/agendas/2026/action-points/changes/"


@pytest.fixture
def points(focal_point):
    found = [personas.action_point(number=number) for number in (1, 2, 3)]
    found[0].lead_agencies.add(focal_point.agency)
    return found


def change(points, kind, **fields):
    return {"points": [point.pk for point in points], "kind": kind} | fields


def make(client, sent):
    """Look at what would change, and make it."""
    return client.post(PATH, sent | {"version": client.post(PATH, sent).context.get("version", "")})


def leads():
    return [
        [agency.acronym for agency in point.lead_agencies.all()] for point in ActionPoint.objects.order_by("number")
    ]


def test_list_leads_to_changing_just_its_action_points(as_coordinator, points):
    page = as_coordinator.get("/agendas/2026/action-points/?owner=nobody")
    following = next(link for link in links(page) if link.startswith(PATH))

    found = as_coordinator.get(following)

    assert [point.number for point in found.context["form"].fields["points"].queryset] == [2, 3]


def test_change_is_shown_before_it_is_made(as_coordinator, points, focal_point):
    preview = as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))

    assert [(row.action_point.number, row.before, row.after) for row in preview.context["changes"]] == [
        (2, "–", "UNDP"),
        (3, "–", "UNDP"),
    ]
    assert leads() == [["UNDP"], [], []]


def test_change_is_made_with_its_history_and_undone(as_coordinator, points, focal_point, coordinator):
    make(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))
    made, history = leads(), points[1].history.order_by("-history_id").first()
    edit = BulkEdit.objects.get()

    answer = as_coordinator.post(f"/action-points/changes/{edit.pk}/undoing/", follow=True)
    again = as_coordinator.post(f"/action-points/changes/{edit.pk}/undoing/", follow=True)

    assert made == [["UNDP"]] * 3
    assert history.history_user == coordinator
    assert leads() == [["UNDP"], [], []]
    assert "2 changes are undone." in text(answer)
    assert "undone already" in text(again)


def test_nothing_else_is_made_than_was_shown(as_coordinator, points, focal_point):
    sent = change(points, "add_lead", agency=focal_point.agency_id)
    plan = as_coordinator.post(PATH, sent).context["version"]

    for other in (sent | {"kind": "remove_lead"}, sent | {"points": [points[1].pk]}, sent | {"version": "x"}):
        assert as_coordinator.post(PATH, {"version": plan} | other).status_code == 409
    points[1].lead_agencies.add(personas.agency("WFP"))
    answer = as_coordinator.post(PATH, sent | {"version": plan})

    assert answer.status_code == 409
    assert "Look again" in text(answer)
    assert leads() == [["UNDP"], ["WFP"], []]


def test_form_itself_only_shows_what_would_change(as_coordinator, points, focal_point):
    page = as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id)).text

    shown, form = page.split("Make these changes")
    assert 'name="version"' in shown
    assert 'name="version"' not in form


def test_undoing_keeps_the_list(as_coordinator, points, focal_point):
    as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))
    make(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))

    answer = as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/?owner=nobody")

    assert answer.url == f"{PATH}?owner=nobody"


def test_undoing_leaves_what_somebody_has_changed_since(as_coordinator, points, focal_point):
    make(as_coordinator, change(points, "remove_lead", agency=focal_point.agency_id))
    make(as_coordinator, change(points[1:], "add_lead", agency=focal_point.agency_id))
    points[0].lead_agencies.add(focal_point.agency)
    first = BulkEdit.objects.order_by("id").first()
    assert first is not None

    answer = as_coordinator.post(f"/action-points/changes/{first.pk}/undoing/", follow=True)

    assert "1 was left" in text(answer)
    assert leads() == [["UNDP"]] * 3


@pytest.mark.parametrize(("kind", "expected"), [("add_focal_point", [1, 1, 1]), ("remove_focal_point", [0, 0, 0])])
def test_focal_points_are_added_and_taken_away(as_coordinator, points, focal_point, kind, expected):
    points[0].focal_points.add(focal_point)

    make(as_coordinator, change(points, kind, person=focal_point.pk))

    assert [point.focal_points.count() for point in points] == expected


def test_open_milestones_get_another_date_and_back(as_coordinator, points):
    for title, fields in (("Open", {}), ("Done", {"done_on": "2026-01"}), ("Yearly", {"repeats_every_months": 12})):
        personas.milestone(points[0], title=title, due="2026-03", **fields)
    make(as_coordinator, change(points, "set_due", due="June 2027"))
    moved = [milestone.due.text for milestone in Milestone.objects.order_by("title")]

    as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/")

    milestone = Milestone.objects.get(title="Open")
    assert moved == ["2026-03", "2027-06", "2026-03"]
    assert (milestone.due.text, milestone.due_latest.isoformat()) == ("2026-03", "2026-03-31")


@pytest.mark.parametrize(
    "faulty",
    [
        {"kind": "delete"},
        {"kind": "add_lead", "agency": ""},
        {"kind": "add_lead", "agency": "999999"},
        {"kind": "add_focal_point", "person": str(10**30)},
        {"kind": "set_due", "due": "soon"},
        {"points": []},
        {"points": ["x"]},
        {"points": [str(10**30)]},
    ],
)
def test_faulty_change_is_refused_and_changes_nothing(as_coordinator, points, focal_point, faulty):
    sent = change(points, "remove_lead", agency=focal_point.agency_id, plan="x") | faulty

    response = as_coordinator.post(PATH, sent)

    assert response.status_code == 400
    assert leads() == [["UNDP"], [], []]
    assert not BulkEdit.objects.exists()


def test_action_points_of_another_agenda_are_out_of_reach(as_coordinator, points, focal_point):
    other = personas.action_point(personas.issue(personas.agenda("2025")))

    response = make(as_coordinator, change([other], "add_lead", agency=focal_point.agency_id))

    assert response.status_code == 400
    assert not other.lead_agencies.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_preview_costs_the_same_for_any_number(as_coordinator, focal_point, django_assert_num_queries, count):
    points = [personas.action_point(number=number) for number in range(1, count + 1)]

    with django_assert_num_queries(20):
        as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))


def test_note_on_a_date_goes_with_the_date_and_comes_back_with_it(as_coordinator, points):
    milestone = Milestone.objects.create(
        action_point=points[0], title="Course", due=PartialDate.parse("2026-04"), due_note="Early April"
    )
    sent = change(points, "set_due", due="June 2027")

    assert "April 2026 (Early April)" in text(as_coordinator.post(PATH, sent))
    make(as_coordinator, sent)
    milestone.refresh_from_db()
    assert (milestone.due.text, milestone.due_note) == ("2027-06", "")

    as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/")
    milestone.refresh_from_db()
    assert (milestone.due.text, milestone.due_note) == ("2026-04", "Early April")


@pytest.mark.parametrize("query", ["statsu=under_way", "as_of=2026-03-31", "status=foo"])
def test_what_is_not_understood_is_said_before_more_is_changed_than_meant(as_coordinator, points, query):
    page = as_coordinator.get(f"{PATH}?{query}")

    assert page.status_code == 400
    assert "could not be understood" in text(page)


def test_list_of_a_day_that_has_gone_by_leads_to_no_changes(as_coordinator, points):
    assert PATH in as_coordinator.get("/agendas/2026/action-points/").text
    assert PATH not in as_coordinator.get("/agendas/2026/action-points/?as_of=2026-03-31").text
