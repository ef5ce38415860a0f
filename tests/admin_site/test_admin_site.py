"""The admin site: who gets in, that every page of every record opens, cheaply, and what faulty addresses are answered with."""

import pytest
from django.contrib import admin as django_admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.drafts import save_draft
from actions.models import ActionPoint, Milestone, ProgressDraft, ProgressUpdate
from actions.progress import log_progress
from actions.reminders.models import Digest, ReminderSchedule
from actions.responsibilities import change_since, name_persons
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text
from tests.admin_site.forms import page, shown_in
from tracker.audit.models import AuditEntry
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

REGISTERED = sorted(model._meta.label_lower for model in django_admin.site._registry)
# Queries of each list for an admin, whatever the number of rows: session, person, the count twice, rows, and what the filters offer.
COSTS = {
    "actions.actionpoint": 10,
    "actions.milestone": 6,
    "actions.progressupdate": 9,
    "audit.auditentry": 7,
    "issues.agenda": 5,
    "issues.issue": 6,
    "people.agency": 6,
    "people.user": 6,
    "reminders.digest": 7,
    "reminders.reminderschedule": 5,
}
READ_ONLY = ("actions.progressupdate", "reminders.digest", "audit.auditentry")


def test_admin_site_asks_visitors_to_sign_in_on_the_trackers_page(client, db):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1] == ("/accounts/login/?next=/admin/", 302)


def test_admin_site_has_no_second_login_form(client, admin):
    visitor = client.get("/admin/login/?next=/admin/people/")
    personas.sign_in(client, admin)
    signed_in = client.get("/admin/login/")

    assert visitor.headers["Location"] == "/accounts/login/?next=/admin/people/"
    assert signed_in.headers["Location"] == "/admin/"


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/people/user/"])
def test_admin_site_refuses_focal_points_clearly(client, focal_point, address):
    response = personas.sign_in(client, focal_point).get(address, follow=True)

    assert response.status_code == 403
    assert "The administration is for coordinators and admins." in response.content.decode()


def test_admin_site_shows_coordinators_the_agenda_alone(as_coordinator, records):
    made = records(1)

    answers = {label: as_coordinator.get(page(label, "changelist")).status_code for label in made}

    assert answers == {label: 403 if label.startswith(("people.", "audit.")) else 200 for label in made}
    assert "/admin/people/" not in as_coordinator.get("/admin/").content.decode()


def test_admin_site_lets_coordinators_choose_owners(as_coordinator, records):
    records(1)
    wanted = {"term": "AG1", "app_label": "actions", "model_name": "responsibility", "field_name": "agency"}

    response = as_coordinator.get("/admin/autocomplete/", wanted)

    assert [found["text"] for found in response.json()["results"]] == ["AG1"]


@pytest.mark.parametrize("label", ["issues.agenda", "issues.issue", "reminders.reminderschedule"])
def test_admin_site_says_the_year_of_every_agenda_to_choose_from(as_admin, label):
    personas.agenda("2006", title="Action agenda")
    personas.agenda("2007", title="Agenda of 2007")
    field = "follows" if label == "issues.agenda" else "agenda"

    choices = as_admin.get(page(label, "add")).context["adminform"].form.fields[field].choices

    assert [str(words) for _value, words in choices][1:] == ["Agenda of 2007", "2006: Action agenda"]


