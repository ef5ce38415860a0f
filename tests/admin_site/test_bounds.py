"""Hostile forms of the admin site: each is refused with an explanation, never with an error of the server."""

import itertools
import re
from datetime import date

import pytest
from django.contrib import admin as django_admin
from django.utils import timezone

from actions.models import ActionPoint, Responsibility
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text
from tests.admin_site.forms import page, shown_in
from tracker.admin_forms import FIRST_DAY, LAST_DAY, MAX_PARTS
from tracker.admin_site import RecordAdmin
from tracker.dates.parts import FIRST_YEAR, LAST_YEAR

pytestmark = pytest.mark.django_db

WRITABLE = sorted(
    model._meta.label_lower for model, each in django_admin.site._registry.items() if isinstance(each, RecordAdmin)
)
HOSTILE = [
    "",
    "-1",
    "9",
    str(2**31),
    str(2**63),
    "1e400",
    "²",
    "\x00",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "x" * 100_000,
    "\N{GRINNING FACE}" * 300,
]


def worst_like(value):
    """The first day that Python knows in place of a date, otherwise a number that no column holds."""
    return "0001-01-01" if re.fullmatch(r"\d{4}(-\d\d)*", str(value)) else "9" * 30


@pytest.mark.parametrize("label", WRITABLE)
def test_hostile_values_are_refused_or_stored(as_admin, records, label):
    """All visible fields at once have each value; each field alone, hidden ones too, has the worst of its kind, and so have all that
    say what was shown: none of them keeps the form from being read.
    """
    address = page(label, "change", records(1)[label].pk)
    form = shown_in(as_admin, address)
    hidden = [name for name in form if name.startswith("initial-") or name.endswith(("_FORMS", "-id", "-action_point"))]
    visible = [name for name in form if name not in hidden]
    worst = {name: worst_like(value) for name, value in form.items()}
    initial = {name: value for name, value in worst.items() if name.startswith("initial-")}
    as_admin.raise_request_exception = False

    answers = {
        value[:20]: as_admin.post(address, form | dict.fromkeys(visible, value)).status_code for value in HOSTILE
    }
    answers |= {name: as_admin.post(address, form | {name: worst[name]}).status_code for name in form.keys() - initial}
    answers["initial"] = as_admin.post(address, form | initial).status_code
    shown = {path: as_admin.get(path).status_code for path in (address, page(label, "changelist"), "/agendas/")}

    assert {case: status for case, status in answers.items() if status not in {302, 400}} == {}
    assert {path: status for path, status in shown.items() if status not in {200, 302}} == {}


@pytest.mark.one_database  # Django reads a form before it asks the database
@pytest.mark.parametrize("label", WRITABLE)
def test_every_form_refuses_to_be_without_any_of_its_fields(as_admin, records, label):
    address = page(label, "change", records(1)[label].pk)
    form = shown_in(as_admin, address)
    as_admin.raise_request_exception = False

    left_out = [name for name in form if not name.startswith("initial-")]
    answers = {name: as_admin.post(address, {key: form[key] for key in form if key != name}) for name in left_out}
    empty = [as_admin.post(where, {}).status_code for where in (address, page(label, "add"))]

    assert {name: each.status_code for name, each in answers.items() if each.status_code not in {302, 400}} == {}
    assert set(empty) <= {302, 400}


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("issues.agenda", "issues"),
        ("issues.issue", "action_points"),
        ("actions.actionpoint", "milestones"),
        ("actions.actionpoint", "responsibilities"),
    ],
)
def test_form_with_an_impossible_number_of_parts_is_refused(as_admin, records, label, parts):
    address = page(label, "change", records(1)[label].pk)
    form = shown_in(as_admin, address)

    for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
        for count in (str(MAX_PARTS + 1), "99999", "9" * 19, "-1", "x", ""):
            answer = as_admin.post(address, form | {f"{parts}-{name}": count})

            assert answer.status_code == 400, (name, count)
            assert "The form does not say how many parts it has" in text(answer)


