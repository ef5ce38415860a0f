"""Tests of bulk edits: the preview, the edit with its history, and undo."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from actions.bulk.models import BulkEdit
from actions.models import ActionPoint, Milestone, Responsibility
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate

PATH = "/agendas/2026/action-points/changes/"


@pytest.fixture
def points(focal_point):
    points = [personas.action_point(number=number) for number in (1, 2, 3)]
    personas.lead(points[0], focal_point.agency)
    return points


def change(points, kind, **fields):
    return {"points": [point.pk for point in points], "kind": kind} | fields


def apply_edit(client, data):
    """Preview the edit, then apply it."""
    return client.post(PATH, data | {"version": client.post(PATH, data).context.get("version", "")})


def leads():
    return [[agency.acronym for agency in personas.leads(point)] for point in ActionPoint.objects.order_by("number")]


LIST = "/agendas/2026/action-points/"


def test_list_leads_to_a_page_for_its_ticked_action_points(as_coordinator, points):
    page = as_coordinator.get(f"{LIST}?owner=nobody")
    assert f'action="{PATH}"' in page.text
    assert page.text.count('name="points"') == 2

    ticked = as_coordinator.get(f"{PATH}?owner=nobody&points={points[2].pk}&kind=add_lead")
    nothing = as_coordinator.get(f"{PATH}?owner=nobody&kind=add_lead")
    everything = as_coordinator.get(f"{PATH}?owner=nobody&points=all&kind=add_lead")

    offered = [
        [point.number for point in response.context["form"].fields["points"].queryset]
        for response in (ticked, nothing, everything)
    ]
    assert offered == [[3], [2, 3], [2, 3]]
    assert [response.text.count(" checked") for response in (ticked, nothing, everything)] == [1, 0, 2]
    assert "Add a lead agency" in text(ticked)


def test_changes_are_previewed(as_coordinator, points, focal_point):
    preview = as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))

    assert [(row.action_point.number, row.before, row.after) for row in preview.context["changes"]] == [
        (2, "–", "UNDP"),
        (3, "–", "UNDP"),
    ]
    assert leads() == [["UNDP"], [], []]


def test_edit_is_applied_with_history_and_undone(as_coordinator, points, focal_point, coordinator):
    apply_edit(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))
    edited, history = leads(), points[1].responsibilities.get().history.get()
    edit = BulkEdit.objects.get()

    answer = as_coordinator.post(f"/action-points/changes/{edit.pk}/undoing/", follow=True)
    again = as_coordinator.post(f"/action-points/changes/{edit.pk}/undoing/", follow=True)

    assert edited == [["UNDP"]] * 3
    assert history.history_user == coordinator
    assert leads() == [["UNDP"], [], []]
    assert "2 changes are undone." in text(answer)
    assert "undone already" in text(again)


def test_edit_that_differs_from_the_preview_is_refused(as_coordinator, points, focal_point):
    data = change(points, "add_lead", agency=focal_point.agency_id)
    version = as_coordinator.post(PATH, data).context["version"]

    for other in (data | {"kind": "remove_lead"}, data | {"points": [points[1].pk]}, data | {"version": "x"}):
        assert as_coordinator.post(PATH, {"version": version} | other).status_code == 409
    personas.lead(points[1], personas.agency("WFP"))
    response = as_coordinator.post(PATH, data | {"version": version})

    assert response.status_code == 409
    assert "Check the new preview below." in text(response)
    assert leads() == [["UNDP"], ["WFP"], []]


def test_form_without_a_preview_changes_nothing(as_coordinator, points, focal_point):
    page = as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id)).text

    shown, form = page.split("Make these changes")
    assert 'name="version"' in shown
    assert 'name="version"' not in form


def test_undo_returns_to_the_list(as_coordinator, points, focal_point):
    as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))
    apply_edit(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))

    answer = as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/?owner=nobody&page=1")

    assert answer.url == f"{LIST}?owner=nobody&page=1"


def test_undo_keeps_later_changes_by_others(as_coordinator, points, focal_point):
    apply_edit(as_coordinator, change(points, "remove_lead", agency=focal_point.agency_id))
    apply_edit(as_coordinator, change(points[1:], "add_lead", agency=focal_point.agency_id))
    personas.lead(points[0], focal_point.agency)
    first = BulkEdit.objects.order_by("id").first()
    assert first is not None

    answer = as_coordinator.post(f"/action-points/changes/{first.pk}/undoing/", follow=True)

    assert "Nothing was undone: somebody has changed it since." in text(answer)
    assert leads() == [["UNDP"]] * 3


@pytest.mark.parametrize(("kind", "expected"), [("add_focal_point", [1, 1, 1]), ("remove_focal_point", [0, 0, 0])])
def test_focal_points_are_added_and_removed(as_coordinator, points, focal_point, kind, expected):
    personas.assign(points[0], focal_point)

    apply_edit(as_coordinator, change(points, kind, person=focal_point.pk))

    assert [len(personas.persons(point)) for point in points] == expected


def test_dates_of_open_milestones_are_changed_and_restored(as_coordinator, points):
    for title, fields in (("Open", {}), ("Done", {"done_on": "2026-01"}), ("Yearly", {"repeats_every_months": 12})):
        personas.milestone(points[0], title=title, due="2026-03", **fields)
    apply_edit(as_coordinator, change(points, "set_due", due="June 2027"))
    moved = [milestone.due.text for milestone in Milestone.objects.order_by("title")]

    as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/")

    milestone = Milestone.objects.get(title="Open")
    assert moved == ["2026-03", "2027-06", "2026-03"]
    assert (milestone.due.text, milestone.due_latest.isoformat()) == ("2026-03", "2026-03-31")


@pytest.mark.parametrize(
    "invalid",
    [
        {"kind": "delete"},
        {"kind": "add_lead", "agency": ""},
        {"kind": "add_lead", "agency": "999999"},
        {"kind": "add_focal_point", "person": str(10**30)},
        {"kind": "set_due", "due": "soon"},
        {"kind": "pause", "until": "", "reason": "Waits."},
        {"kind": "pause", "until": "2099-01-01", "reason": ""},
        {"kind": "pause", "until": "2006-01-01", "reason": "Waits."},
        {"kind": "pause", "until": "2999-01-01", "reason": "Waits."},
        {"kind": "pause", "until": "soon", "reason": "Waits."},
        {"points": []},
        {"points": ["x"]},
        {"points": [str(10**30)]},
    ],
)
def test_invalid_edit_is_refused(as_coordinator, points, focal_point, invalid):
    data = change(points, "remove_lead", agency=focal_point.agency_id, plan="x") | invalid

    response = as_coordinator.post(PATH, data)

    assert response.status_code == 400
    assert leads() == [["UNDP"], [], []]
    assert not BulkEdit.objects.exists()


def test_action_points_of_another_agenda_are_refused(as_coordinator, points, focal_point):
    other = personas.action_point(personas.issue(personas.agenda("2025")))

    response = apply_edit(as_coordinator, change([other], "add_lead", agency=focal_point.agency_id))

    assert response.status_code == 400
    assert not personas.leads(other)


@pytest.mark.parametrize("count", [2, 4])
def test_preview_has_a_fixed_number_of_queries(as_coordinator, focal_point, django_assert_num_queries, count):
    points = [personas.action_point(number=number) for number in range(1, count + 1)]

    with django_assert_num_queries(16):
        as_coordinator.post(PATH, change(points, "add_lead", agency=focal_point.agency_id))


def test_due_note_is_removed_with_the_date_and_restored_with_it(as_coordinator, points):
    milestone = Milestone.objects.create(
        action_point=points[0], title="Course", due=PartialDate.parse("2026-04"), due_note="Early April"
    )
    data = change(points, "set_due", due="June 2027")

    assert "April 2026 (Early April)" in text(as_coordinator.post(PATH, data))
    apply_edit(as_coordinator, data)
    milestone.refresh_from_db()
    assert (milestone.due.text, milestone.due_note) == ("2027-06", "")

    as_coordinator.post(f"/action-points/changes/{BulkEdit.objects.get().pk}/undoing/")
    milestone.refresh_from_db()
    assert (milestone.due.text, milestone.due_note) == ("2026-04", "Early April")


@pytest.mark.parametrize("query", ["statsu=under_way", "as_of=2026-03-31", "status=foo"])
def test_invalid_filters_are_refused(as_coordinator, points, query):
    page = as_coordinator.get(f"{PATH}?{query}")

    assert page.status_code == 400
    assert "could not be understood" in text(page)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("add_lead", {"agency": "FAO"}, "FAO now leads 1.1, 1.2, 1.3."),
        ("remove_lead", {"agency": "UNDP"}, "UNDP no longer leads 1.1."),
        ("add_focal_point", {}, "Focal.Undp is now assigned to 1.1, 1.2, 1.3."),
        ("pause", {"until": "", "reason": "Waits."}, "Reminders are paused until"),
        ("set_due", {"due": "June 2027"}, "The milestone date is now June 2027: 1.1."),
    ],
)
def test_message_says_what_changed_and_undoes_it(as_coordinator, points, focal_point, kind, fields, message):
    personas.milestone(points[0], due="2026-03")
    data = change(points, kind, **fields)
    if kind.endswith("lead"):
        data["agency"] = personas.agency(fields["agency"]).pk
    elif kind == "add_focal_point":
        data["person"] = focal_point.pk
    elif kind == "pause":
        data["until"] = (timezone.localdate() + timedelta(days=9)).isoformat()
    before = story(points)
    apply_edit(as_coordinator, data)
    edited = story(points)

    page = as_coordinator.get(LIST)
    (address,) = re.findall(r'action="(/action-points/changes/[0-9]+/undoing/[^"]*)"', page.text)
    as_coordinator.post(address)

    assert message in text(page)
    assert edited != before
    assert story(points) == before


def story(points):
    """What bulk edits change of these action points."""
    parts = Responsibility.objects.current().order_by("action_point", "agency__acronym")
    return [
        (
            part.action_point_id,
            part.agency.acronym,
            part.paused_until,
            sorted(part.persons.values_list("pk", flat=True)),
        )
        for part in parts
    ], list(Milestone.objects.order_by("pk").values_list("due", flat=True))


def test_single_action_point_is_changed_without_a_preview(as_coordinator, points, focal_point):
    answer = as_coordinator.post(
        f"{PATH}?issue=1&sort=status", change(points[1:2], "add_lead", agency=focal_point.agency_id)
    )

    assert answer.url == f"{LIST}?issue=1&sort=status"
    assert leads() == [["UNDP"], ["UNDP"], []]


def test_only_who_made_a_change_undoes_it(as_coordinator, points, focal_point, admin):
    apply_edit(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))
    edit = BulkEdit.objects.get()

    refused = personas.sign_in(Client(), admin).post(f"/action-points/changes/{edit.pk}/undoing/")

    assert refused.status_code == 403
    assert "Only the person who made a change can undo it." in text(refused)
    assert leads() == [["UNDP"]] * 3


def test_change_can_be_undone_for_a_day(as_coordinator, points, focal_point):
    apply_edit(as_coordinator, change(points, "add_lead", agency=focal_point.agency_id))
    BulkEdit.objects.update(made_at=timezone.now() - timedelta(hours=25))

    answer = undo_last(as_coordinator)

    assert "Nothing was undone; change it by hand." in text(answer)
    assert "/undoing/" not in as_coordinator.get(PATH).text
    assert leads() == [["UNDP"]] * 3


def test_past_list_offers_no_bulk_edit(as_coordinator, points):
    assert PATH in as_coordinator.get("/agendas/2026/action-points/").text
    assert PATH not in as_coordinator.get("/agendas/2026/action-points/?as_of=2026-03-31").text


def undo_last(client):
    return client.post(f"/action-points/changes/{BulkEdit.objects.latest('pk').pk}/undoing/", follow=True)


def persons_by_agency():
    """The persons of each current part, by reference and acronym."""
    parts = Responsibility.objects.current().with_people().order_by("action_point__number", "agency__acronym")
    return [
        (part.action_point.number, part.agency.acronym, [str(each) for each in part.persons.all()]) for part in parts
    ]


def test_person_is_assigned_to_the_part_of_the_own_agency(as_coordinator, points, focal_point):
    fao = personas.person("fao@example.org", agency=personas.agency("FAO"))
    personas.lead(points[1], personas.agency("FAO"), personas.agency("UNDP"))
    data = change(points, "add_focal_point", person=fao.pk)

    preview = as_coordinator.post(PATH, data)
    apply_edit(as_coordinator, data)
    assigned = persons_by_agency()
    undo_last(as_coordinator)

    assert [(row.before, row.after) for row in preview.context["changes"]] == [
        ("–", "FAO: Fao"),
        ("FAO: –", "FAO: Fao"),
        ("–", "FAO: Fao"),
    ]
    assert assigned == [
        (1, "FAO", ["Fao"]),
        (1, "UNDP", []),
        (2, "FAO", ["Fao"]),
        (2, "UNDP", []),
        (3, "FAO", ["Fao"]),
    ]
    assert persons_by_agency() == [(1, "UNDP", []), (2, "FAO", []), (2, "UNDP", [])]


def test_person_without_an_agency_needs_a_lead(as_coordinator, points, coordinator):
    refused = as_coordinator.post(PATH, change(points, "add_focal_point", person=coordinator.pk))
    accepted = as_coordinator.post(PATH, change(points[:1], "add_focal_point", person=coordinator.pk))

    assert (refused.status_code, accepted.status_code) == (400, 302)
    assert "No agency leads 1.2, 1.3, and Coordinator belongs to none." in text(refused)


def test_person_is_removed_from_every_part_and_put_back(as_coordinator, points, focal_point):
    personas.lead(points[0], personas.agency("FAO"), personas.agency("UNDP"), persons=[focal_point])
    before = persons_by_agency()

    apply_edit(as_coordinator, change(points, "remove_focal_point", person=focal_point.pk))
    removed = persons_by_agency()
    undo_last(as_coordinator)

    assert removed == [(1, "FAO", []), (1, "UNDP", [])]
    assert persons_by_agency() == before


def test_undo_of_a_removed_lead_restores_its_part(as_coordinator, points, focal_point):
    part = personas.lead(points[0], focal_point.agency, persons=[focal_point])
    personas.update(points[0], agency=focal_point.agency)

    apply_edit(as_coordinator, change(points, "remove_lead", agency=focal_point.agency_id))
    ended = Responsibility.objects.get(pk=part.pk).until
    undo_last(as_coordinator)

    restored = Responsibility.objects.get()
    assert ended == timezone.localdate()
    assert (restored.pk, restored.until, restored.status) == (part.pk, None, "under_way")
    assert persons_by_agency() == [(1, "UNDP", [str(focal_point)])]


def test_undo_leaves_a_lead_that_leads_again(as_coordinator, points, focal_point):
    apply_edit(as_coordinator, change(points, "remove_lead", agency=focal_point.agency_id))
    personas.lead(points[0], focal_point.agency)

    answer = undo_last(as_coordinator)

    assert "Nothing was undone: somebody has changed it since." in text(answer)
    assert leads() == [["UNDP"], [], []]


@pytest.mark.parametrize(("agency", "paused"), [("", ["FAO", "UNDP"]), ("FAO", ["FAO"]), ("WFP", [])])
def test_reminders_of_parts_are_paused_and_resumed(as_coordinator, points, agency, paused):
    personas.lead(points[0], personas.agency("FAO"))
    until = timezone.localdate() + timedelta(days=30)
    target = personas.agency(agency).pk if agency else ""
    data = change(points, "pause", until=until.isoformat(), reason="Waits for the budget.", agency=target)

    apply_edit(as_coordinator, data)
    stored = paused_parts()
    if paused:
        undo_last(as_coordinator)

    assert stored == [(acronym, until, "Waits for the budget.") for acronym in paused]
    assert paused_parts() == []


def paused_parts():
    parts = Responsibility.objects.exclude(paused_until=None).order_by("agency__acronym")
    return list(parts.values_list("agency__acronym", "paused_until", "pause_reason"))


def test_undo_of_a_pause_restores_the_one_before(as_coordinator, points):
    today = timezone.localdate()
    personas.pause(points[0], today + timedelta(days=5), "Was away.")
    data = change(points, "pause", until=(today + timedelta(days=30)).isoformat(), reason="Waits.")

    assert f"UNDP: until {date_format(today + timedelta(days=5))}: Was away." in text(as_coordinator.post(PATH, data))
    apply_edit(as_coordinator, data)
    undo_last(as_coordinator)

    assert paused_parts() == [("UNDP", today + timedelta(days=5), "Was away.")]


def test_undo_leaves_a_pause_that_was_changed(as_coordinator, points):
    day = timezone.localdate() + timedelta(days=30)
    apply_edit(as_coordinator, change(points, "pause", until=day.isoformat(), reason="Waits."))
    personas.pause(points[0], day, "Another reason.")

    answer = undo_last(as_coordinator)

    assert "Nothing was undone: somebody has changed it since." in text(answer)
    assert BulkEdit.objects.get().undone_at is None
    assert paused_parts() == [("UNDP", day, "Another reason.")]


def test_parts_that_have_ended_are_not_paused(as_coordinator, points):
    personas.update(points[0], status="completed")
    day = timezone.localdate() + timedelta(days=30)

    preview = as_coordinator.post(PATH, change(points, "pause", until=day.isoformat(), reason="Waits."))

    assert preview.context["changes"] == []