def test_admin_site_says_the_year_of_every_issue_to_choose_from(as_admin):
    for year in ("2006", "2007"):
        point = personas.action_point(personas.issue(personas.agenda(year), title="Capacity"))
    wanted = {"term": "Capacity", "app_label": "actions", "model_name": "actionpoint", "field_name": "issue"}

    offered = as_admin.get("/admin/autocomplete/", wanted).json()["results"]
    chosen = as_admin.get(page("actions.actionpoint", "change", point.pk)).content.decode()

    assert [found["text"] for found in offered] == ["2007: 1. Capacity", "2006: 1. Capacity"]
    assert "selected>2007: 1. Capacity</option>" in chosen


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_pages_of_every_record_open(as_admin, records, label):
    record = records(1)[label]
    record_admin = django_admin.site._registry[type(record)]
    may_add = label not in READ_ONLY

    pages = [
        page(label, "changelist"),
        f"{page(label, 'changelist')}?q=a",
        page(label, "change", record.pk),
        page(label, "history", record.pk),
    ]
    answers = [as_admin.get(address).status_code for address in pages]

    assert answers == [200, 200, 200, 200]
    assert as_admin.get(page(label, "add")).status_code == (200 if may_add else 403)
    if hasattr(record, "history"):
        earlier = page(label, "simple_history", record.pk, record.history.first().pk)
        assert (as_admin.get(earlier).status_code, as_admin.post(earlier).status_code) == (200, 403)
    assert record_admin.search_fields


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_list_costs_the_same_for_any_number_of_rows(as_admin, records, label):
    records(1)
    as_admin.get(page(label, "changelist"))  # fills the cache of content types
    costs = []
    for number in (2, 3, 4):
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(page(label, "changelist")).status_code == 200
        costs.append(len(queries))
        records(number)

    assert costs == [COSTS[label]] * 3


def test_admin_history_says_who_changed_what_at_the_same_cost(as_admin, records, admin):
    issue = records(1)["issues.issue"]
    address = page("issues.issue", "history", issue.pk)
    as_admin.get(address)
    costs = []
    for title in ("First", "Second", "Third"):
        issue.title, issue._history_user = title, admin
        issue.save(update_fields=["title"])
        with CaptureQueriesContext(connection) as queries:
            shown = as_admin.get(address)
        costs.append(len(queries))

    assert "Title: Second → Third" in text(shown)
    assert costs == [6, 6, 6]


FAULTY = [
    "?p=999999999999999999999",
    "?p=x",
    "?id__exact=x",
    "?id__exact=999999999999999999999",
    "?q=%00",
    "?status__exact=%00",
    "?agency__id__exact=x",
    "?agency__id__exact=999999999999999999999",
    "?issue__id__exact=999999999999999999999",
    "?recorded_at__year=999999",
    "?recorded_at__year=0",
    "?recorded_at__year=2026&recorded_at__month=13",
    "?o=99.x",
    "?unknown=1",
    "?all=x",
    "?status__in=a,b",
    "?issue__agenda__id__exact=%ED%A0%80",
    "?_facets=x",
    "?e=1",
]


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_lists_answer_faulty_addresses(as_admin, records, label):
    records(1)

    statuses = {query: as_admin.get(page(label, "changelist") + query, follow=True).status_code for query in FAULTY}

    assert {query: status for query, status in statuses.items() if status not in {200, 400}} == {}


def look_ups(model, depth=2):
    """Every path over the columns of `model` and of what it is related to."""
    for field in model._meta.get_fields():
        yield field.name
        if field.is_relation and depth > 1:
            yield from (f"{field.name}__{path}" for path in look_ups(field.related_model, depth - 1))


OPERATORS = ["startswith", "contains", "regex", "in", "range", "gt", "iexact"]


@pytest.mark.parametrize("model_admin", django_admin.site._registry.values(), ids=str)
def test_admin_looks_up_only_what_its_filters_declare(model_admin):
    declared = [each[0] if isinstance(each, tuple) else each for each in model_admin.list_filter]
    declared.append(model_admin.date_hierarchy)
    for path in look_ups(model_admin.model):
        for operator in OPERATORS:
            assert not model_admin.lookup_allowed(f"{path}__{operator}", "a", None)
        if path.removesuffix("__id") not in declared:
            assert not model_admin.lookup_allowed(path, "a", None)
            assert not model_admin.lookup_allowed(f"{path}__exact", "a", None)
    for path in filter(None, declared):
        assert model_admin.lookup_allowed(path, "a", None)


