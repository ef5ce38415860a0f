"""Who may do what, for every route and every kind of person. A route that is not listed here fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from actions.bulk.models import BulkEdit
from actions.handover.models import Handover
from actions.lists.models import SavedView
from actions.models import ActionPoint
from actions.note.models import NoteFile
from actions.reminders.models import DeclinedResponsibility
from actions.responsibilities import name_persons
from actions.rollover.models import Rollover
from actions.rollover.plan import start
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links
from tracker.people.models import Role

PEOPLE = ["visitor", "own", "other", "coordinator", "admin"]
"""`own`: the focal point whose action point it is; `other`: a focal point of another agency."""

POINT = {"slug": "2026", "issue": 1, "number": 1}
UPDATE = POINT | {"update": 1}
AGENDA = {"slug": "2026"}
NEW = {"key": "new"}

LOGIN = 302
"""Visitors are asked to sign in."""

# route: arguments, then the answer to GET for each of PEOPLE.
READ: dict[str, tuple[dict[str, Any], list[int]]] = {
    "home": ({}, [302, 302, 302, 302, 302]),
    "my_action_points": ({}, [LOGIN, 200, 200, 200, 200]),
    "inbox_box": ({"pk": "part"}, [LOGIN, 200, 403, 302, 302]),  # whose part it is not gets the full form
    "agenda_list": ({}, [200, 200, 200, 200, 200]),
    "agenda": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "issue": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "agenda_edit": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "paste_agenda": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "add_issue": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "issue_edit": (AGENDA | {"number": 1}, [LOGIN, 403, 403, 200, 200]),
    "add_action_point": (AGENDA | {"number": 1}, [LOGIN, 403, 403, 200, 200]),
    "action_point": (POINT, [LOGIN, 200, 200, 200, 200]),
    "action_point_edit": (POINT, [LOGIN, 403, 403, 200, 200]),
    "action_point_history": (POINT, [LOGIN, 200, 200, 200, 200]),
    "log_progress": (POINT, [LOGIN, 200, 403, 200, 200]),
    "discard_draft": (POINT | {"pk": 1}, [LOGIN, 302, 302, 302, 302]),  # back to the action point: nobody has a draft
    "progress_update": (UPDATE, [LOGIN, 200, 200, 200, 200]),
    "correct_update": (UPDATE, [LOGIN, 200, 403, 200, 200]),
    "withdraw_update": (UPDATE, [LOGIN, 200, 403, 200, 200]),
    "add_milestone": (POINT, [LOGIN, 200, 403, 200, 200]),
    "edit_milestone": (POINT | {"pk": "milestone"}, [LOGIN, 200, 403, 200, 200]),
    "milestone_done": (POINT | {"pk": "milestone"}, [LOGIN, 200, 403, 200, 200]),
    "remove_milestone": (POINT | {"pk": "milestone"}, [LOGIN, 200, 403, 200, 200]),
    "snooze": (POINT, [LOGIN, 200, 403, 200, 200]),
    "markdown_preview": ({}, [LOGIN, 405, 405, 405, 405]),
    "agency_list": ({}, [200, 200, 200, 200, 200]),
    "agency": ({"acronym": "UNDP"}, [200, 200, 200, 200, 200]),
    "dashboard": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "action_point_list": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "search": ({}, [200, 200, 200, 200, 200]),
    "no_progress": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "dashboard_reminders": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "charts": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "chart_file": (AGENDA | {"name": "status-by-issue"}, [LOGIN, 200, 200, 200, 200]),
    "changes": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "export": (AGENDA | {"kind": "csv"}, [LOGIN, 200, 200, 200, 200]),
    "updates_file": (AGENDA | {"kind": "csv"}, [LOGIN, 200, 200, 200, 200]),
    "agencies_file": ({"kind": "csv"}, [200, 200, 200, 200, 200]),
    "people_file": ({"kind": "csv"}, [LOGIN, 200, 200, 200, 200]),
    "save_view": (AGENDA, [LOGIN, 405, 405, 405, 405]),
    "remove_view": ({"pk": "view"}, [LOGIN, 405, 405, 405, 405]),
    "change_many": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "remind_many": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "undo_change": ({"pk": "bulk_edit"}, [LOGIN, 405, 405, 405, 405]),
    "milestones": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_markdown": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_word": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_pdf": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_editing": (AGENDA, [LOGIN, 403, 403, 302, 302]),
    "note_introduction": (AGENDA, [LOGIN, 403, 403, 302, 302]),
    "note_rationale": (AGENDA | {"number": 1}, [LOGIN, 403, 403, 302, 302]),
    "note_description": (POINT, [LOGIN, 403, 403, 302, 302]),
    "note_updates": (POINT, [LOGIN, 403, 403, 302, 302]),
    "note_introduction_paragraph": (AGENDA | NEW, [LOGIN, 403, 403, 200, 200]),
    "note_rationale_paragraph": (AGENDA | NEW | {"number": 1}, [LOGIN, 403, 403, 200, 200]),
    "note_description_paragraph": (POINT | NEW, [LOGIN, 403, 403, 200, 200]),
    "note_updates_paragraph": (POINT | NEW, [LOGIN, 403, 403, 200, 200]),
    "note_sign_offs": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_sign_off": (POINT, [LOGIN, 200, 403, 403, 403]),
    "note_versions": (AGENDA, [LOGIN, 200, 200, 200, 200]),
    "note_publish": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "note_version": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_version_audience": (AGENDA | {"number": 1}, [LOGIN, 405, 405, 405, 405]),
    "note_changes": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_version_json": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_version_markdown": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_version_word": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_version_pdf": (AGENDA | {"number": 1}, [LOGIN, 200, 200, 200, 200]),
    "note_files": (AGENDA, [405, 405, 405, 405, 405]),
    "note_file": (AGENDA | {"pk": "note_file"}, [LOGIN, 200, 200, 200, 200]),
    "note_file_content": (AGENDA | {"pk": "note_file"}, [LOGIN, 302, 302, 302, 302]),
    "preferences": ({}, [LOGIN, 200, 200, 200, 200]),
    "language": ({}, [200, 302, 302, 302, 302]),
    "help": ({}, [200, 200, 200, 200, 200]),
    "help_page": ({"page": "glossary"}, [200, 200, 200, 200, 200]),
    "help_contact": ({}, [200, 200, 200, 200, 200]),
    "dismiss_welcome": ({}, [LOGIN, 405, 405, 405, 405]),
    "people_list": ({}, [LOGIN, 200, 200, 200, 200]),
    "people_suggestions": ({}, [LOGIN, 403, 403, 200, 200]),
    "invite": ({}, [LOGIN, 403, 403, 200, 200]),
    "add_agency": ({}, [LOGIN, 403, 403, 200, 200]),
    "send_invitation": ({"pk": "person"}, [LOGIN, 405, 405, 405, 405]),
    "mail_list": ({}, [LOGIN, 403, 403, 403, 200]),
    "mail_detail": ({"name": "20260101T000000000000Z-00000000.eml"}, [LOGIN, 403, 403, 403, 404]),
    "reminders": ({}, [LOGIN, 403, 403, 200, 200]),
    "digest": ({"pk": "digest"}, [LOGIN, 403, 403, 200, 200]),
    "digest_send_again": ({"pk": "digest"}, [LOGIN, 405, 405, 405, 405]),
    "digests_send_again": ({}, [LOGIN, 405, 405, 405, 405]),
    "reminder_schedule": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "answer": ({"token": "none"}, [404, 404, 404, 404, 404]),
    "resolve_declined_responsibility": ({"pk": "disclaimer"}, [LOGIN, 405, 405, 405, 405]),
    "unsubscribe": ({"token": "none"}, [404, 404, 404, 404, 404]),
    "alive": ({}, [200, 200, 200, 200, 200]),
    "health": ({}, [503, 503, 503, 503, 503]),
    "digest_preview": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "remind": (POINT, [LOGIN, 403, 403, 200, 200]),
    "rollover": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "rollover_name": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "rollover_decision": (POINT, [LOGIN, 403, 403, 200, 200]),
    "rollover_carry_forward": (AGENDA, [LOGIN, 405, 405, 405, 405]),
    "rollover_add_issue": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "rollover_edit_issue": (AGENDA | {"number": 1}, [LOGIN, 403, 403, 200, 200]),
    "rollover_milestones": (AGENDA, [LOGIN, 403, 403, 200, 200]),
    "rollover_create_agenda": (AGENDA, [LOGIN, 405, 405, 405, 405]),
    "rollover_remove_draft": (AGENDA, [LOGIN, 405, 405, 405, 405]),
    "new_agenda": ({}, [LOGIN, 403, 403, 200, 200]),
    "setup_agencies": ({"slug": "2030"}, [LOGIN, 404, 404, 200, 200]),
    "setup_people": ({"slug": "2030"}, [LOGIN, 404, 404, 200, 200]),
    "setup_leads": ({"slug": "2030"}, [LOGIN, 404, 404, 200, 200]),
    "setup_opening": ({"slug": "2030"}, [LOGIN, 404, 404, 200, 200]),
    "handover_list": ({}, [LOGIN, 403, 403, 200, 200]),
    "create_handover": ({}, [LOGIN, 403, 403, 200, 200]),
    "handover": ({"pk": "handover"}, [LOGIN, 200, 404, 200, 200]),
}

# The same for POST with an empty form: 400 is "you may, but the form is faulty".
WRITE: dict[str, list[int]] = {
    "action_point_edit": [LOGIN, 403, 403, 400, 400],
    "agenda_edit": [LOGIN, 403, 403, 400, 400],
    "paste_agenda": [LOGIN, 403, 403, 400, 400],
    "add_issue": [LOGIN, 403, 403, 400, 400],
    "issue_edit": [LOGIN, 403, 403, 400, 400],
    "add_action_point": [LOGIN, 403, 403, 400, 400],
    "inbox_box": [LOGIN, 400, 403, 302, 302],
    "log_progress": [LOGIN, 400, 403, 400, 400],
    "discard_draft": [LOGIN, 302, 302, 302, 302],
    "correct_update": [LOGIN, 400, 403, 400, 400],
    "withdraw_update": [LOGIN, 400, 403, 400, 400],
    "add_milestone": [LOGIN, 400, 403, 400, 400],
    "edit_milestone": [LOGIN, 400, 403, 400, 400],
    "milestone_done": [LOGIN, 400, 403, 400, 400],
    "remove_milestone": [LOGIN, 400, 403, 400, 400],
    "snooze": [LOGIN, 400, 403, 400, 400],
    "markdown_preview": [LOGIN, 200, 200, 200, 200],
    "language": [302, 302, 302, 302, 302],
    "answer": [404, 404, 404, 404, 404],
    "resolve_declined_responsibility": [LOGIN, 403, 403, 302, 302],
    "unsubscribe": [404, 404, 404, 404, 404],
    "digest_send_again": [LOGIN, 403, 403, 302, 302],
    "digests_send_again": [LOGIN, 403, 403, 302, 302],
    "reminder_schedule": [LOGIN, 403, 403, 400, 400],
    "save_view": [LOGIN, 400, 400, 400, 400],
    "remove_view": [LOGIN, 302, 404, 404, 404],
    "change_many": [LOGIN, 403, 403, 400, 400],
    "remind_many": [LOGIN, 403, 403, 302, 302],
    "undo_change": [LOGIN, 403, 403, 302, 403],  # the coordinator made the change
    "remind": [LOGIN, 403, 403, 302, 302],
    "note_introduction_paragraph": [LOGIN, 403, 403, 400, 400],
    "note_rationale_paragraph": [LOGIN, 403, 403, 400, 400],
    "note_description_paragraph": [LOGIN, 403, 403, 400, 400],
    "note_updates_paragraph": [LOGIN, 403, 403, 400, 400],
    "note_sign_off": [LOGIN, 400, 403, 403, 403],
    "note_publish": [LOGIN, 403, 403, 400, 400],
    "note_version_audience": [LOGIN, 403, 403, 400, 400],
    "note_files": [400, 400, 400, 400, 400],
    "dismiss_welcome": [LOGIN, 302, 302, 302, 302],
    "preferences": [LOGIN, 400, 400, 400, 400],
    "invite": [LOGIN, 403, 403, 400, 400],
    "add_agency": [LOGIN, 403, 403, 400, 400],
    "send_invitation": [LOGIN, 403, 403, 302, 302],
    "rollover_name": [LOGIN, 403, 403, 400, 400],
    "rollover_decision": [LOGIN, 403, 403, 400, 400],
    "rollover_carry_forward": [LOGIN, 403, 403, 400, 400],
    "rollover_add_issue": [LOGIN, 403, 403, 400, 400],
    "rollover_edit_issue": [LOGIN, 403, 403, 400, 400],
    "rollover_milestones": [LOGIN, 403, 403, 302, 302],
    "rollover_create_agenda": [LOGIN, 403, 403, 302, 302],
    "rollover_remove_draft": [LOGIN, 403, 403, 302, 302],
    "new_agenda": [LOGIN, 403, 403, 400, 400],
    "setup_agencies": [LOGIN, 404, 404, 400, 400],
    "setup_people": [LOGIN, 404, 404, 400, 400],
    "setup_leads": [LOGIN, 404, 404, 302, 302],
    "setup_opening": [LOGIN, 404, 404, 400, 400],
    "create_handover": [LOGIN, 403, 403, 400, 400],
}

# Routes of libraries with tests of their own; what they let whom do is tested in tests/people and tests/admin_site.
ELSEWHERE = ("account_", "mfa_", "admin:")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_permissions_list_every_route():
    own = {name for name in routes(get_resolver()) if not name.startswith(ELSEWHERE)}

    assert own == set(READ)


def create_world() -> dict[str, Any]:
    """Create a row for each argument of a route, and one person of each kind."""
    undp = personas.agency("UNDP")
    focal_point = personas.person("focal.undp@example.org", agency=undp)
    other_focal_point = personas.person("focal.unssc@example.org", agency=personas.agency("UNSSC"))
    coordinator = personas.person("coordinator@example.org", Role.COORDINATOR)
    admin = personas.person("admin@example.org", Role.ADMIN)
    point = personas.action_point(personas.issue(personas.agenda("2026"), number=1), number=1)
    personas.lead(point, undp)
    personas.update(point, author=focal_point, agency=undp)
    personas.note_version(point.issue.agenda, coordinator)
    personas.agenda("2030", state=Agenda.State.DRAFT)
    note_file = NoteFile.objects.create(
        agenda=point.issue.agenda, extension="pdf", language="en", with_people=True, asked_at=timezone.now()
    )
    start(Rollover(source=point.issue.agenda, slug="2027", title="2027 action agenda"), coordinator, personas.NOW)
    return {
        "part": point.responsibilities.get().pk,
        "milestone": personas.milestone(point).pk,
        "note_file": note_file.pk,
        "digest": personas.digest(focal_point, point).pk,
        "disclaimer": DeclinedResponsibility.objects.create(
            person=focal_point, action_point=point, reason="Moved on.", made_at=personas.NOW
        ).pk,
        "person": focal_point.pk,
        "view": SavedView.objects.create(person=focal_point, agenda=point.issue.agenda, name="Mine").pk,
        "bulk_edit": BulkEdit.objects.create(
            agenda=point.issue.agenda, by=coordinator, made_at=personas.NOW, kind="add_lead", what="UNDP", changes=[]
        ).pk,
        "handover": Handover.objects.create(
            predecessor=admin, successor=focal_point, reason="Moved on.", created_by=admin, created_at=personas.NOW
        ).pk,
        "people": dict(zip(PEOPLE, [None, focal_point, other_focal_point, coordinator, admin], strict=True)),
    }


@pytest.fixture(scope="module")
def rows(rows_of_the_module: None) -> dict[str, Any]:
    return create_world()


@pytest.fixture
def world(rows: dict[str, Any], db: None) -> dict[str, Any]:
    return rows


def client_of(world: dict[str, Any], person: str) -> Client:
    client = Client()
    if user := world["people"][person]:
        personas.sign_in(client, user)
    return client


def address(world: dict[str, Any], route: str) -> str:
    kwargs = {
        name: world.get(value, value) if isinstance(value, str) else value for name, value in READ[route][0].items()
    }
    return reverse(route, kwargs=kwargs)


@pytest.mark.parametrize("person", PEOPLE)
def test_permission_to_read(world, person):
    client = client_of(world, person)

    answers = {route: client.get(address(world, route)).status_code for route in READ}

    assert answers == {route: expected[PEOPLE.index(person)] for route, (_arguments, expected) in READ.items()}


@pytest.mark.parametrize("person", ["visitor", "coordinator"])
def test_head_answers_as_get_does(world, person):
    client = client_of(world, person)

    heads = {route: client.head(address(world, route)) for route in READ}

    assert {route: answer.status_code for route, answer in heads.items()} == {
        route: expected[PEOPLE.index(person)] for route, (_arguments, expected) in READ.items()
    }
    assert {route for route, answer in heads.items() if not answer.streaming and answer.content} == set()


@pytest.mark.parametrize("route", WRITE)
def test_permission_to_write(world, route):
    answers = [client_of(world, person).post(address(world, route)).status_code for person in PEOPLE]

    assert answers == WRITE[route]


POINT_PAGE, ISSUE_PAGE, NOTE_PAGE, AGENDA_PAGE = (
    "/agendas/2026/1.1/",
    "/agendas/2026/issues/1/",
    "/agendas/2026/note/",
    "/agendas/2026/",
)


def expected_ways_back(route: str, person: str) -> list[str]:
    arguments = READ[route][0]
    ways = []
    if "issue" in arguments:
        ways.append(POINT_PAGE)
    if route in {"issue_edit", "add_action_point", "note_rationale"}:
        ways.append(ISSUE_PAGE)
    if route.startswith("note_"):
        ways.append(NOTE_PAGE)
    own = "/agendas/2026/dashboard/" if person in {"coordinator", "admin"} else "/my/"
    return [*ways, AGENDA_PAGE, own]


def ways_back(response: Any) -> list[str]:
    (shown,) = re.findall(r'<section class="trouble">.*?</section>', response.text, re.DOTALL)
    return re.findall(r'<a href="([^"]*)"', shown)


@pytest.mark.parametrize("person", ["own", "other", "coordinator"])
def test_refused_page_leads_back_to_what_the_person_may_read(world, person):
    client = client_of(world, person)
    refused = [route for route in READ if READ[route][1][PEOPLE.index(person)] == 403]

    shown = {route: ways_back(client.get(address(world, route))) for route in refused}

    assert shown == {route: expected_ways_back(route, person) for route in refused}
    assert {client.get(way).status_code for way in set().union(*shown.values())} == {200}


@pytest.mark.parametrize("person", ["own", "other"])
def test_refused_page_of_no_agenda_leads_back_without_one(world, person):
    Agenda.objects.update(state=Agenda.State.DRAFT)

    assert ways_back(client_of(world, person).get("/reminders/")) == ["/my/"]


# What people may do who have a part without working for its agency, where it differs from what other focal points may do.
LOGS = {"log_progress", "add_milestone", "edit_milestone", "milestone_done", "remove_milestone", "snooze"}
CORRECTS = {"correct_update", "withdraw_update"}


def below(world: dict[str, Any]) -> Any:
    """Return a focal point of an agency below the lead; nobody is named for the part."""
    return personas.person("nordic@example.org", agency=personas.agency("NORDIC", parent=personas.agency("UNDP")))


def below_a_named_one(world: dict[str, Any]) -> Any:
    """Return a focal point of an agency below the lead; somebody active is named for the part."""
    personas.assign(ActionPoint.objects.get(), world["people"]["own"])
    return below(world)


def below_an_inactive_one(world: dict[str, Any]) -> Any:
    """Return a focal point of an agency below the lead; the only person named for the part is not active any more."""
    gone = personas.person("gone@example.org", agency=personas.agency("UNDP"), is_active=False)
    personas.assign(ActionPoint.objects.get(), gone)
    return below(world)


def assigned(world: dict[str, Any]) -> Any:
    """Return a focal point of another agency who is named for the part."""
    person = personas.person("who@example.org", agency=personas.agency("WHO"))
    name_persons(ActionPoint.objects.get().parts[0], [person])
    return person


def assigned_without_agency(world: dict[str, Any]) -> Any:
    """Return a focal point without an agency who is named for the part."""
    person = personas.person("consultant@example.org")
    name_persons(ActionPoint.objects.get().parts[0], [person])
    return person


def of_another_part(world: dict[str, Any]) -> Any:
    """Return a focal point of an agency that leads the action point as well: it logs, and corrects updates of its own part only."""
    person = personas.person("gco@example.org", agency=personas.agency("GCO"))
    personas.lead(ActionPoint.objects.get(), personas.agency("GCO"))
    return person


PART_CASES = [
    (below, LOGS),
    (below_a_named_one, set()),
    (below_an_inactive_one, LOGS),
    (assigned, LOGS | CORRECTS),
    (assigned_without_agency, LOGS | CORRECTS),
    (of_another_part, LOGS),
]


@pytest.mark.parametrize(("case", "allowed"), PART_CASES)
def test_permission_of_people_with_a_part(world, case, allowed):
    client = personas.sign_in(Client(), case(world))

    read = {route for route in LOGS | CORRECTS if client.get(address(world, route)).status_code == 200}
    written = {route for route in LOGS | CORRECTS if client.post(address(world, route)).status_code == 400}

    assert (read, written) == (allowed, allowed)


@pytest.mark.parametrize(("case", "allowed"), PART_CASES)
def test_action_point_page_offers_people_with_a_part_what_they_may_do(world, case, allowed):
    shown = links(personas.sign_in(Client(), case(world)).get(address(world, "action_point")))

    offered = {route for route in LOGS | CORRECTS if address(world, route) in shown}
    assert offered == allowed - {"remove_milestone"}  # offered on the form of the milestone


@pytest.mark.parametrize("person", PEOPLE)
def test_pages_that_only_read_refuse_post(world, person):
    client = client_of(world, person)

    answers = {route: client.post(address(world, route)).status_code for route in READ if route not in WRITE}

    assert {route: answer for route, answer in answers.items() if answer not in {LOGIN, 403, 405}} == {}


@pytest.mark.parametrize("state", ["draft"])
def test_agenda_in_draft_is_not_found_by_focal_points(world, state):
    agenda = personas.agenda("2027", state=state)

    answers = [client_of(world, person).get(agenda.get_absolute_url()).status_code for person in PEOPLE]

    assert answers == [LOGIN, 404, 404, 200, 200]


def test_agenda_for_everybody_is_open_to_visitors(world):
    agenda = personas.agenda("2028", visible_to="everybody")

    assert client_of(world, "visitor").get(agenda.get_absolute_url()).status_code == 200
