"""Tests of the set-up of an agenda: naming, agencies, people, leads, opening."""

import pytest
from django.utils import timezone

from actions.models import ActionPoint
from actions.reminders.models import ReminderSchedule
from actions.setup.models import QueuedInvitation
from actions.setup.naming import split_names
from actions.setup.opening import OpeningError, open_agenda
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tracker.enumerations import COMMAS
from tracker.people.models import AccountMail, Agency, User

pytestmark = pytest.mark.one_database

BASE = "/agendas/2027/set-up/"
PERSON = {"name": "Ada", "email": "Ada@example.org", "language": "fr"}


@pytest.fixture
def draft(db):
    return personas.agenda("2027", title="Agenda of 2027", state="draft", opened_on=None)


@pytest.fixture
def point(draft):
    return personas.action_point(personas.issue(draft))


def missing(response) -> list[str]:
    return [step.missing for step in response.context["steps"]]


@pytest.mark.parametrize(("begin", "leads_to"), [("paste", "/agendas/2027/outline/"), ("empty", "/agendas/2027/")])
def test_new_agenda_begins_as_a_draft(as_coordinator, begin, leads_to):
    personas.agenda("2026")
    offered = as_coordinator.get("/new-agenda/")

    response = as_coordinator.post(
        "/new-agenda/", {"slug": "2027", "title": "Agenda of 2027", "language": "fr", "begin": begin}
    )

    assert offered.context["form"]["slug"].value() == 2027
    assert (response.status_code, response.url) == (302, leads_to)
    agenda = Agenda.objects.get(slug="2027")
    assert (agenda.state, agenda.language) == ("draft", "fr")
    assert "Continue the set-up" in text(as_coordinator.get("/agendas/2027/"))


@pytest.mark.parametrize("typed", [{}, {"slug": "2026", "title": "Twice"}, {"slug": "a b", "title": "x"}])
def test_new_agenda_with_a_wrong_name_is_refused(as_coordinator, typed):
    personas.agenda("2026")

    assert as_coordinator.post("/new-agenda/", typed).status_code == 400
    assert Agenda.objects.count() == 1


def test_steps_say_what_is_missing(as_coordinator, point):
    personas.lead(point, personas.agency("WFP"))
    personas.action_point(point.issue, 2)

    response = as_coordinator.get(f"{BASE}agencies/")

    assert missing(response) == [
        "2 action points",
        "1 agency in this agenda",
        "1 agency has no focal point",
        "1 has no lead",
        "Focal points see it; reminders start",
    ]
    assert [step.is_done for step in response.context["steps"]] == [True, True, False, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_steps_need_a_number_of_queries_that_stays_the_same(as_coordinator, draft, django_assert_num_queries, count):
    for number in range(1, count + 1):
        point = personas.action_point(personas.issue(draft), number, description="WFP and UNDP")
        personas.lead(point, personas.agency(f"A{number}"))
        personas.update(point, agency=personas.agency(f"A{number}"))

    for page, queries in {"agencies": 14, "people": 17, "leads": 15, "opening": 16}.items():
        with django_assert_num_queries(queries):
            as_coordinator.get(f"{BASE}{page}/")


def test_coordinator_adds_an_agency(as_coordinator, draft):
    refused = as_coordinator.post(f"{BASE}agencies/", {"acronym": "N V", "name": "Nova", "kind": "un"})
    as_coordinator.post(f"{BASE}agencies/", {"acronym": "NOVA", "name": "Nova", "kind": "outside"})
    elsewhere = as_coordinator.post("/people/agencies/", {"acronym": "MOVA", "name": "Mova", "kind": "un"})

    assert (refused.status_code, refused.context["form"]["name"].value()) == (400, "Nova")
    assert Agency.objects.get(acronym="NOVA").kind == "outside"
    assert elsewhere.url == "/agencies/MOVA/"


def test_invitation_is_queued_and_can_be_removed(as_coordinator, point):
    agency = personas.agency("WFP")
    personas.lead(point, agency)

    as_coordinator.post(f"{BASE}people/", PERSON | {"agency": agency.pk})
    page = as_coordinator.get(f"{BASE}people/")
    twice = as_coordinator.post(f"{BASE}people/", PERSON | {"agency": agency.pk})

    queued = QueuedInvitation.objects.get()
    assert (queued.email, queued.language) == ("ada@example.org", "fr")
    assert missing(page)[2] == "1 invitation queued"
    assert not User.objects.filter(name="Ada").exists()
    assert (twice.status_code, AccountMail.objects.count()) == (400, 0)
    as_coordinator.post(f"{BASE}people/", {"remove": queued.pk})
    assert not QueuedInvitation.objects.exists()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"email": "co@example.org"}, "in the directory already"),
        ({"email": "no address"}, "valid email"),
        ({"name": ""}, "needed"),
        ({"agency": "99999"}, "Not saved yet"),
        ({"language": "xx"}, "Not saved yet"),
    ],
)
def test_invitation_with_a_fault_is_refused(as_coordinator, draft, changed, error):
    personas.person("co@example.org")

    response = as_coordinator.post(f"{BASE}people/", PERSON | {"agency": personas.agency().pk} | changed)

    assert response.status_code == 400
    assert error in text(response)
    assert not QueuedInvitation.objects.exists()