REFUSED = [
    "password__startswith=a",
    "pk__gt=0",
    "recipient__password__startswith=a",
    "author__password__startswith=a",
    "agency__people__password__regex=^a",
    "session_key=a",
    "unknown=1",
    "_to_field=password",
    "_to_field=title",
    "o=password",
    "o=1.x",
    "o=--1",
]


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_refuses_look_ups_that_no_filter_declares(as_admin, records, label):
    records(1)

    assert {as_admin.get(f"{page(label, 'changelist')}?{query}").status_code for query in REFUSED} == {400}


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_pages_of_unknown_records_are_not_found(as_admin, label):
    listed = page(label, "changelist")

    for key in ("x", "0", "999999999999999999999", "1%00", "_5F"):
        paths = [f"{key}/change/", f"{key}/history/", f"{key}/history/{key}/"]
        answers = {as_admin.get(f"{listed}{path}", follow=True).status_code for path in paths}

        assert answers <= {200, 400, 404}, key  # 200: back on the index, which says that there is none


def test_admin_saves_what_was_changed_and_nothing_else(as_admin, records, focal_point):
    point = records(1)["actions.actionpoint"]
    address = page("actions.actionpoint", "change", point.pk)
    milestone = point.milestones.get()
    form = {
        "issue": point.issue_id,
        "number": 1,
        "title": "Renamed",
        "description": "",
        "responsibilities-TOTAL_FORMS": 0,
        "responsibilities-INITIAL_FORMS": 0,
        "milestones-TOTAL_FORMS": 1,
        "milestones-INITIAL_FORMS": 1,
        "milestones-0-id": milestone.pk,
        "milestones-0-action_point": point.pk,
        "milestones-0-title": milestone.title,
        "milestones-0-due": "June 2031",
    }

    response = as_admin.post(address, form)

    point.refresh_from_db()
    milestone.refresh_from_db()
    assert response.status_code == 302
    assert (point.title, point.status) == ("Renamed", "under_way")
    assert (milestone.due.text, milestone.due_latest.isoformat()) == ("2031-06", "2031-06-30")
    assert point.history.first().history_user.email == "admin@example.org"


def test_admin_leaves_what_others_changed_while_the_page_was_open(as_admin, records, focal_point, coordinator):
    point = records(1)["actions.actionpoint"]
    address = page("actions.actionpoint", "change", point.pk)
    form = shown_in(as_admin, address)
    milestone = point.milestones.get()
    part = point.responsibilities.get(agency__acronym="AG1")
    name_persons(part, [coordinator])
    change_since(part, PartialDate.parse("2021"))
    ActionPoint.objects.filter(pk=point.pk).update(description="Theirs.")
    Milestone.objects.filter(pk=milestone.pk).update(title="Theirs")

    form |= {"title": "Renamed", "milestones-0-due": "June 2031"}
    response = as_admin.post(address, form)

    point.refresh_from_db()
    milestone.refresh_from_db()
    assert response.status_code == 302
    assert (point.title, point.description) == ("Renamed", "Theirs.")
    part.refresh_from_db()
    assert list(part.persons.all()) == [coordinator]
    assert part.since.text == "2021"
    assert (milestone.title, milestone.due.text) == ("Theirs", "2031-06")
    assert (point.history.first().title, point.history.first().description) == ("Renamed", "Theirs.")


def test_admin_adds_to_owners_and_takes_away_only_what_was_changed(as_admin, records, focal_point, coordinator, admin):
    point = records(1)["actions.actionpoint"]
    address = page("actions.actionpoint", "change", point.pk)
    part = point.responsibilities.get()
    form = shown_in(as_admin, address)
    prefix = next(name for name, value in form.items() if name.endswith("-id") and value == part.pk).removesuffix("-id")
    name_persons(part, [focal_point, coordinator])

    response = as_admin.post(address, form | {f"{prefix}-persons": [admin.pk]})

    assert response.status_code == 302
    assert set(part.persons.all()) == {coordinator, admin}


