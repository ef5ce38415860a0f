"""Test the pages that prepare the next agenda: invalid input, conflicts, and the number of queries."""

from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionPoint
from actions.rollover import carry_out, issue_views
from actions.rollover.decisions import Choice, carry_open_forward, decide
from actions.rollover.forms import MAX_LISTED, RolloverForm
from actions.rollover.models import Decision, MilestoneDecision, PlannedIssue, PlannedPoint, Rollover
from actions.rollover.plan import start
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import NOW

pytestmark = pytest.mark.one_database

OPENING = "/agendas/2027/set-up/opening/"
BASE = "/agendas/2026/roll-over/"


@pytest.fixture
def point(focal_point):
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency)
    return point


@pytest.fixture
def rollover(point, coordinator):
    return start(Rollover(source=point.issue.agenda, slug="2027", title="Agenda of 2027"), coordinator, NOW)


def form(**typed):
    issue = PlannedIssue.objects.get()
    return {
        "kind": "carry",
        "reason": "Goes on.",
        "issue": str(issue.pk),
        "title": "Joint training",
        "version": "",
    } | typed


def test_rollover_starts_with_a_name(as_coordinator, point):
    start_page = as_coordinator.get(BASE)
    overview = as_coordinator.post(f"{BASE}name/", {"slug": "2027", "title": "Agenda of 2027"}, follow=True)

    assert f"{BASE}name/" in links(start_page)
    assert not Agenda.objects.filter(slug="2027").exists()
    assert "0 of 1 action point is decided on." in text(overview)


def test_renaming_is_refused_if_the_agenda_was_created_meanwhile(as_coordinator, rollover, coordinator, monkeypatch):
    """Another coordinator creates the agenda after the form was validated and before the name is stored."""
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    full_clean = RolloverForm.full_clean

    def validate_then_create_agenda(self):
        full_clean(self)
        carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    monkeypatch.setattr(RolloverForm, "full_clean", validate_then_create_agenda)
    response = as_coordinator.post(f"{BASE}name/", {"slug": "2028", "title": "Renamed"}, follow=True)

    rollover.refresh_from_db()
    assert "The new agenda has been created, so nothing was changed." in text(response)
    assert (rollover.title, rollover.next_agenda.slug, rollover.carried_out_by) == (
        "Agenda of 2027",
        "2027",
        coordinator,
    )


def test_issue_that_was_removed_meanwhile_is_not_saved_again(as_coordinator, rollover, monkeypatch):
    monkeypatch.setattr(issue_views, "lock_plan", lambda rollover: rollover.issues.all().delete())

    response = as_coordinator.post(f"{BASE}issues/1/", {"number": "3", "title": "Renamed", "rationale": ""})

    assert (response.status_code, rollover.issues.filter(title="Renamed").exists()) == (409, False)
    assert "Another coordinator has just removed this issue." in text(response)


@pytest.mark.parametrize(("slug", "title"), [("2026", "Taken"), ("", "None"), ("a b", "Space"), ("2027", "\x07")])
def test_invalid_name_is_refused(as_coordinator, point, slug, title):
    response = as_coordinator.post(f"{BASE}name/", {"slug": slug, "title": title})

    assert response.status_code == 400
    assert not Rollover.objects.exists()


def test_draft_has_no_next_agenda(as_coordinator, point):
    Agenda.objects.update(state="draft")

    page = as_coordinator.get(BASE)
    refused = as_coordinator.post(f"{BASE}name/", {"slug": "2027", "title": "Next"})

    assert "This agenda is still a draft." in text(page)
    assert (refused.status_code, Rollover.objects.exists()) == (302, False)


