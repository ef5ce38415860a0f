"""Test for which part of a joint action point people report, and what an update covers."""

from typing import Any

import pytest
from django.urls import reverse

from actions import responsibilities
from actions.models import ActionPoint
from tests import personas
from tests.action_points.progress_form import filled
from tests.actions.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def joint(point, other_focal_point) -> ActionPoint:
    """An action point that UNDP and UNSSC lead, each with its part."""
    personas.lead(point, other_focal_point.agency)
    return point


def choices_of(form: Any) -> dict[str, list[str]]:
    """Return the labels of the agencies that the form offers, by group; those without a group under an empty name."""
    groups: dict[str, list[str]] = {}
    for value, label in form.fields["agency"].choices:
        if isinstance(label, list):
            groups[value] = [each for _pk, each in label]
        else:
            groups.setdefault("", []).append(label)
    return groups


LEADS, OTHERS = "Lead agencies", "Not leading: changes no status"


def test_focal_point_reports_on_the_own_part(client, joint, form_url, other_focal_point):
    form = personas.sign_in(client, other_focal_point).get(form_url).context["form"]

    assert form["agency"].value() == other_focal_point.agency_id
    assert choices_of(form) == {LEADS: ["UNSSC"]}
    assert "covers_all" not in form.fields


def test_person_assigned_to_another_agencys_part_reports_on_it(client, joint, form_url):
    consultant = personas.person("consultant@example.org", agency=personas.agency("WHO"))
    responsibilities.name_persons(joint.responsibilities.get(agency__acronym="UNDP"), [consultant])
    personas.sign_in(client, consultant)

    form = client.get(form_url).context["form"]
    client.post(form_url, filled(consultant, agency=form["agency"].value()))

    assert choices_of(form) == {LEADS: ["UNDP"], OTHERS: ["WHO"]}
    update = joint.progress_updates.get()
    assert (update.agency.acronym, update.author) == ("UNDP", consultant)
    assert client.get(reverse("correct_update", args=["2026", 1, 1, 1])).status_code == 200


def test_focal_point_of_an_agency_below_reports_on_the_part_where_nobody_active_is_named(client, joint, form_url):
    nordic = personas.person("n@example.org", agency=personas.agency("NORDIC", parent=personas.agency("UNDP")))
    personas.sign_in(client, nordic)

    form = client.get(form_url).context["form"]
    for_lead = client.post(form_url, filled(nordic, agency=personas.agency("UNDP").pk))
    for_own = client.post(form_url, filled(nordic, version="1"))

    assert form["agency"].value() == personas.agency("UNDP").pk
    assert choices_of(form) == {LEADS: ["UNDP", "NORDIC, for the part of UNDP"]}
    assert (for_lead.status_code, for_own.status_code) == (302, 302)
    assert [part.status for part in joint.responsibilities.current().with_people()] == ["under_way", "not_reported"]


def test_coordinator_may_report_for_any_agency_or_nobody(client, joint, form_url, coordinator):
    personas.agency("OCHA")
    personas.agency("NORDIC", parent=personas.agency("UNDP"))

    form = personas.sign_in(client, coordinator).get(form_url).context["form"]

    assert form["agency"].value() is None
    assert choices_of(form) == {
        "": ["No agency: it counts for every part"],
        LEADS: ["UNDP", "UNSSC", "NORDIC, for the part of UNDP"],
        OTHERS: ["OCHA"],
    }


def test_only_lead_is_preset_for_coordinators(client, point, form_url, coordinator, focal_point):
    assert (
        personas.sign_in(client, coordinator).get(form_url).context["form"]["agency"].value() == focal_point.agency_id
    )


def test_action_point_without_a_lead_has_no_groups_of_agencies(client, db, coordinator):
    personas.action_point()
    personas.agency("OCHA")

    form = personas.sign_in(client, coordinator).get("/agendas/2026/1.1/updates/").context["form"]

    assert choices_of(form) == {"": ["No agency", "OCHA"]}


def test_address_chooses_a_part(client, joint, form_url, coordinator):
    part = joint.responsibilities.get(agency__acronym="UNSSC")
    personas.sign_in(client, coordinator)

    chosen = [client.get(f"{form_url}?part={each}").context["form"]["agency"].value() for each in (part.pk, "x", 0)]

    assert chosen == [part.agency_id, None, None]


