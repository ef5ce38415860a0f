"""Tests of the home page and of the page "My action points"."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from actions.drafts import save_draft
from actions.inbox import rows
from actions.note import reviews
from actions.note.builder import NoteBuilder
from actions.note.models import SectionEdit
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,  # what pages say does not depend on the database
]


@pytest.fixture
def signed_in(client, focal_point):
    personas.sign_in(client, focal_point)
    return client


def own_action_point(focal_point, number: int, reported_days_ago: int | None = None):
    point = personas.action_point(personas.issue(), number=number)
    personas.assign(point, focal_point)
    if reported_days_ago is not None:
        personas.update(point, focal_point, now=timezone.now() - timedelta(days=reported_days_ago))
    return point


def test_home_redirects_by_role(client, focal_point, coordinator, admin):
    agenda = personas.agenda("2026", visible_to="everybody")

    visitor = client.get("/").headers["Location"]
    answers = []
    for user in (focal_point, coordinator, admin):
        personas.sign_in(client, user)
        answers.append(client.get("/").headers["Location"])

    assert visitor == agenda.get_absolute_url()
    assert answers == [reverse("my_action_points"), *[reverse("dashboard", args=["2026"])] * 2]


def test_inbox_shows_what_waits_apart_by_reference(signed_in, focal_point):
    recent, overdue, long_overdue, never_reported = (
        own_action_point(focal_point, n, days) for n, days in enumerate([1, 100, 400, None], 1)
    )

    inbox = signed_in.get(reverse("my_action_points")).context["inbox"]

    assert [row.action_point.pk for row in inbox.waiting] == [overdue.pk, long_overdue.pk, never_reported.pk]
    assert [row.action_point.pk for row in inbox.up_to_date] == [recent.pk]
    assert inbox.with_others == []


def test_worklist_omits_action_points_of_others_and_completed_ones(signed_in, focal_point, other_focal_point):
    own_action_point(other_focal_point, 1)
    done = own_action_point(focal_point, 2)
    personas.update(done, focal_point, status="completed")

    assert signed_in.get(reverse("my_action_points")).context["inbox"].rows == []


def test_worklist_includes_action_points_of_the_agency_and_its_parts(signed_in, focal_point):
    part = personas.agency("UNDP-NO", parent=focal_point.agency)
    point = personas.action_point()
    personas.lead(point, part)

    rows = signed_in.get(reverse("my_action_points")).context["inbox"].rows

    assert [row.action_point.pk for row in rows] == [point.pk]


def test_worklist_shows_drafts(signed_in, focal_point):
    point = own_action_point(focal_point, 1)
    drafts = [save_draft(point, focal_point, {"narrative": [half]}) for half in ("Half a", "Half of another")]

    page = signed_in.get(reverse("my_action_points"))

    form = reverse("log_progress", args=["2026", 1, 1])
    assert {f"{form}?draft={draft.pk}" for draft in drafts} <= links(page)
    assert {reverse("discard_draft", args=["2026", 1, 1, draft.pk]) for draft in drafts} <= links(page)


@pytest.mark.parametrize("lost", ["closed", "completed", "another's"])
def test_worklist_shows_drafts_of_action_points_no_longer_listed(signed_in, focal_point, lost):
    point = own_action_point(focal_point, 1)
    draft = save_draft(point, focal_point, {"narrative": ["Half a sentence"]})
    if lost == "closed":
        Agenda.objects.filter(pk=point.issue.agenda_id).update(state=Agenda.State.CLOSED)
    elif lost == "completed":
        personas.update(point, status="completed")
    else:
        personas.set_leads(point, personas.agency("FAO"))
    form = f"{reverse('log_progress', args=['2026', 1, 1])}?draft={draft.pk}"
    discard = reverse("discard_draft", args=["2026", 1, 1, draft.pk])

    page = signed_in.get(reverse("my_action_points"))
    confirmation = signed_in.get(discard)
    signed_in.post(discard, {"version": str(confirmation.context["draft"].submission)})

    assert page.context["inbox"].rows == []
    assert "Drafts on other action points" in text(page)
    assert {form, discard} & links(page) == ({form, discard} if lost == "completed" else {discard})
    assert "Half a sentence" in text(confirmation)
    assert not point.drafts.exists()


def test_worklist_shows_each_draft_once_and_none_of_others(signed_in, focal_point, other_focal_point):
    save_draft(own_action_point(focal_point, 1), focal_point, {"narrative": ["Mine"]})
    save_draft(own_action_point(other_focal_point, 2), other_focal_point, {"narrative": ["Another's"]})

    assert signed_in.get(reverse("my_action_points")).context["drafts"] == []


@pytest.mark.parametrize("drafts", [1, 3])
def test_worklist_with_drafts_has_a_fixed_number_of_queries(signed_in, focal_point, django_assert_num_queries, drafts):
    for number in range(1, drafts + 1):
        save_draft(personas.action_point(number=number), focal_point, {"narrative": ["Half a"]})
    signed_in.get(reverse("my_action_points"))

    with django_assert_num_queries(DRAFT_QUERIES):
        signed_in.get(reverse("my_action_points"))


DRAFT_QUERIES = 17
"""Session, user, agencies below the person's, updates of today, schedules, declined parts, own action points,
drafts with parts, the agency, what it leads, the agenda and its action
points, coordinators.
"""


@pytest.mark.parametrize("rows", [1, 3])
def test_worklist_has_a_fixed_number_of_queries(signed_in, focal_point, django_assert_num_queries, rows):
    for number in range(1, rows + 1):
        personas.milestone(own_action_point(focal_point, number, 100))
    signed_in.get(reverse("my_action_points"))

    with django_assert_num_queries(25):
        signed_in.get(reverse("my_action_points"))


def test_long_worklist_shows_the_most_urgent(signed_in, focal_point, monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    personas.update(own_action_point(focal_point, 1))
    for number in (2, 3):
        own_action_point(focal_point, number)

    response = signed_in.get(reverse("my_action_points"))

    assert [row.action_point.number for row in response.context["inbox"].rows] == [2, 3]
    assert "?owner=mine" in response.text


def test_worklist_links_to_notes_to_sign_off(client, focal_point, coordinator):
    point = personas.action_point()
    personas.assign(point, focal_point, coordinator)

    assert "/agendas/2026/note/sign-offs/" in links(personas.sign_in(client, focal_point).get("/my/"))
    assert "/agendas/2026/note/sign-offs/" not in links(personas.sign_in(client, coordinator).get("/my/"))


def test_worklist_shows_the_agency_that_leads_each_action_point(signed_in, focal_point):
    personas.lead(own_action_point(focal_point, 1), focal_point.agency)
    led = personas.action_point(number=2)
    personas.lead(led, focal_point.agency, personas.agency("FAO"))

    page = signed_in.get(reverse("my_action_points"))

    assert {row.action_point.number: row.through for row in page.context["inbox"].rows} == {1: "", 2: "UNDP"}
    assert text(page).count("Yours because UNDP leads it.") == 1


def test_empty_worklist_links_to_the_next_steps(signed_in, focal_point, coordinator):
    personas.person("gone@example.org", "coordinator", is_active=False)
    done = personas.action_point(title="Of the agency")
    personas.lead(done, focal_point.agency)
    personas.update(done, status="completed")
    without = text(signed_in.get("/my/"))
    personas.action_point(number=2, title="Nobody's")

    page = signed_in.get("/my/")

    assert "Look at what has no one responsible yet" not in without
    assert {
        "/agendas/2026/action-points/?attention=no_one_responsible",
        "/agendas/2026/",
        "/agendas/2026/1.1/",
        "/agencies/UNDP/",
        "/preferences/",
        "mailto:coordinator@example.org",
    } <= links(page)
    assert "mailto:gone@example.org" not in links(page)
    assert "What your agency leads" in text(page)
    assert "2026/1.1 Of the agency" in text(page)


def test_empty_worklist_shows_what_the_agency_above_leads(client, focal_point):
    personas.lead(personas.action_point(title="Of the whole"), focal_point.agency, persons=[focal_point])
    person = personas.person("no@example.org", agency=personas.agency("UNDP-NO", parent=focal_point.agency))

    page = personas.sign_in(client, person).get("/my/")

    assert page.context["inbox"].rows == []
    assert "2026/1.1 Of the whole" in text(page)


@pytest.mark.parametrize("agendas", [0, 1])
def test_empty_worklist_of_a_coordinator_links_to_the_dashboard(client, coordinator, agendas):
    for _ in range(agendas):
        personas.agenda()

    page = personas.sign_in(client, coordinator).get("/my/")

    assert page.status_code == 200
    assert ("/agendas/2026/dashboard/" in links(page)) is bool(agendas)
    assert "Tell a coordinator" not in text(page)


@pytest.mark.parametrize("points", [1, 3])
def test_empty_worklist_has_a_fixed_number_of_queries(signed_in, focal_point, django_assert_num_queries, points):
    for number in range(1, points + 1):
        point = personas.action_point(number=number)
        personas.lead(point, focal_point.agency)
        personas.milestone(point)
        personas.update(point, status="completed")

    with django_assert_num_queries(28):
        signed_in.get(reverse("my_action_points"))


def test_part_without_an_active_person_belongs_to_the_agencies_below(client, focal_point):
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    person = personas.person("no@example.org", agency=personas.agency("UNDP-NO", parent=focal_point.agency))

    rows = personas.sign_in(client, person).get("/my/").context["inbox"].rows

    assert [(row.action_point.pk, row.through) for row in rows] == [(point.pk, "UNDP")]


def test_worklist_has_a_row_for_each_own_part(signed_in, focal_point):
    undp, unssc, fao = map(personas.agency, ("UNDP", "UNSSC", "FAO"))
    point = personas.action_point()
    personas.lead(point, undp, unssc, persons=[focal_point])
    personas.lead(point, fao)
    personas.update(point, agency=undp, now=timezone.now())

    page = signed_in.get("/my/")

    inbox = page.context["inbox"]
    assert [(row.part.agency.acronym, row.part.status) for row in inbox.waiting] == [("UNSSC", "not_reported")]
    assert [(row.part.agency.acronym, row.part.status) for row in inbox.up_to_date] == [("UNDP", "under_way")]
    assert {reverse("inbox_box", args=[row.part.pk]) for row in inbox.rows} <= links(page)
    assert "Waiting for you 1" in text(page)


def test_part_that_has_ended_is_left_out(signed_in, focal_point):
    point = personas.action_point()
    personas.lead(point, focal_point.agency, personas.agency("FAO"))
    personas.update(point, agency=focal_point.agency, status="completed")

    assert signed_in.get("/my/").context["inbox"].rows == []


@pytest.mark.parametrize("days", [0, 89, 90, 91, 400])
def test_worklist_says_when_an_update_is_due(signed_in, focal_point, days):
    own_action_point(focal_point, 1, days)
    first_due = timezone.localdate() - timedelta(days=days) + timedelta(days=91)

    shown = text(signed_in.get("/my/"))

    assert (f"Update due since {date_format(first_due)}" in shown) == (days > 90)
    assert (f"Next update by {date_format(first_due - timedelta(days=1))}" in shown) == (days <= 90)


def test_worklist_says_until_when_reminders_are_paused(signed_in, focal_point):
    point, until = own_action_point(focal_point, 1), timezone.localdate() + timedelta(days=9)
    personas.pause(point, until, "Waits for the budget.")

    shown = text(signed_in.get("/my/"))

    assert f"Reminders paused until {date_format(until)}" in shown
    assert "Update due" not in shown
    assert "You're done" in shown


@pytest.mark.parametrize("number", [2, 3])
def test_several_overdue_milestones_are_counted(signed_in, focal_point, number):
    point = own_action_point(focal_point, 1, 1)
    for each in range(number):
        personas.milestone(point, title=f"Course {each}", due="2020", agency=focal_point.agency)

    assert signed_in.get("/my/").context["inbox"].rows[0].asked == (f"{number} milestones are overdue",)


@pytest.mark.parametrize(
    ("days", "agency", "words"),
    [
        (-1, "UNDP", "Milestone overdue: Course, {day}"),
        (0, "UNDP", "Milestone: Course, {day}"),
        (30, None, "Milestone: Course, {day}"),
        (31, None, ""),
        (-1, "FAO", ""),
    ],
)
def test_part_waits_because_of_its_milestones(signed_in, focal_point, days, agency, words):
    point = own_action_point(focal_point, 1, 1)
    personas.lead(point, personas.agency("FAO"))
    day = PartialDate.day(timezone.localdate() + timedelta(days=days))
    personas.milestone(point, due=day, agency=agency and personas.agency(agency))

    page = signed_in.get("/my/")

    row = page.context["inbox"].rows[0]
    assert row.asked == ((words.format(day=day),) if words else ())
    assert row.is_waiting is bool(words)


def test_note_waits_for_review_while_coordinators_edit_it(signed_in, focal_point, coordinator):
    point = own_action_point(focal_point, 1, 1)
    before = text(signed_in.get("/my/"))
    edit_note(point, coordinator, "Ours.")
    edited = signed_in.get("/my/")
    answer = signed_in.get("/agendas/2026/note/1.1/sign-off/").context["form"]
    signed_in.post("/agendas/2026/note/1.1/sign-off/", {"answer": "agree", "version": answer["version"].value()})
    reviewed = signed_in.get("/my/")

    assert "section waits" not in before
    assert "Waiting for you 1" in text(edited)
    assert "Review what the note says about UNDP 2026 action agenda 1 section waits" in text(edited)
    assert "/agendas/2026/note/1.1/sign-off/#review" in links(edited)
    assert reviewed.context["inbox"].reviews == []


def test_sections_that_name_ones_agency_wait_for_review_and_no_others_are_built(
    signed_in, focal_point, other_focal_point, coordinator, monkeypatch
):
    below, other = personas.agency("NORDIC", parent=focal_point.agency), other_focal_point.agency
    first = own_action_point(focal_point, 1, 1)
    led, reported, named, others = (personas.action_point(first.issue, number) for number in (2, 3, 4, 5))
    personas.lead(led, below)
    for point in (reported, named, others):
        personas.lead(point, other)
    personas.update(reported, focal_point, agency=focal_point.agency)
    personas.lead(named, other).persons.add(focal_point)
    edit_note(others, coordinator, "Theirs.")
    built = []

    def build(*args, **kwargs):
        built.append(NoteBuilder(*args, **kwargs))
        return built[-1]

    monkeypatch.setattr(reviews, "NoteBuilder", build)

    [review] = signed_in.get("/my/").context["inbox"].reviews

    assert (review.count, review.address) == (4, "/agendas/2026/note/1.1/sign-off/")
    assert [point.code for point in built[0].action_points] == ["1.1", "1.2", "1.3", "1.4"]


def test_published_note_waits_for_nobody_until_it_is_edited_again(signed_in, focal_point, coordinator):
    point = own_action_point(focal_point, 1, 1)
    counts = []
    for step in (
        lambda: edit_note(point, coordinator, "Ours."),
        lambda: personas.note_version(point.issue.agenda, coordinator),
        lambda: edit_note(point, coordinator, "Ours, again.", personas.NOW + timedelta(days=1)),
        lambda: Agenda.objects.update(state=Agenda.State.CLOSED),
    ):
        step()
        counts.append(len(signed_in.get("/my/").context["inbox"].reviews))

    assert counts == [1, 0, 1, 0]


def edit_note(point, by, words, now=personas.NOW):
    blocks = [{"covers": [], "text": words, "left_out": False}]
    SectionEdit.store(point.issue.agenda, f"updates:{point.pk}", blocks, author=by, now=now)
