"""Tests of the forms for agendas, issues and action points."""

import pytest
from django.utils import timezone

from actions.models import ActionPoint
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database

AGENDA = "/agendas/2026/"
ADD_ISSUE = f"{AGENDA}issues/"
ADD_POINT = f"{AGENDA}issues/1/action-points/"


@pytest.fixture
def signed_in(client, coordinator):
    personas.action_point()
    return personas.sign_in(client, coordinator)


def test_issue_and_action_point_are_added(signed_in, focal_point, coordinator):
    added = signed_in.post(ADD_ISSUE, {"number": "2", "title": "Capacity", "rationale": "Staff **need** it."})
    response = signed_in.post(
        f"{AGENDA}issues/2/action-points/",
        {
            "number": "1",
            "title": "Joint training",
            "lead_agencies": [focal_point.agency.pk],
            "focal_points": [focal_point.pk],
        },
        follow=True,
    )

    assert (added.status_code, added.url) == (302, f"{AGENDA}issues/2/")
    point = ActionPoint.objects.get(issue__number=2)
    assert (point.reference, point.title) == ("2026/2.1", "Joint training")
    assert (personas.leads(point), personas.persons(point)) == ([focal_point.agency], [focal_point])
    assert "Joint training" in text(response)
    assert {row.history_user for row in point.history.all()} == {coordinator}


@pytest.mark.parametrize(
    ("state", "agreed_on", "typed", "since", "is_added"),
    [
        ("open", "2020-05", "", None, True),
        ("draft", "2020-05", "", "2020-05", False),
        ("draft", None, "", None, False),
        ("draft", "2020-05", "2019", "2019", False),
        ("open", "2020-05", "1st quarter of 2019", "2019-33", True),
    ],
)
def test_lead_of_an_added_action_point_begins(signed_in, focal_point, state, agreed_on, typed, since, is_added):
    """Without a typed date it leads from the agreement in a draft, otherwise from today."""
    Agenda.objects.update(state=state, agreed_on=agreed_on)
    form = {"number": "2", "title": "Joint training", "lead_agencies": [focal_point.agency_id], "since": typed}

    signed_in.post(ADD_POINT, form)

    point, today = ActionPoint.objects.get(number=2), timezone.localdate()
    assert point.responsibilities.get().since == PartialDate.parse(since or today.isoformat())
    assert point.added_on == (today if is_added else None)


@pytest.mark.parametrize(
    "changed", [{"title": "Other"}, {"lead_agencies": []}, {"focal_points": []}, {"description": "More."}]
)
def test_adding_the_same_action_point_twice_stores_it_once(signed_in, focal_point, changed):
    form = {
        "number": "2",
        "title": "Joint training",
        "lead_agencies": [focal_point.agency_id],
        "focal_points": [focal_point.pk],
    }

    answers = [signed_in.post(ADD_POINT, sent).status_code for sent in (form, form, form | changed)]

    assert answers == [302, 302, 400]
    assert ActionPoint.objects.count() == 2


def test_next_number_is_offered(signed_in):
    personas.action_point(number=7)

    assert signed_in.get(ADD_ISSUE).context["form"]["number"].value() == 2
    assert signed_in.get(ADD_POINT).context["form"]["number"].value() == 8


@pytest.mark.parametrize("address", [ADD_ISSUE, ADD_POINT])
@pytest.mark.parametrize("number", ["1", "0", "1000", "-1", "x", ""])
def test_duplicate_or_invalid_number_is_refused_and_the_input_kept(signed_in, address, number):
    response = signed_in.post(address, {"number": number, "title": "Typed with care", "lead_agencies": ["junk"]})

    assert response.status_code == 400
    assert 'value="Typed with care"' in response.content.decode()
    assert (Issue.objects.count(), ActionPoint.objects.count()) == (1, 1)


def test_issue_is_edited_and_keeps_its_number(signed_in):
    response = signed_in.post(f"{AGENDA}issues/1/edit/", {"number": "9", "title": "Guidelines", "rationale": ""})

    issue = Issue.objects.get()
    assert (response.status_code, issue.number, issue.title) == (302, 1, "Guidelines")


def test_agenda_is_edited(signed_in):
    wanted = {
        "title": "Agenda 2026",
        "introduction": "Agreed in Geneva.",
        "agreed_on": "2026-02",
        "reporting_period": "2026",
        "silence_days": "120",
        "visible_to": "everybody",
        "confirm_everybody": "on",
        "language": "en",
    }

    response = signed_in.post(f"{AGENDA}edit/", wanted)

    agenda = Agenda.objects.get()
    assert (response.status_code, response.url) == (302, AGENDA)
    assert (agenda.title, agenda.introduction, agenda.silence_days) == ("Agenda 2026", "Agreed in Geneva.", 120)
    assert (agenda.agreed_on.text, agenda.visible_to, agenda.state) == ("2026-02", "everybody", "open")


def test_agenda_form_says_how_often_updates_are_asked_for(signed_in):
    assert "Updates are asked for every ... days" in text(signed_in.get(f"{AGENDA}edit/"))


@pytest.mark.parametrize(
    "invalid", [{"title": ""}, {"silence_days": "0"}, {"visible_to": "mars"}, {"agreed_on": "soon"}]
)
def test_invalid_agenda_input_is_refused_and_kept(signed_in, invalid):
    before = Agenda.objects.get()
    typed = {"title": "Agenda", "introduction": "Typed with care.", "silence_days": "90", "visible_to": "network"}

    response = signed_in.post(f"{AGENDA}edit/", typed | invalid)

    assert response.status_code == 400
    assert "Typed with care." in text(response)
    assert Agenda.objects.get().title == before.title


def test_editing_an_agenda_after_another_person_shows_both_texts(signed_in):
    seen = signed_in.get(f"{AGENDA}edit/").context["form"]["version"].value()
    agenda = Agenda.objects.get()
    agenda.introduction = "By another."
    agenda.save()

    typed = {
        "title": agenda.title,
        "introduction": "Mine.",
        "silence_days": "90",
        "visible_to": "network",
        "version": seen,
    }
    response = signed_in.post(f"{AGENDA}edit/", typed)

    assert response.status_code == 409
    assert "By another." in text(response)
    assert "Mine." in text(response)
    assert Agenda.objects.get().introduction == "By another."


def test_pages_link_to_the_forms_for_coordinators_only(client, coordinator, focal_point):
    personas.action_point()
    for person, shown in ((coordinator, True), (focal_point, False)):
        personas.sign_in(client, person)
        agenda, issue = (client.get(page).content.decode() for page in (AGENDA, f"{AGENDA}issues/1/"))

        assert (f'href="{ADD_ISSUE}"' in agenda, f'href="{AGENDA}edit/"' in agenda) == (shown, shown)
        assert (f'href="{ADD_POINT}"' in issue, f'href="{AGENDA}issues/1/edit/"' in issue) == (shown, shown)


def test_empty_agenda_links_to_adding_its_first_issue(client, coordinator):
    personas.agenda()
    personas.sign_in(client, coordinator)

    assert f'href="{ADD_ISSUE}"' in client.get(AGENDA).content.decode()


def test_text_of_a_signed_out_person_is_restored_after_signing_in(client, coordinator, focal_point):
    personas.action_point()
    client.post(ADD_POINT, {"number": "5", "title": "Typed", "focal_points": [focal_point.pk, coordinator.pk]})
    personas.sign_in(client, coordinator)

    form = client.get(ADD_POINT).context["form"]

    assert (form["number"].value(), form["title"].value()) == ("5", "Typed")
    assert form["focal_points"].value() == [str(focal_point.pk), str(coordinator.pk)]
