"""The pages of a roll-over: what a coordinator sees and sends, faulty input, conflicts, and what the pages cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionPoint
from actions.rollover import carry_out, issue_views
from actions.rollover.decisions import Choice, carry_open_forward, decide, start
from actions.rollover.forms import RolloverForm
from actions.rollover.models import Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import NOW

HERE = "/agendas/2026/roll-over/"


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    found.lead_agencies.add(focal_point.agency)
    return found


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
        "seen": "",
    } | typed


def test_rollover_begins_with_a_name(as_coordinator, point):
    before = as_coordinator.get(HERE)
    done = as_coordinator.post(f"{HERE}name/", {"slug": "2027", "title": "Agenda of 2027"}, follow=True)

    assert f"{HERE}name/" in links(before)
    assert not Agenda.objects.filter(slug="2027").exists()
    assert "0 of 1 action point is decided on." in text(done)


def test_renaming_what_another_makes_meanwhile_is_told(as_coordinator, rollover, coordinator, monkeypatch):
    """The form is read and checked, the agenda is made, then the name comes: what was made stays made."""
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    checked = RolloverForm.full_clean

    def and_meanwhile(self):
        checked(self)
        carry_out.make(rollover, by=coordinator, now=NOW)

    monkeypatch.setattr(RolloverForm, "full_clean", and_meanwhile)
    told = as_coordinator.post(f"{HERE}name/", {"slug": "2028", "title": "Renamed"}, follow=True)

    rollover.refresh_from_db()
    assert "The new agenda is made already" in text(told)
    assert (rollover.title, rollover.made.slug, rollover.made_by) == ("Agenda of 2027", "2027", coordinator)


def test_issue_that_another_drops_meanwhile_does_not_come_back(as_coordinator, rollover, monkeypatch):
    monkeypatch.setattr(issue_views, "lock_plan", lambda rollover: rollover.issues.all().delete())

    told = as_coordinator.post(f"{HERE}issues/1/", {"number": "3", "title": "Renamed", "rationale": ""})

    assert (told.status_code, rollover.issues.filter(title="Renamed").exists()) == (409, False)
    assert "Another coordinator has just dropped" in text(told)


@pytest.mark.parametrize(("slug", "title"), [("2026", "Taken"), ("", "None"), ("a b", "Space"), ("2027", "\x07")])
def test_faulty_name_is_told(as_coordinator, point, slug, title):
    response = as_coordinator.post(f"{HERE}name/", {"slug": slug, "title": title})

    assert response.status_code == 400
    assert not Rollover.objects.exists()


def test_draft_does_not_roll_over(as_coordinator, point):
    Agenda.objects.update(state="draft")

    shown = as_coordinator.get(HERE)
    refused = as_coordinator.post(f"{HERE}name/", {"slug": "2027", "title": "Next"})

    assert "This agenda is a draft." in text(shown)
    assert (refused.status_code, Rollover.objects.exists()) == (302, False)


def test_decision_is_stored_at_once_and_leads_to_the_next(as_coordinator, rollover, point):
    personas.action_point(number=2)

    done = as_coordinator.post(f"{HERE}1.1/", form(then="next"))

    decision = Decision.objects.get()
    assert done.headers["Location"] == f"{HERE}1.2/"
    assert (decision.kind, decision.reason, str(decision.targets.get())) == ("carry", "Goes on.", "1.1 Joint training")
    assert "Undecided" in text(as_coordinator.get(HERE))
    assert "Joint training" not in text(as_coordinator.get(f"{HERE}?show=undecided")).partition("The new agenda")[0]


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
        {"kind": "split", "parts": "One"},
        {"kind": "split", "parts": "One\n" + "x" * 201},
        {"kind": "split", "parts": "One\n\x00"},
        {"kind": "sell"},
        {"reason": ""},
        {"reason": "\x07"},
        {"seen": "x" * 99},
    ],
)
def test_faulty_decision_is_told_and_what_was_typed_is_kept(as_coordinator, rollover, typed):
    response = as_coordinator.post(f"{HERE}1.1/", form(**typed))

    assert response.status_code == 400
    assert "Not saved yet" in text(response)
    assert (Decision.objects.count(), PlannedPoint.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "planned"),
    [
        ({"kind": "close", "outcome": "completed"}, []),
        ({"kind": "carry", "number": "7"}, ["1.7 Joint training"]),
        ({"kind": "split", "parts": "One\r\n\r\n Two "}, ["1.1 One", "1.2 Two"]),
        ({"kind": "merge", "title": "Together"}, ["1.1 Together"]),
        ({"kind": "supersede", "title": "Better"}, ["1.1 Better"]),
    ],
)
def test_each_kind_of_decision_is_stored_and_shown_again(as_coordinator, rollover, typed, planned):
    done = as_coordinator.post(f"{HERE}1.1/", form(**typed))
    again = as_coordinator.get(f"{HERE}1.1/")

    assert done.status_code == 302
    assert [str(each) for each in PlannedPoint.objects.select_related("issue")] == planned
    assert again.context["form"]["kind"].value() == typed["kind"]


def test_decision_is_taken_back(as_coordinator, rollover):
    as_coordinator.post(f"{HERE}1.1/", form())
    seen = str(Decision.objects.get().revision)

    done = as_coordinator.post(f"{HERE}1.1/", {"do": "take-back", "seen": seen}, follow=True)

    assert "2026/1.1 is undecided again." in text(done)
    assert (Decision.objects.count(), PlannedPoint.objects.count()) == (0, 0)


def test_second_coordinator_sees_the_first_ones_decision_and_can_replace_it(as_coordinator, rollover, admin, point):
    choice = Choice(kind="close", outcome="discontinued", reason="No money.")
    decide(rollover, point, choice, by=admin, now=NOW, seen="")

    told = as_coordinator.post(f"{HERE}1.1/", form())
    kept = Decision.objects.get().kind
    done = as_coordinator.post(f"{HERE}1.1/", form(seen=told.context["form"]["seen"].value()))

    assert (told.status_code, kept, done.status_code) == (409, "close", 302)
    assert "Another coordinator was faster" in text(told)
    assert "Because: No money." in text(told)
    assert Decision.objects.get().kind == "carry"


def test_taking_back_what_another_changed_is_told(as_coordinator, rollover, admin, point):
    decide(rollover, point, Choice(kind="close", outcome="completed", reason="Done."), by=admin, now=NOW, seen="")

    told = as_coordinator.post(f"{HERE}1.1/", {"do": "take-back", "seen": "old"})

    assert (told.status_code, Decision.objects.count()) == (409, 1)


def test_issue_is_renamed_added_and_dropped(as_coordinator, rollover):
    renamed = as_coordinator.post(f"{HERE}issues/1/", {"number": "3", "title": "Renamed", "rationale": ""})
    added = as_coordinator.post(f"{HERE}issues/", {"number": "1", "title": "New", "rationale": "Why"})
    taken = as_coordinator.post(f"{HERE}issues/", {"number": "1", "title": "Taken"})
    dropped = as_coordinator.post(f"{HERE}issues/1/", {"do": "drop"})

    assert [answer.status_code for answer in (renamed, added, taken, dropped)] == [302, 302, 400, 302]
    assert [str(issue) for issue in rollover.issues.all()] == ["3. Renamed"]


def test_issue_that_something_goes_under_is_not_dropped(as_coordinator, rollover):
    as_coordinator.post(f"{HERE}1.1/", form())

    refused = as_coordinator.post(f"{HERE}issues/1/", {"do": "drop"})

    assert refused.status_code == 409
    assert "Action points go under this issue: 1.1." in text(refused)


def test_whole_way_and_lineage_on_both_sides(as_coordinator, rollover, point, focal_point, client):
    as_coordinator.post(f"{HERE}carried-forward/", {"reason": "Still open."})
    made = as_coordinator.post(f"{HERE}agenda/", follow=True)
    hidden = text(personas.sign_in(client, focal_point).get("/agendas/2026/1.1/"))
    opening = {"close_source": "on", "visible_to": "network"}
    personas.sign_in(client, rollover.started_by).post(f"{HERE}opening/", opening)
    personas.sign_in(client, focal_point)
    old, new = client.get("/agendas/2026/1.1/"), client.get("/agendas/2027/1.1/")

    assert "“Agenda of 2027” is made" in text(made)
    assert "2027/1.1" not in hidden
    assert "Still open." not in hidden
    assert "2026/1.1 → 2027/1.1" in text(old)
    assert "Carry forward Because: Still open." in text(old)
    assert "2026/1.1 → 2027/1.1" in text(new)
    assert Agenda.objects.get(slug="2026").state == "closed"


@pytest.mark.parametrize("audience", ["network", "everybody"])
def test_new_agenda_is_opened_to_those_who_are_chosen(as_coordinator, rollover, coordinator, audience, client):
    Agenda.objects.update(visible_to="everybody")
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.make(rollover, by=coordinator, now=NOW)

    page = as_coordinator.get(HERE)
    refused = as_coordinator.post(f"{HERE}opening/", {"close_source": "on"})
    as_coordinator.post(f"{HERE}opening/", {"visible_to": audience})
    client.logout()

    assert 'value="everybody" required id="id_visible_to_1" checked' in page.text
    assert refused.status_code == 400
    assert "Choose who may read it." in text(refused)
    assert Agenda.objects.get(slug="2027").visible_to == audience
    assert client.get("/agendas/2027/").status_code == (200 if audience == "everybody" else 302)


def test_visitors_see_references_and_not_who_decided(client, rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    carry_out.make(rollover, by=coordinator, now=NOW)
    Agenda.objects.update(state="open", visible_to="everybody")

    shown = text(client.get("/agendas/2026/1.1/"))

    assert "2026/1.1 → 2027/1.1" in shown
    assert "Still open." not in shown


def test_undoing_keeps_the_decisions(as_coordinator, rollover, coordinator):
    carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
    as_coordinator.post(f"{HERE}agenda/")

    locked = as_coordinator.post(f"{HERE}1.1/", form())
    done = as_coordinator.post(f"{HERE}undoing/", follow=True)

    assert locked.status_code == 409
    assert "Every decision is kept." in text(done)
    assert (Agenda.objects.count(), Decision.objects.count()) == (1, 1)


def test_bulk_without_a_reason_is_told(as_coordinator, rollover):
    response = as_coordinator.post(f"{HERE}carried-forward/", {"reason": ""})

    assert response.status_code == 400
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("path", "cost"), [(HERE, 14), (f"{HERE}1.1/", 15), ("/agendas/2026/1.1/", 16)])
def test_pages_cost_the_same_for_any_number_of_rows(as_coordinator, rollover, coordinator, path, cost):
    costs = []
    for rows in (1, 3):
        for number in range(2, rows + 1):
            personas.action_point(number=number).lead_agencies.add(personas.agency(f"AG{number}"))
        carry_open_forward(rollover, "Still open.", by=coordinator, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert as_coordinator.get(path).status_code == 200
        costs.append(len(queries))

    assert costs == [cost, cost]
    assert ActionPoint.objects.count() == 3


def test_signed_out_coordinator_finds_what_was_typed(client, rollover, coordinator):
    sent = client.post(f"{HERE}1.1/", form(kind="close", reason="Half a sentence"))
    client.force_login(coordinator)

    shown = client.get(sent.headers["Location"].partition("next=")[2]).context["form"]

    assert (shown["kind"].value(), shown["reason"].value()) == ("close", "Half a sentence")