@pytest.mark.parametrize("label", REGISTERED)
def test_admin_form_sent_as_it_was_shown_changes_nothing(as_admin, records, label):
    record = records(1)[label]
    if label in READ_ONLY:
        return
    before = type(record).objects.values().get(pk=record.pk)

    response = as_admin.post(page(label, "change", record.pk), shown_in(as_admin, page(label, "change", record.pk)))

    assert response.status_code == 302
    assert type(record).objects.values().get(pk=record.pk) == before
    if hasattr(record, "history"):
        assert record.history.first().history_user is None


CHOICES = [
    ("people.user", "agency"),
    ("people.agency", "parent"),
    ("actions.actionpoint", "issue"),
    ("actions.milestone", "action_point"),
    ("issues.agenda", "follows"),
]


NO_IDS = ["Infinity", "9" * 30, "-1", "\x00", "²"]


@pytest.mark.parametrize(("label", "name"), CHOICES)
def test_admin_form_refuses_what_is_no_id(as_admin, records, label, name):
    address = page(label, "change", records(1)[label].pk)
    form = shown_in(as_admin, address)

    for value in NO_IDS:
        refused = as_admin.post(address, form | {name: value})
        assert refused.status_code == 400 or refused.context["adminform"].form.errors[name], value
    for value in NO_IDS:
        shown = as_admin.post(address, form | {f"initial-{name}": value})
        assert shown.status_code in {200, 302, 400}, value


def test_admin_refuses_other_ids_made_by_hand(as_admin, records):
    made = records(1)
    address = page("actions.actionpoint", "change", made["actions.actionpoint"].pk)
    form = shown_in(as_admin, address)

    for value in ("Infinity", "x", "9" * 30, "\x00", "²"):
        answers = [
            as_admin.post(address, form | {"milestones-0-id": value}),
            as_admin.post(address, form | {"milestones-0-action_point": value}),
            as_admin.post(address, form | {"milestones-TOTAL_FORMS": value}),
            as_admin.post(page("people.user", "changelist"), {"action": "activate", "_selected_action": value}),
            as_admin.post(page("people.user", "change", made["people.user"].pk), {"_to_field": value}),
        ]
        assert {answer.status_code for answer in answers} <= {200, 302, 400}, value


def test_admin_keeps_the_standing_that_others_change_meanwhile(as_admin, records, focal_point, monkeypatch):
    """A record is read, somebody logs progress, the record is saved: the standing stays."""
    point = records(1)["actions.actionpoint"]
    record_admin = django_admin.site._registry[ActionPoint]
    read = ActionPoint.objects.get(pk=point.pk)
    log_progress(point, personas.progress(status="completed"), author=focal_point, now=personas.NOW)
    read.title = "Renamed"

    class Form:
        changed_data = ["title"]

    request = as_admin.get("/admin/").wsgi_request
    record_admin.save_model(request, read, Form(), change=True)

    point.refresh_from_db()
    assert (point.title, point.status) == ("Renamed", "completed")


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("people.agency", "2001/1.1 "),
        ("issues.agenda", "Issue 1"),
        ("issues.issue", "Action point 1"),
        ("actions.actionpoint", "2001/1.1 #1"),
    ],
)
def test_admin_says_why_a_record_with_others_behind_it_is_not_deleted(as_admin, records, label, reason):
    record = records(1)[label]
    address = page(label, "delete", record.pk)

    asked = as_admin.get(address).content.decode()
    answer = as_admin.post(address, {"post": "yes"})

    assert "protected related objects" in asked
    assert answer.status_code == 200
    assert type(record).objects.filter(pk=record.pk).exists()


def test_admin_keeps_an_agency_that_leads_an_action_point(as_admin):
    agency = personas.agency("ITU")
    personas.lead(personas.action_point(title="Lead it"), agency)

    as_admin.post(page("people.agency", "delete", agency.pk), {"post": "yes"})

    assert Agency.objects.filter(acronym="ITU").exists()