def test_decision_is_saved_and_leads_to_the_next_action_point(as_coordinator, rollover, point):
    personas.action_point(number=2)

    response = as_coordinator.post(f"{BASE}1.1/", form(then="next"))

    decision = Decision.objects.get()
    assert response.headers["Location"] == f"{BASE}1.2/"
    assert (decision.kind, decision.reason, str(decision.targets.get())) == ("carry", "Goes on.", "1.1 Joint training")
    assert "Undecided" in text(as_coordinator.get(BASE))
    assert "Joint training" not in text(as_coordinator.get(f"{BASE}?show=undecided")).partition("The new agenda")[0]


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "close"},
        {"kind": "close", "outcome": "sold"},
        {"kind": "carry", "issue": ""},
        {"kind": "carry", "issue": "99999999999999999999999"},
        {"kind": "carry", "title": ""},
        {"kind": "carry", "title": "x" * 201},
        {"kind": "carry", "number": "0"},
        {"kind": "carry", "number": "1e30"},
        {"kind": "merge", "into": "x"},
        {"kind": "merge", "into": "99999999999999999999999"},
        {"kind": "split", "titles": "One"},
        {"kind": "split", "titles": "One\n" + "x" * 201},
        {"kind": "split", "titles": "One\n\x00"},
        {"kind": "sell"},
        {"reason": ""},
        {"reason": "\x07"},
    ],
)
def test_invalid_decision_is_not_saved(as_coordinator, rollover, typed):
    response = as_coordinator.post(f"{BASE}1.1/", form(**typed))

    assert response.status_code == 400
    assert "Not saved yet" in text(response)
    assert (Decision.objects.count(), PlannedPoint.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "planned"),
    [
        ({"kind": "close", "outcome": "completed"}, []),
        ({"kind": "carry", "number": "7"}, ["1.7 Joint training"]),
        ({"kind": "split", "titles": "One\r\n\r\n Two "}, ["1.1 One", "1.2 Two"]),
        ({"kind": "merge", "title": "Together"}, ["1.1 Together"]),
        ({"kind": "supersede", "title": "Better"}, ["1.1 Better"]),
    ],
)
def test_decision_of_each_kind_is_saved_and_shown(as_coordinator, rollover, typed, planned):
    response = as_coordinator.post(f"{BASE}1.1/", form(**typed))
    again = as_coordinator.get(f"{BASE}1.1/")

    assert response.status_code == 302
    assert [str(point) for point in PlannedPoint.objects.select_related("issue")] == planned
    assert again.context["form"]["kind"].value() == typed["kind"]


def test_decision_is_removed(as_coordinator, rollover):
    as_coordinator.post(f"{BASE}1.1/", form())
    seen = str(Decision.objects.get().version)

    response = as_coordinator.post(f"{BASE}1.1/", {"do": "remove", "version": seen}, follow=True)

    assert "2026/1.1 is undecided again." in text(response)
    assert (Decision.objects.count(), PlannedPoint.objects.count()) == (0, 0)


def test_second_coordinator_sees_the_first_decision_and_can_replace_it(as_coordinator, rollover, admin, point):
    choice = Choice(kind="close", outcome="discontinued", reason="No money.")
    decide(rollover, point, choice, by=admin, now=NOW, version="")

    refused = as_coordinator.post(f"{BASE}1.1/", form())
    kind_before = Decision.objects.get().kind
    replaced = as_coordinator.post(f"{BASE}1.1/", form(version=refused.context["form"]["version"].value()))

    assert (refused.status_code, kind_before, replaced.status_code) == (409, "close", 302)
    assert "Another coordinator has changed this decision" in text(refused)
    assert "Reason: No money." in text(refused)
    assert Decision.objects.get().kind == "carry"


def test_removing_a_decision_that_another_changed_is_refused(as_coordinator, rollover, admin, point):
    decide(rollover, point, Choice(kind="close", outcome="completed", reason="Done."), by=admin, now=NOW, version="")

    response = as_coordinator.post(f"{BASE}1.1/", {"do": "remove", "version": "old"})

    assert (response.status_code, Decision.objects.count()) == (409, 1)


def test_issue_is_renamed_added_and_removed(as_coordinator, rollover):
    renamed = as_coordinator.post(f"{BASE}issues/1/", {"number": "3", "title": "Renamed", "rationale": ""})
    added = as_coordinator.post(f"{BASE}issues/", {"number": "1", "title": "New", "rationale": "Why"})
    taken = as_coordinator.post(f"{BASE}issues/", {"number": "1", "title": "Taken"})
    removed = as_coordinator.post(f"{BASE}issues/1/", {"do": "remove"})

    assert [response.status_code for response in (renamed, added, taken, removed)] == [302, 302, 400, 302]
    assert [str(issue) for issue in rollover.issues.all()] == ["3. Renamed"]


def test_issue_with_action_points_is_not_removed(as_coordinator, rollover):
    as_coordinator.post(f"{BASE}1.1/", form())

    refused = as_coordinator.post(f"{BASE}issues/1/", {"do": "remove"})

    assert refused.status_code == 409
    assert "This issue has action points: 1.1." in text(refused)