def test_leads_are_typed_or_ticked(as_coordinator, point):
    for acronym in ("UNDP", "WFP", "WHO"):
        personas.agency(acronym)
    ActionPoint.objects.update(description="With WHO and UNDP.")
    personas.lead(point, personas.agency("UNDP"))
    page = as_coordinator.get(f"{BASE}leads/")
    name, ticked = f"lead-{point.pk}", f"named-{point.pk}"

    refused = as_coordinator.post(f"{BASE}leads/", {name: "WFP, NOVA"})
    response = as_coordinator.post(f"{BASE}leads/", {name: " wfp; ", ticked: ["WHO"]})

    assert page.context["form"][name].value() == "UNDP"
    assert f'name="{ticked}" value="WHO"' in page.text
    assert (refused.status_code, refused.context["form"][name].value()) == (400, "WFP, NOVA")
    assert "There is no agency NOVA." in text(refused)
    assert response.url == f"{BASE}opening/"
    assert [agency.acronym for agency in personas.leads(point)] == ["WFP", "WHO"]


@pytest.mark.parametrize("comma", COMMAS)
def test_agencies_are_told_apart_by_the_commas_of_all_languages(as_coordinator, point, comma):
    for acronym in ("UNDP", "WFP"):
        personas.agency(acronym)

    as_coordinator.post(f"{BASE}leads/", {f"lead-{point.pk}": f"UNDP{comma} WFP"})

    assert split_names(f"UNDP{comma}WFP") == ["UNDP", "WFP"]
    assert [agency.acronym for agency in personas.leads(point)] == ["UNDP", "WFP"]


def test_opening_sends_the_queued_invitations(as_coordinator, point, coordinator, django_capture_on_commit_callbacks):
    agency, existing = personas.agency("WFP"), personas.person("known@example.org")
    for email in ("ada@example.org", existing.email):
        QueuedInvitation.objects.create(
            agenda=point.issue.agenda, name="Ada", email=email, agency=agency, queued_by=coordinator
        )

    with django_capture_on_commit_callbacks() as callbacks:
        response = as_coordinator.post(f"{BASE}opening/", {"visible_to": "network"}, follow=True)

    person = User.objects.get(email="ada@example.org")
    assert (person.role, person.agency, person.has_usable_password()) == ("focal_point", agency, False)
    assert [mail.person for mail in AccountMail.objects.all()] == [person]
    assert len(callbacks) >= 1
    assert not QueuedInvitation.objects.exists()
    shown = text(response)
    assert "“Agenda of 2027” is open." in shown
    assert "1 invitation is on its way." in shown
    assert "no mail was sent: known@example.org" in shown