def test_admin_keeps_an_action_point_with_a_draft(as_admin, focal_point):
    point = personas.action_point()
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]})

    as_admin.post(page("actions.actionpoint", "delete", point.pk), {"post": "yes"})

    assert ProgressDraft.objects.count() == 1


def test_admin_deletes_what_nothing_hangs_on(as_admin):
    agency = personas.agency("ITU")

    response = as_admin.post(page("people.agency", "delete", agency.pk), {"post": "yes"})

    assert (response.status_code, Agency.objects.filter(acronym="ITU").exists()) == (302, False)


def test_admin_never_deletes_people_or_updates(as_admin, records):
    made = records(1)

    answers = {
        label: as_admin.post(page(label, "delete", made[label].pk), {"post": "yes"}).status_code
        for label in ("people.user", "actions.progressupdate")
    }

    assert set(answers.values()) == {403}


def test_admin_deactivates_people_but_not_oneself(as_admin, admin):
    others = [personas.person(f"person{number}@example.org") for number in (1, 2)]
    chosen = [admin.pk, *(person.pk for person in others)]

    response = as_admin.post(
        page("people.user", "changelist"), {"action": "deactivate", "_selected_action": chosen}, follow=True
    )

    assert "2 people deactivated." in response.content.decode()
    assert dict(User.objects.values_list("email", "is_active")) == {
        "admin@example.org": True,
        "person1@example.org": False,
        "person2@example.org": False,
    }
    assert others[0].history.first().history_user == admin


def test_admin_cannot_take_the_role_from_oneself(as_admin, admin):
    form = {"email": admin.email, "name": "Ada", "language": "en", "time_zone": "UTC", "role": Role.FOCAL_POINT}

    response = as_admin.post(page("people.user", "change", admin.pk), form)

    admin.refresh_from_db()
    assert (response.status_code, admin.name, admin.role, admin.is_active) == (302, "Ada", Role.ADMIN, True)


def test_admin_finds_an_action_point_by_its_reference(as_admin, records):
    records(1)
    records(2)

    found = as_admin.get(page("actions.actionpoint", "changelist"), {"q": "2002/1.1"}).context["cl"]

    assert [point.reference for point in found.result_list] == ["2002/1.1"]


def test_admin_lists_every_kind_of_record():
    models = {Agency, User, Agenda, Issue, ActionPoint, Milestone, ProgressUpdate, Digest, ReminderSchedule, AuditEntry}

    assert set(REGISTERED) == {model._meta.label_lower for model in models}


@pytest.mark.parametrize(("label", "cost"), [("issues.agenda", 5), ("issues.issue", 5), ("actions.actionpoint", 17)])
def test_admin_page_with_its_parts_costs_the_same_for_any_number_of_them(as_admin, records, label, cost):
    record = records(1)[label]
    add_part = {
        "issues.agenda": lambda number: personas.issue(record, number=number),
        "issues.issue": lambda number: personas.action_point(record, number=number),
        "actions.actionpoint": lambda number: personas.milestone(record, title=f"Milestone {number}"),
    }[label]
    address = page(label, "change", record.pk)
    as_admin.get(address)
    costs = []
    for number in (2, 3, 4):
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(address).status_code == 200
        costs.append(len(queries))
        add_part(number)

    assert costs == [cost] * 3


@pytest.mark.parametrize("label", ["people.agency", "issues.agenda", "issues.issue", "actions.actionpoint"])
def test_admin_page_leads_to_the_record_on_the_site(as_admin, records, label):
    record = records(1)[label]
    kind = ContentType.objects.get_for_model(record)

    response = as_admin.get(reverse("admin:view_on_site", args=[kind.pk, record.pk]))

    assert response.headers["Location"].endswith(record.get_absolute_url())