def test_lineage_is_shown_on_both_action_points(as_coordinator, rollover, point, focal_point, client):
    as_coordinator.post(f"{BASE}carried-forward/", {"reason": "Still open."})
    created = as_coordinator.post(f"{BASE}agenda/", follow=True)
    hidden = text(personas.sign_in(client, focal_point).get("/agendas/2026/1.1/"))
    opening = {"close_source": "on", "visible_to": "network"}
    personas.sign_in(client, rollover.started_by).post(OPENING, opening)
    personas.sign_in(client, focal_point)
    old, new = client.get("/agendas/2026/1.1/"), client.get("/agendas/2027/1.1/")

    assert "“Agenda of 2027” has been created" in text(created)
    assert "2027/1.1" not in hidden
    assert "Still open." not in hidden
    assert "2026/1.1 → 2027/1.1" in text(old)
    assert "Carry forward Reason: Still open." in text(old)
    assert "2026/1.1 → 2027/1.1" in text(new)
    assert Agenda.objects.get(slug="2026").state == "closed"


@pytest.mark.parametrize("audience", ["network", "everybody"])
def test_new_agenda_is_opened_to_the_chosen_readers(as_coordinator, rollover, coordinator, audience, client):
    Agenda.objects.update(visible_to="everybody")
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.create_agenda(rollover, by=coordinator, now=NOW)

    page = as_coordinator.get(OPENING)
    refused = as_coordinator.post(OPENING, {"close_source": "on"})
    as_coordinator.post(OPENING, {"visible_to": audience, "confirm_everybody": "on"})
    client.logout()

    assert 'value="everybody" required id="id_visible_to_1" checked' in page.text
    assert refused.status_code == 400
    assert "Choose who may read it." in text(refused)
    assert Agenda.objects.get(slug="2027").visible_to == audience
    assert client.get("/agendas/2027/").status_code == (200 if audience == "everybody" else 302)