def test_form_that_claims_more_stored_parts_than_there_are_is_refused(as_admin, records):
    point = records(1)["actions.actionpoint"]
    address = page("actions.actionpoint", "change", point.pk)
    form = shown_in(as_admin, address) | {"title": "Renamed"}
    counts = {"milestones-TOTAL_FORMS": "9", "milestones-INITIAL_FORMS": "9"}

    refused = as_admin.post(address, form | counts)
    point.milestones.get().delete()
    removed_meanwhile = as_admin.post(address, form)

    assert (refused.status_code, removed_meanwhile.status_code) == (400, 400)
    assert "Somebody else has removed one of the parts on this page, so nothing was saved." in text(refused)
    assert ActionPoint.objects.get().title != "Renamed"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_agenda_cannot_follow_itself(as_admin, length):
    agendas = [personas.agenda(f"20{number}") for number in range(10, 10 + length)]
    for earlier, later in itertools.pairwise(agendas):
        later.follows = earlier
        later.save()
    address = page("issues.agenda", "change", agendas[0].pk)

    answer = as_admin.post(address, shown_in(as_admin, address) | {"follows": agendas[-1].pk})

    assert answer.status_code == 400
    assert "An agenda cannot follow itself, directly or through others." in text(answer)
    assert Agenda.objects.get(pk=agendas[0].pk).follows is None


@pytest.mark.parametrize("length", [1, 2, 3])
def test_action_point_cannot_be_carried_over_from_itself(as_admin, length):
    points = [
        personas.action_point(personas.issue(personas.agenda(f"20{number}"))) for number in range(10, 10 + length)
    ]
    for earlier, later in itertools.pairwise(points):
        later.carried_from.add(earlier)
    address = page("actions.actionpoint", "change", points[0].pk)

    answer = as_admin.post(address, shown_in(as_admin, address) | {"carried_from": [points[-1].pk]})

    assert answer.status_code == 400
    assert "An action point cannot be carried over from itself" in text(answer)
    assert not points[0].carried_from.exists()


def test_days_are_limited_like_partial_dates():
    assert (date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)) == (FIRST_DAY, LAST_DAY)


@pytest.mark.parametrize("day", ["0001-01-01", "1944-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("label", "name"), [("people.user", "digests_paused_until"), ("reminders.reminderschedule", "starts_on")]
)
def test_days_that_cannot_be_counted_with_are_refused(as_admin, records, label, name, day):
    address = page(label, "change", records(1)[label].pk)

    answer = as_admin.post(address, shown_in(as_admin, address) | {name: day})

    assert answer.status_code == 400
    assert name in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("issues.agenda", "issues"),
        ("issues.issue", "action_points"),
        ("actions.actionpoint", "milestones"),
        ("actions.actionpoint", "responsibilities"),
    ],
)
def test_part_that_somebody_has_added_meanwhile_is_refused(as_admin, records, label, parts):
    address = page(label, "change", records(1)[label].pk)
    form = shown_in(as_admin, address)

    answer = as_admin.post(address, form | {f"{parts}-INITIAL_FORMS": 0})

    assert answer.status_code == 400
    assert re.search("already exists|already leads this action point", text(answer))


# Responsibilities


@pytest.fixture
def point(db):
    """An action point of an open agenda, led by UNDP and UNSSC, on which only UNDP has reported."""
    point = personas.action_point()
    personas.lead(point, personas.agency("UNDP"), personas.agency("UNSSC"))
    personas.update(point, agency=personas.agency("UNDP"), status="completed")
    return point


def change_parts(client, point, others=None, **typed):
    """Send the page of the action point with these values in the line of UNDP, or in a new line."""
    address = page("actions.actionpoint", "change", point.pk)
    form = shown_in(client, address)
    undp = point.responsibilities.get(agency__acronym="UNDP")
    line = next(name for name, value in form.items() if name.endswith("-id") and value == undp.pk).removesuffix("id")
    if typed.pop("new", False):
        count = form["responsibilities-TOTAL_FORMS"]
        line, form = f"responsibilities-{count}-", form | {"responsibilities-TOTAL_FORMS": count + 1}
    return client.post(address, form | {line + name: value for name, value in typed.items()} | (others or {}))