@pytest.mark.parametrize(
    ("typed", "status", "state"),
    [
        ({"visible_to": "everybody"}, 400, "draft"),
        ({"visible_to": "everybody", "confirm_everybody": "on"}, 302, "open"),
        ({"visible_to": "network"}, 302, "open"),
        ({"visible_to": "nobody"}, 400, "draft"),
        ({}, 400, "draft"),
    ],
)
def test_opening_to_everybody_asks_first(as_coordinator, point, typed, status, state):
    response = as_coordinator.post(f"{BASE}opening/", typed)

    agenda = Agenda.objects.get()
    assert (response.status_code, agenda.state) == (status, state)
    if status == 400 and typed.get("visible_to") == "everybody":
        assert "Tick this to make the agenda visible to everybody" in text(response)
        assert "without signing in. Names and addresses of people stay hidden." in text(response)


@pytest.mark.parametrize("confirmed", [False, True])
def test_editing_an_agenda_asks_before_it_becomes_visible_to_everybody(as_coordinator, confirmed):
    agenda = personas.agenda("2026")
    typed = {"title": "Agenda", "silence_days": "30", "language": "en", "visible_to": "everybody"} | (
        {"confirm_everybody": "on"} if confirmed else {}
    )

    response = as_coordinator.post("/agendas/2026/edit/", typed)

    agenda.refresh_from_db()
    assert (response.status_code, agenda.visible_to) == ((302, "everybody") if confirmed else (400, "network"))
    if confirmed:
        assert as_coordinator.post("/agendas/2026/edit/", typed | {"confirm_everybody": ""}).status_code == 302


def test_opening_closes_the_agenda_before_if_that_is_chosen(point, coordinator):
    before = personas.agenda("2026")
    Agenda.objects.filter(slug="2027").update(follows=before)
    ReminderSchedule.objects.create(agenda=point.issue.agenda, starts_on=personas.LONG_AGO)
    today, agenda = timezone.localdate(), Agenda.objects.get(slug="2027")

    open_agenda(agenda, by=coordinator, today=today, visible_to="network", close_source=True)

    before.refresh_from_db()
    assert before.state == "closed"
    assert ReminderSchedule.objects.get(agenda=agenda).starts_on > today
    with pytest.raises(OpeningError, match="already opened"):
        open_agenda(agenda, by=coordinator, today=today, visible_to="network")


def test_agenda_without_action_points_is_not_opened(as_coordinator, draft):
    response = as_coordinator.post(f"{BASE}opening/", {"visible_to": "network"})

    assert response.status_code == 400
    assert "This agenda has no action points yet." in text(response)


@pytest.mark.parametrize(("state", "status"), [("open", 302), ("closed", 403)])
@pytest.mark.parametrize("page", ["agencies", "people", "leads", "opening"])
def test_steps_are_for_drafts_only(as_coordinator, page, state, status):
    personas.agenda("2027", state=state)

    assert as_coordinator.get(f"{BASE}{page}/").status_code == status


def test_coordinator_invites_focal_points_only(as_coordinator, admin):
    agency = personas.agency()
    typed = {
        "name": "Ada",
        "email": "ada@example.org",
        "role": "admin",
        "agency": agency.pk,
        "language": "en",
        "time_zone": "UTC",
    }

    form = as_coordinator.get("/people/invitations/")
    response = as_coordinator.post("/people/invitations/", typed)
    without_agency = as_coordinator.post("/people/invitations/", typed | {"agency": "", "email": "b@example.org"})
    again = as_coordinator.post(f"/people/{admin.pk}/invitation/")

    assert 'name="role"' not in form.text
    assert (response.status_code, User.objects.get(email="ada@example.org").role) == (302, "focal_point")
    assert (without_agency.status_code, again.status_code) == (400, 403)