def test_visitors_see_references_and_no_decisions(client, rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.create_agenda(rollover, by=coordinator, now=NOW)
    Agenda.objects.update(state="open", visible_to="everybody")

    shown = text(client.get("/agendas/2026/1.1/"))

    assert "2026/1.1 → 2027/1.1" in shown
    assert "Still open." not in shown


def test_removing_the_draft_keeps_the_decisions(as_coordinator, rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    as_coordinator.post(f"{BASE}agenda/")

    locked = as_coordinator.post(f"{BASE}1.1/", form())
    response = as_coordinator.post(f"{BASE}undoing/", follow=True)

    assert locked.status_code == 409
    assert "All decisions are kept." in text(response)
    assert (Agenda.objects.count(), Decision.objects.count()) == (1, 1)


def test_carrying_all_forward_requires_a_reason(as_coordinator, rollover):
    response = as_coordinator.post(f"{BASE}carried-forward/", {"reason": ""})

    assert response.status_code == 400
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("path", "count"), [(BASE, 13), (f"{BASE}1.1/", 16), ("/agendas/2026/1.1/", 13)])
def test_pages_need_the_same_queries_for_any_number_of_rows(as_coordinator, rollover, coordinator, path, count):
    counts = []
    for rows in (1, 3):
        for number in range(2, rows + 1):
            personas.lead(personas.action_point(number=number), personas.agency(f"AG{number}"))
        carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert as_coordinator.get(path).status_code == 200
        counts.append(len(queries))

    assert counts == [count, count]
    assert ActionPoint.objects.count() == 3


def test_form_is_restored_after_signing_in(client, rollover, coordinator):
    sign_in = client.post(f"{BASE}1.1/", form(kind="close", reason="Half a sentence")).headers["Location"]
    client.force_login(coordinator)

    shown = client.get(unquote(sign_in.partition("next=")[2])).context["form"]

    assert (shown["kind"].value(), shown["reason"].value()) == ("close", "Half a sentence")


def test_overview_of_a_long_agenda_has_pages(as_coordinator, rollover, point, coordinator, monkeypatch):
    monkeypatch.setattr("actions.rollover.views.PAGE_SIZE", 2)
    for number in (2, 3):
        personas.action_point(point.issue, number, title=f"Old {number}")
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    personas.action_point(point.issue, 4, title="Undecided 4")

    first, old, new, undecided = (
        text(as_coordinator.get(BASE + query)) for query in ("", "?page=2", "?planned=2", "?show=undecided")
    )

    assert [first.count(title) for title in ("Joint training", "Old 3", "Undecided 4")] == [3, 0, 0]
    assert [old.count(title) for title in ("Joint training", "Old 3", "Undecided 4")] == [1, 2, 1]
    assert [new.count(title) for title in ("Joint training", "Old 3", "Undecided 4")] == [2, 1, 0]
    assert [undecided.count(title) for title in ("Old 3", "Undecided 4")] == [0, 1]
    assert "?planned=2" in links(as_coordinator.get(BASE))


@pytest.mark.parametrize("query", ["?page=2", "?page=x", "?planned=0"])
def test_page_that_the_overview_does_not_have_says_so(as_coordinator, rollover, query):
    assert as_coordinator.get(BASE + query).status_code == 400


@pytest.fixture
def large_plan(rollover):
    """Plan more action points, in a second issue, than the form of a decision lists; 1.1 is in the issue of the action point itself."""
    first = PlannedIssue.objects.get()
    second = PlannedIssue.objects.create(rollover=rollover, number=2, title="Learning")
    PlannedPoint.objects.create(issue=first, number=1, title="Near")
    PlannedPoint.objects.bulk_create(
        PlannedPoint(issue=second, number=number, title=f"Far {number}") for number in range(1, MAX_LISTED + 1)
    )
    return first


def merge(issue, **typed):
    return {"kind": "merge", "reason": "Same work.", "issue": str(issue.pk), "title": "", "version": ""} | typed


@pytest.mark.parametrize("number", ["2.150", "2027/2.150", " 2.150 "])
def test_action_point_of_a_large_plan_is_chosen_by_number(as_coordinator, large_plan, number):
    page = as_coordinator.get(f"{BASE}1.1/")
    response = as_coordinator.post(f"{BASE}1.1/", merge(large_plan, into_number=number))
    stored = as_coordinator.get(f"{BASE}1.1/")

    assert [str(point) for point in page.context["form"].fields["into"].queryset] == ["1.1 Near"]
    assert (response.status_code, str(Decision.objects.get().targets.get())) == (302, "2.150 Far 150")
    listed = [str(point) for point in stored.context["form"].fields["into"].queryset]
    assert listed == ["1.1 Near", "2.150 Far 150"]
    assert stored.context["form"]["into"].value() == Decision.objects.get().targets.get().pk


@pytest.mark.parametrize("number", ["2.201", "3.1", "2026/2.150", "2", "Far 150", "\x00", "2.99999", "x" * 5000])
def test_number_that_is_not_in_a_large_plan_is_refused(as_coordinator, large_plan, number):
    response = as_coordinator.post(f"{BASE}1.1/", merge(large_plan, into_number=number))

    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {"into_number"}
    assert not Decision.objects.exists()


def test_small_plan_is_listed_as_a_whole(as_coordinator, rollover):
    assert "into_number" not in as_coordinator.get(f"{BASE}1.1/").context["form"].fields


def test_passed_milestones_are_asked_about_before_the_agenda_is_created(as_coordinator, rollover, coordinator):
    held = personas.milestone(ActionPoint.objects.get(), title="Course in Vienna", due="2005-12")
    dropped = personas.milestone(ActionPoint.objects.get(), title="Course in Rome", due="2006-07")
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    path = f"{BASE}milestones/"

    overview = text(as_coordinator.get(BASE))
    as_coordinator.post(f"{BASE}agenda/")
    refused = Agenda.objects.filter(slug="2027").exists()
    incomplete = as_coordinator.post(path, {f"kind_{held.pk}": "done", f"kind_{dropped.pk}": "dropped"})
    saved = as_coordinator.post(
        path, {f"kind_{held.pk}": "done", f"date_{held.pk}": "December 2005", f"kind_{dropped.pk}": "dropped"}
    )
    as_coordinator.post(f"{BASE}agenda/")

    assert "2 milestones have passed and are not marked as done" in overview
    assert not refused
    assert incomplete.status_code == 400
    assert "Enter when it was done." in text(incomplete)
    assert saved.status_code == 302
    assert list(ActionPoint.objects.get(issue__agenda__slug="2027").milestones.all()) == []


@pytest.mark.parametrize(
    ("kind", "day", "message"),
    [
        ("done", "2099", "This date is in the future"),
        ("new_date", "", "Enter the new date."),
        ("new_date", "2005", "This date has passed too"),
        ("new_date", "soon", "date"),
        ("junk", "2099", "junk"),
    ],
)
def test_decision_on_a_milestone_needs_a_date_that_fits(as_coordinator, rollover, coordinator, kind, day, message):
    milestone = personas.milestone(ActionPoint.objects.get(), due="2005-12")
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)

    response = as_coordinator.post(f"{BASE}milestones/", {f"kind_{milestone.pk}": kind, f"date_{milestone.pk}": day})

    assert response.status_code == 400
    assert message in text(response)
    assert MilestoneDecision.objects.count() == 0