@pytest.mark.parametrize(
    ("agency", "covers_all", "statuses"),
    [
        ("", "", ["under_way", "under_way"]),
        ("UNSSC", "", ["not_reported", "under_way"]),
        ("UNSSC", "on", ["under_way", "under_way"]),
        ("OCHA", "", ["not_reported", "not_reported"]),
        ("OCHA", "on", ["under_way", "under_way"]),
    ],
)
def test_update_counts_for_the_parts_that_it_covers(client, joint, form_url, coordinator, agency, covers_all, statuses):
    personas.sign_in(client, coordinator)
    chosen = personas.agency(agency).pk if agency else ""

    page = client.post(form_url, filled(coordinator, agency=chosen, covers_all=covers_all), follow=True)

    assert [part.status for part in joint.responsibilities.current().with_people()] == statuses
    assert ("OCHA does not lead it, so no status changed." in text(page)) == ("under_way" not in statuses)


@pytest.mark.parametrize("person", ["coordinator", "admin"])
def test_update_on_the_whole_action_point_is_marked(client, joint, form_url, request, person):
    user = request.getfixturevalue(person)
    typed = filled(user, agency=joint.leads[0].pk, covers_all="on")

    page = personas.sign_in(client, user).post(form_url, typed, follow=True)

    assert joint.progress_updates.get().covers_all
    assert "whole action point" in text(page)


def test_update_on_the_whole_action_point_is_refused_from_focal_points(signed_in, joint, form_url, focal_point):
    response = signed_in.post(form_url, filled(focal_point, covers_all="on"))

    assert response.status_code == 400
    assert "Only coordinators report on the whole action point." in text(response)
    assert joint.drafts.get().typed["narrative"] == ["The first course was held."]
    assert not joint.progress_updates.exists()


@pytest.mark.parametrize("agency", ["", "UNSSC", "WHO", "99999999", "1" + "0" * 30, "x"])
def test_report_for_an_agency_that_is_not_offered_is_refused(signed_in, joint, form_url, focal_point, agency):
    chosen = personas.agency(agency).pk if agency in ("UNSSC", "WHO") else agency

    response = signed_in.post(form_url, filled(focal_point, agency=chosen))

    assert (response.status_code, joint.progress_updates.exists()) == (400, False)


def test_correction_may_change_the_part_the_partners_and_whether_it_is_a_piece(client, joint, coordinator):
    update = personas.update(joint, author=coordinator, agency=personas.agency("UNDP"))
    url = reverse("correct_update", args=["2026", 1, 1, update.number])
    unssc = personas.agency("UNSSC")
    changed = {"agency": unssc.pk, "participants": [personas.agency("OCHA").pk], "is_piece": "on", "version": "1"}

    personas.sign_in(client, coordinator).post(url, filled(coordinator, **changed))

    corrected = joint.progress_updates.current().get()
    assert (corrected.agency, corrected.is_piece) == (unssc, True)
    assert [agency.acronym for agency in corrected.participants.all()] == ["OCHA"]
    assert [part.status for part in joint.responsibilities.current().with_people()] == ["not_reported", "under_way"]


@pytest.mark.parametrize(("covers_all", "tried", "status"), [(True, "", 302), (False, "on", 400)])
def test_correction_by_a_focal_point_keeps_whether_it_is_about_the_whole(
    signed_in, joint, focal_point, coordinator, covers_all, tried, status
):
    update = personas.update(joint, author=coordinator, agency=focal_point.agency, covers_all=covers_all)
    url = reverse("correct_update", args=["2026", 1, 1, update.number])

    response = signed_in.post(url, filled(focal_point, version="1", covers_all=tried, narrative="Corrected."))

    assert response.status_code == status
    assert joint.progress_updates.current().get().covers_all == covers_all


def test_author_corrects_an_update_of_an_agency_that_leads_no_more(signed_in, joint, focal_point):
    update = personas.update(joint, author=focal_point, agency=personas.agency("WHO"))
    url = reverse("correct_update", args=["2026", 1, 1, update.number])

    form = signed_in.get(url).context["form"]
    response = signed_in.post(url, filled(focal_point, agency=update.agency_id, version="1"))

    assert (form["agency"].value(), response.status_code) == (update.agency_id, 302)
    assert joint.progress_updates.current().get().agency == update.agency


def test_draft_keeps_for_whom_it_is(client, joint, form_url, coordinator):
    personas.sign_in(client, coordinator)
    chosen = {"agency": personas.agency("UNSSC").pk, "covers_all": "on", "is_piece": "on", "do": "draft"}

    form = client.post(form_url, filled(coordinator, **chosen), follow=True).context["form"]

    assert form["agency"].value() == str(chosen["agency"])
    assert (form["covers_all"].value(), form["is_piece"].value()) == (True, True)