def statuses(point):
    point.refresh_from_db()
    parts = point.responsibilities.current().order_by("agency__acronym")
    return point.status, {part.agency.acronym: part.status for part in parts}


def test_saving_responsibilities_derives_the_status_again(as_admin, point):
    before = statuses(point)

    ended = change_parts(as_admin, point, until="2026-01-01")
    after_the_end = statuses(point)
    again = change_parts(as_admin, point, until="")
    after_its_return = statuses(point)
    added = change_parts(as_admin, point, new=True, agency=personas.agency("WHO").pk, since="2026")

    assert [answer.status_code for answer in (ended, again, added)] == [302, 302, 302]
    assert before == ("under_way", {"UNDP": "completed", "UNSSC": "not_reported"})
    assert after_the_end == ("not_reported", {"UNSSC": "not_reported"})
    assert after_its_return == before
    assert statuses(point) == ("under_way", {"UNDP": "completed", "UNSSC": "not_reported", "WHO": "not_reported"})


def test_another_agency_for_a_part_derives_the_status_again(as_admin, point):
    answer = change_parts(as_admin, point, agency=personas.agency("WHO").pk)

    assert answer.status_code == 302
    assert statuses(point) == ("not_reported", {"UNSSC": "not_reported", "WHO": "not_reported"})


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"since": "March 2025", "until": "2025-02-28"}, "This is before the agency began to lead it."),
        ({"until": "1999-12-31"}, "This is before the agency began to lead it."),
        ({"until": "2090-01-01"}, "This date is in the future."),
        ({"new": True, "agency": "UNDP", "since": "2025"}, "UNDP already leads this action point."),
        ({"agency": "UNSSC"}, "UNSSC already leads this action point."),
    ],
)
def test_impossible_responsibilities_are_refused(as_admin, point, typed, error):
    before = list(Responsibility.objects.values())
    if acronym := typed.get("agency"):
        typed = typed | {"agency": personas.agency(acronym).pk}

    answer = change_parts(as_admin, point, **typed)

    assert answer.status_code == 400
    assert error in text(answer)
    assert list(Responsibility.objects.values()) == before


@pytest.mark.parametrize("at_once", [True, False])
def test_agency_may_lead_again_after_its_end(as_admin, point, at_once):
    end = {"responsibilities-0-until": "2026-01-01"}
    if not at_once:
        change_parts(as_admin, point, until="2026-01-01")

    answer = change_parts(
        as_admin, point, end if at_once else {}, new=True, agency=personas.agency("UNDP").pk, since="2026-02"
    )

    assert answer.status_code == 302
    assert statuses(point) == ("under_way", {"UNDP": "completed", "UNSSC": "not_reported"})


@pytest.mark.parametrize(("state", "is_dated"), [("open", True), ("draft", False)])
def test_action_point_added_to_an_open_agenda_has_its_day(as_admin, state, is_dated):
    issue = personas.issue(personas.agenda("2026", state=state))
    empty = {
        f"{parts}-{name}": 0
        for parts in ("responsibilities", "milestones")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    inline = {"action_points-1-number": 2, "action_points-1-title": "Two", "action_points-TOTAL_FORMS": 2}

    answers = [
        as_admin.post(page("actions.actionpoint", "add"), {"issue": issue.pk, "number": 1, "title": "One"} | empty),
        as_admin.post(
            page("issues.issue", "change", issue.pk),
            shown_in(as_admin, page("issues.issue", "change", issue.pk)) | inline,
        ),
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert set(ActionPoint.objects.values_list("added_on", flat=True)) == {timezone.localdate() if is_dated else None}
    assert Issue.objects.get().action_points.count() == 2
