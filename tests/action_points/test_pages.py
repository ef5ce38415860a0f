"""Tests of the action point page (status, parts, time line, milestones), its history and the update page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from actions import responsibilities
from actions.drafts import save_draft
from actions.models import ActionPoint, Responsibility
from actions.progress import correct, log_progress, withdraw
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

PATH = "/agendas/2026/1.1/"
HISTORY = f"{PATH}history/"
LOGGING = ("updates/", "updates/?status=no_progress", "milestones/", "snooze/")


@pytest.fixture
def point(db: None) -> ActionPoint:
    return personas.action_point(personas.issue(personas.agenda(visible_to="everybody")), title="Joint training")


def test_action_point_page_shows_its_title_and_breadcrumbs(client, point):
    response = client.get(PATH)

    assert "2026/1.1 Joint training" in text(response)
    assert {"/agendas/2026/", "/agendas/2026/issues/1/"} <= links(response)


def test_action_point_page_without_updates_shows_not_reported(client, point):
    assert "Nothing has been reported on this action point yet." in text(client.get(PATH))


def test_time_line_shows_an_update_in_full(client, point, focal_point):
    personas.update(
        point,
        author=focal_point,
        happened=PartialDate.parse("2026-07"),
        agency=focal_point.agency,
        participants=[personas.agency("OCHA"), personas.agency("FAO")],
        narrative="The *first* course.",
        is_piece=True,
        evidence=[("https://www.example.org/course", "Course notes")],
    )

    response = client.get(PATH)

    shown = text(response)
    for fact in (
        "July 2026",
        "Under way",
        "a piece of the work",
        "UNDP with FAO , OCHA",
        "The first course.",
        "Course notes",
    ):
        assert fact in shown
    assert b"<em>first</em>" in response.content
    assert b'<a href="https://www.example.org/course" rel="noopener nofollow">' in response.content
    assert b'id="update-1"' in response.content
    assert "/agendas/2026/1.1/updates/1/" in links(response)


def test_time_line_shows_that_no_date_is_given(client, point):
    log_progress(point, personas.progress(), author=None, now=timezone.now(), reported_on=PartialDate.parse("2006-03"))

    assert "no date given reported March 2006" in text(client.get(PATH))


def test_time_line_shows_the_reason_of_no_progress(client, point):
    personas.update(point, status="no_progress", narrative="", reason="The post is vacant.")

    assert "Why there is no progress: The post is vacant." in text(client.get(PATH))


def test_time_line_names_the_source_of_an_update_without_an_agency(client, point):
    personas.update(point, attributed_to="The co-organisers")

    assert "The co-organisers" in text(client.get(PATH))


def test_time_line_is_newest_first(client, point):
    for month in ("2026-01", "2026-03", "2026-02"):
        log_progress(point, personas.progress(), author=None, now=timezone.now(), reported_on=PartialDate.parse(month))

    timeline = client.get(PATH).context["timeline"]

    assert [entry.update.number for entry, _logged in timeline] == [2, 3, 1]


def test_time_line_marks_corrected_updates(client, point, coordinator):
    correct(
        personas.update(point, narrative="Wrong."),
        personas.progress(narrative="Right."),
        author=coordinator,
        now=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )

    shown = text(client.get(PATH))

    assert "corrected on 24 November 2026, version 2" in shown
    assert ("Right." in shown, "Wrong." in shown) == (True, False)


def test_time_line_marks_withdrawn_updates(client, point, coordinator):
    withdraw(
        personas.update(point, narrative="Of another action point."),
        by=coordinator,
        reason="Written on the wrong one.",
        now=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )

    response = client.get(PATH)

    assert "Withdrawn on 24 November 2026: Written on the wrong one." in text(response)
    assert "Of another action point." in text(response)
    assert b"is-withdrawn" in response.content


def test_names_of_people_are_hidden_from_visitors(client, point, focal_point, other_focal_point, coordinator):
    personas.assign(point, focal_point)
    personas.update(point, author=focal_point)
    withdraw(personas.update(point, author=focal_point), by=coordinator, reason="Wrong.", now=timezone.now())
    pages = [PATH, f"{PATH}updates/1/", f"{PATH}updates/2/", "/agencies/UNDP/"]

    def shown_names() -> list[bool]:
        shown = [text(client.get(page)) for page in pages]
        return [focal_point.name in page or coordinator.name in page for page in shown]

    to_visitor = shown_names()
    personas.sign_in(client, other_focal_point)

    assert (to_visitor, shown_names()) == ([False] * 4, [True] * 4)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (None, set()),
        ("focal_point", {*LOGGING, "history/"}),
        ("other_focal_point", {"history/"}),
        ("coordinator", {*LOGGING, "history/", "edit/", "reminder/"}),
        ("admin", {*LOGGING, "history/", "edit/", "reminder/"}),
    ],
)
def test_action_point_page_offers_what_the_person_may_do(client, point, request, person, expected):
    personas.lead(point, personas.agency("UNDP"))
    if person:
        personas.sign_in(client, request.getfixturevalue(person))

    offered = {link.removeprefix(PATH) for link in links(client.get(PATH)) if link.startswith(PATH)}

    assert offered - {"", PATH} == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [(None, False), ("focal_point", True), ("other_focal_point", False), ("coordinator", True), ("admin", True)],
)
def test_updates_offer_correction_to_people_with_permission(client, point, request, person, expected):
    personas.update(point, agency=personas.agency("UNDP"))
    if person:
        personas.sign_in(client, request.getfixturevalue(person))

    for page in (PATH, f"{PATH}updates/1/"):
        offered = {f"{PATH}updates/1/corrections/", f"{PATH}updates/1/withdrawal/"} <= links(client.get(page))
        assert offered is expected


def test_withdrawn_updates_offer_no_correction(client, point, coordinator):
    withdraw(personas.update(point), by=coordinator, reason="Wrong.", now=timezone.now())
    personas.sign_in(client, coordinator)

    assert f"{PATH}updates/1/corrections/" not in links(client.get(PATH))


@pytest.mark.parametrize(
    ("state", "successor_state", "offered"),
    [("closed", "open", True), ("open", "open", False), ("closed", "draft", False)],
)
def test_action_point_of_a_closed_agenda_links_to_its_successor(
    client, point, focal_point, state, successor_state, offered
):
    personas.lead(point, focal_point.agency)
    later = personas.action_point(personas.issue(personas.agenda("2031", state=successor_state)))
    later.carried_from.add(point)
    Agenda.objects.filter(pk=point.issue.agenda_id).update(state=state)

    page = personas.sign_in(client, focal_point).get(PATH)

    assert ("Continue in 2031/1.1" in text(page)) == offered
    assert (f'class="btn btn-primary" href="{later.get_absolute_url()}"' in page.text) == offered
    assert page.text.count("btn btn-primary") == (state == "open" or offered)
    assert ("Log progress" in text(page)) == (state == "open")


@pytest.mark.parametrize("count", [1, 2])
def test_action_point_page_offers_each_of_the_persons_drafts(client, point, coordinator, focal_point, count):
    drafts = [save_draft(point, coordinator, {"narrative": [f"half a sentence {number}"]}) for number in range(count)]
    save_draft(point, focal_point, {"narrative": ["another person's"]})

    page = personas.sign_in(client, coordinator).get(PATH)

    form = reverse("log_progress", args=["2026", 1, 1])
    assert {form, f"{form}?status=no_progress"} <= links(page)
    for draft in drafts:
        assert {f"{form}?draft={draft.pk}", reverse("discard_draft", args=["2026", 1, 1, draft.pk])} <= links(page)
        assert draft.texts[0] in text(page)
    assert text(page).count("Only you can see it until you publish it.") == count
    assert "another person's" not in text(page)


def test_days_since_the_last_update_are_hidden_from_visitors(client, point, focal_point):
    personas.update(point, now=timezone.now() - timedelta(days=12))

    to_visitor = text(client.get(PATH))
    to_member = text(personas.sign_in(client, focal_point).get(PATH))

    assert ["12 days ago" in shown for shown in (to_visitor, to_member)] == [False, True]


@pytest.mark.parametrize("has_lead", [True, False])
@pytest.mark.parametrize(
    ("reported_on", "as_of", "words"),
    [
        ("2026-03-05", "2026-03-05", "Last update today."),
        ("2026-03-05", "2026-03-06", "Last update yesterday."),
        ("2026-03", "2026-07-20", "Last update 4 months ago."),
        ("2005", "2026-07-20", "Last update 21 years ago."),
    ],
)
def test_age_of_the_last_update_has_the_precision_of_its_date(
    client, point, focal_point, has_lead, reported_on, as_of, words
):
    if has_lead:
        personas.lead(point, personas.agency())
    log_progress(
        point,
        personas.progress(),
        author=None,
        now=datetime(2026, 3, 5, 9, tzinfo=UTC),
        reported_on=PartialDate.parse(reported_on),
    )

    page = personas.sign_in(client, focal_point).get(f"{PATH}?as_of={as_of}")

    assert words in text(page)


@pytest.mark.parametrize("person", [None, "focal_point", "coordinator"])
def test_parts_are_shown_side_by_side(client, point, request, person):
    ann = personas.person("ann@example.org", agency=personas.agency("UNSSC"))
    personas.lead(point, personas.agency("UNSSC"), persons=[ann], since=date(2005, 5, 1))
    personas.lead(point, personas.agency("GCO"))
    personas.update(point, agency=personas.agency("UNSSC"), now=timezone.now())
    personas.milestone(point, title="Vienna course", due="2099-10", agency=personas.agency("UNSSC"))
    if person:
        personas.sign_in(client, request.getfixturevalue(person))

    response = client.get(PATH)

    gco, unssc = response.context["parts"]
    assert (gco.part.agency.acronym, gco.status, gco.is_up_to_date) == ("GCO", "not_reported", False)
    assert gco.reasons == ("No one responsible", "Update due since 1 April 2020")
    assert (unssc.status, unssc.reasons, unssc.is_up_to_date) == ("under_way", (), True)
    assert unssc.next_update_by == timezone.localdate() + timedelta(days=90)
    shown = text(response)
    assert "Needs attention: No one responsible (GCO), Update due (GCO)" in shown
    assert "UNSSC in full , since 1 May 2005 Up to date" in shown
    assert "October 2099 Vienna course UNSSC" in shown
    assert ("Ann" in shown, "focal points assigned" in shown) == (person is not None, person is None)


@pytest.mark.parametrize(("person", "offered"), [("focal_point", False), ("coordinator", True)])
def test_coordinators_log_progress_for_each_part_of_a_joint_action_point(client, point, request, person, offered):
    parts = [personas.lead(point, personas.agency(acronym)) for acronym in ("UNDP", "GCO")]
    personas.sign_in(client, request.getfixturevalue(person))

    shown = links(client.get(PATH))

    assert [f"{PATH}updates/?part={part.pk}" in shown for part in parts] == [offered] * 2


def test_part_without_named_persons_belongs_to_all_focal_points_of_its_agency(client, point, focal_point):
    personas.lead(point, focal_point.agency)
    personas.lead(point, personas.agency("GCO"))

    shown = text(personas.sign_in(client, focal_point).get(PATH))

    assert "Focal points all focal points of UNDP" in shown
    assert "Focal points none" in shown


def test_action_point_without_a_lead_says_that_no_one_is_responsible(client, point):
    response = client.get(PATH)

    assert (response.context["parts"], response.context["reasons"]) == ([], ["No one responsible"])
    assert "Needs attention: No one responsible" in text(response)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agency": "OCHA"}, True),
        ({"agency": "UNDP"}, False),
        ({"agency": "UNDP Nordic"}, False),
        ({"agency": "OCHA", "participants": ["UNDP"]}, False),
        ({"agency": "OCHA", "covers_all": True}, False),
        ({}, False),
    ],
)
def test_time_line_marks_updates_that_cover_no_part(client, point, fields, said):
    undp = personas.agency("UNDP")
    agencies = {"UNDP": undp, "OCHA": personas.agency("OCHA"), "UNDP Nordic": personas.agency("NORDIC", parent=undp)}
    personas.lead(point, undp)
    names = {name: agencies[value] for name, value in fields.items() if name == "agency"}
    partners = {"participants": [agencies[each] for each in fields.get("participants", [])]}
    personas.update(point, **fields | names | partners)

    for page in (PATH, f"{PATH}updates/1/"):
        assert ("not from a lead agency: changes no status" in text(client.get(page))) == said


@pytest.fixture
def carried(point) -> ActionPoint:
    """An action point of 2027 that was carried over from one of 2026, which was carried over from one of 2025."""
    first = personas.action_point(personas.issue(personas.agenda("2025", state="closed", visible_to="everybody")), 4)
    point.carried_from.add(first)
    personas.update(first, narrative="The course began.", now=datetime(2025, 6, 1, 9, tzinfo=UTC))
    personas.update(point, narrative="Fifty took part.", status="completed", now=datetime(2026, 6, 1, 9, tzinfo=UTC))
    Agenda.objects.filter(slug="2026").update(state="closed")
    carried = personas.action_point(personas.issue(personas.agenda("2027", visible_to="everybody")), 7)
    carried.carried_from.add(point)
    return carried


def test_carried_action_point_continues_the_time_line_of_its_predecessors(client, carried, point):
    personas.update(carried, narrative="A new course.", now=datetime(2027, 2, 1, 9, tzinfo=UTC))

    response = client.get(carried.get_absolute_url())

    entries = [entry for entry, _logged in response.context["timeline"]]
    assert [entry.update.narrative for entry in entries] == ["A new course.", "Fifty took part.", "The course began."]
    assert [entry.carried_from and entry.carried_from.reference for entry in entries] == [None, "2026/1.1", "2025/1.4"]
    assert {f'id="update-{name}"' for name in ("1", f"{point.pk}-1")} <= set(response.text.split())


def test_carried_action_point_shows_the_last_status_and_text_of_its_predecessor(client, carried):
    response = client.get(carried.get_absolute_url())

    assert (response.context["status"], response.context["reasons"]) == ("not_reported", ["No one responsible"])
    assert "Carried over from 2026/1.1 Completed reported 1 June 2026 Fifty took part." in text(response)


def test_last_text_of_a_predecessor_is_from_an_update_that_counts(client, carried, point):
    personas.lead(point, personas.agency("UNDP"))
    personas.update(
        point, agency=personas.agency("OCHA"), narrative="A partner's.", now=datetime(2026, 7, 1, tzinfo=UTC)
    )

    predecessor = client.get(carried.get_absolute_url()).context["predecessors"][0]

    assert predecessor.last_update.narrative == "Fifty took part."


@pytest.mark.parametrize(
    ("reader", "expected"), [(None, False), ("focal_point", True), ("other_focal_point", True), ("coordinator", True)]
)
def test_predecessors_are_shown_to_those_who_may_read_them(client, carried, request, reader, expected):
    Agenda.objects.filter(slug="2026").update(visible_to="network")
    if reader:
        personas.sign_in(client, request.getfixturevalue(reader))

    response = client.get(carried.get_absolute_url())

    assert ("Fifty took part." in text(response), "2026/1.1" in text(response)) == (expected, expected)


@pytest.mark.parametrize(("reader", "expected"), [("focal_point", False), ("coordinator", True)])
def test_updates_withdrawn_while_a_predecessor_was_a_draft_stay_hidden(
    client, carried, point, coordinator, request, reader, expected
):
    agenda = Agenda.objects.get(slug="2026")
    agenda.state = "draft"
    agenda.save()
    withdraw(personas.update(point, narrative="Hush."), by=coordinator, reason="Wrong.", now=timezone.now())
    agenda.state = "closed"
    agenda.save()
    personas.sign_in(client, request.getfixturevalue(reader))

    assert ("Hush." in text(client.get(carried.get_absolute_url()))) == expected


def test_action_points_carried_in_a_circle_are_shown_once(client, carried, point):
    point.carried_from.add(carried)

    response = client.get(carried.get_absolute_url())

    assert len(response.context["timeline"]) == 2


def test_pause_is_shown_with_its_reason(client, point):
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    assert "Reminders paused until 1 January 2099: Waits for the budget." in text(client.get(PATH))


def test_pause_that_has_passed_is_not_shown(client, point):
    personas.pause(point, date(2026, 1, 1), "Waits for the budget.")

    assert "Waits for the budget." not in text(client.get(PATH))


def test_milestones_are_grouped(client, point):
    personas.milestone(point, title="Rome", due="2001-07")
    personas.milestone(point, title="Nairobi", due="2099-10")
    personas.milestone(point, title="Task force", due="2099-33", repeats_every_months=2)
    personas.milestone(point, title="Newsletter", due=None, repeats_every_months=1)
    personas.milestone(point, title="Vienna", due="2001-12", done_on="2001-12-05")

    response = client.get(PATH)

    groups = {
        key: [milestone.title for milestone in milestones]
        for key, _heading, milestones in response.context["milestones"]
    }
    assert groups == {
        "overdue": ["Rome"],
        "ahead": ["Task force", "Nairobi"],
        "undated": ["Newsletter"],
        "done": ["Vienna"],
    }
    assert "every 2 months" in text(response)


@pytest.mark.parametrize(("person", "expected"), [(None, False), ("focal_point", True), ("other_focal_point", False)])
def test_milestone_links_are_offered_to_people_with_permission(client, point, request, person, expected):
    personas.lead(point, personas.agency("UNDP"))
    milestone = personas.milestone(point)
    if person:
        personas.sign_in(client, request.getfixturevalue(person))

    assert (f"{PATH}milestones/{milestone.pk}/" in links(client.get(PATH))) is expected


def test_long_time_line_is_paged(client, point):
    for _number in range(30):
        personas.update(point)

    first = client.get(PATH)
    second = client.get(f"{PATH}?page=2")

    numbers = [[entry.update.number for entry, _logged in page.context["timeline"]] for page in (first, second)]
    assert numbers == [list(range(30, 5, -1)), list(range(5, 0, -1))]
    assert ("?page=2" in links(first), "?page=3" in links(second)) == (True, False)


@pytest.mark.parametrize("page", [PATH, "/agencies/UNDP/"])
@pytest.mark.parametrize("before", ["0", "abc", "999999", "%00", ""])
def test_outdated_page_address_shows_the_newest_updates(client, point, page, before):
    personas.update(point, agency=personas.agency("UNDP"))

    response = client.get(f"{page}?before={before}")

    assert response.status_code == 200
    assert "Something moved." in text(response)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("who", "drafted", "queries"),
    [
        (None, False, 8),
        ("focal_point", False, 10),
        ("focal_point", True, 11),
        ("coordinator", False, 9),
        ("coordinator", True, 10),
    ],
)
def test_action_point_page_has_a_fixed_number_of_queries(
    client, point, focal_point, coordinator, request, django_assert_num_queries, who, drafted, queries, count
):
    people = [focal_point, *(personas.person(f"{number}@example.org") for number in range(count))]
    for number, person in enumerate(people[:count]):
        personas.lead(point, personas.agency(f"A{number}"), persons=[person])
        personas.milestone(point, title=f"Milestone {number}", agency=personas.agency(f"A{number}"))
        personas.update(
            point,
            author=person,
            agency=focal_point.agency,
            participants=[personas.agency("OCHA")],
            evidence=[("https://www.example.org/", "")],
        )
    if drafted:
        for author in (focal_point, coordinator) * count:
            point.drafts.create(author=author, typed={"narrative": ["Not ready."]})
    if who:
        personas.sign_in(client, request.getfixturevalue(who))

    with django_assert_num_queries(queries):
        client.get(PATH)


@pytest.mark.parametrize("count", [1, 3])
def test_parts_without_an_active_person_have_a_fixed_number_of_queries(
    client, point, focal_point, django_assert_num_queries, count
):
    for number in range(count):
        personas.lead(point, personas.agency(f"A{number}"))
    personas.update(point)
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(12):
        client.get(PATH)


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_carried_action_point_has_a_fixed_number_of_queries(
    client, point, focal_point, django_assert_num_queries, count
):
    personas.lead(point, focal_point.agency, persons=[focal_point])
    for number in range(count):
        earlier = personas.action_point(personas.issue(personas.agenda("2025", state="closed")), number + 1)
        personas.lead(earlier, focal_point.agency)
        personas.update(earlier, agency=focal_point.agency, participants=[personas.agency("OCHA")])
        point.carried_from.add(earlier)
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(20):
        client.get(PATH)


def test_update_page_shows_every_version(client, point, focal_point, coordinator):
    first = personas.update(point, author=focal_point, narrative="First text.")
    second = correct(first, personas.progress(narrative="Second text."), author=coordinator, now=personas.NOW)
    correct(second, personas.progress(narrative="Third text."), author=focal_point, now=personas.NOW)

    response = personas.sign_in(client, focal_point).get(f"{PATH}updates/1/")

    shown = text(response)
    assert shown.index("Third text.") < shown.index("Second text.") < shown.index("First text.")
    assert "version 3" in shown
    assert coordinator.name in shown


@pytest.mark.parametrize("count", [1, 3])
def test_update_page_has_a_fixed_number_of_queries(client, point, coordinator, django_assert_num_queries, count):
    update = personas.update(point, participants=[personas.agency("OCHA")])
    for _version in range(count - 1):
        update = correct(update, personas.progress(), author=coordinator, now=personas.NOW)

    with django_assert_num_queries(7):
        client.get(f"{PATH}updates/1/")


def test_history_shows_the_author_of_each_change(client, point, coordinator):
    personas.sign_in(client, coordinator)
    personas.lead(point, personas.agency("FAO"), since=date(2026, 1, 5))
    _date_history_to_yesterday(point)
    form = {
        "title": "Joint courses",
        "description": "",
        "lead_agencies": [personas.agency("WFP").pk],
        "since": "2026-03",
    }

    assert client.post(f"{PATH}edit/", form).status_code == 302

    response = client.get(HISTORY)
    newest, added = response.context["edits"]
    assert (added.added, newest.by) == (True, coordinator)
    today = date_format(timezone.localdate())
    assert [(change.label, change.before, change.after) for change in newest.changes] == [
        ("Title", "Joint training", "Joint courses"),
        ("Lead agencies", "FAO since 5 January 2026", "WFP since March 2026"),
        ("FAO: led until", "", today),
    ]
    assert "Title Joint training → became Joint courses" in text(response)


def test_history_shows_persons_and_pauses_of_each_part(client, point, focal_point, coordinator):
    personas.lead(point, personas.agency("UNDP"), since=date(2026, 1, 5))
    _date_history_to_yesterday(point)
    personas.assign(point, focal_point)
    _date_history(point, timedelta(hours=1))
    personas.pause(point, date(2099, 1, 1), "Elections.")

    edits = personas.sign_in(client, coordinator).get(HISTORY).context["edits"]

    assert [[(change.label, change.before, change.after) for change in edit.changes] for edit in edits] == [
        [
            ("UNDP: reminders paused until", "", "1 January 2099"),
            ("UNDP: reason for the pause", "", "Elections."),
        ],
        [("UNDP: focal points", "", focal_point.name_with_role)],
        [],
    ]


def test_agency_that_leads_again_is_a_new_responsibility_in_the_history(client, point, coordinator):
    fao = personas.agency("FAO")
    personas.lead(point, fao, since=date(2026, 1, 5))
    _date_history(point, timedelta(days=3))
    responsibilities.end_lead(point, fao, until=date(2026, 2, 1))
    _date_history(point, timedelta(days=2))
    personas.lead(point, fao, since=date(2026, 3, 1))
    _date_history(point, timedelta(days=1))

    edits = personas.sign_in(client, coordinator).get(HISTORY).context["edits"]

    assert [[(change.label, change.before, change.after) for change in edit.changes] for edit in edits] == [
        [("Lead agencies", "", "FAO since 1 March 2026")],
        [("Lead agencies", "FAO since 5 January 2026", ""), ("FAO: led until", "", "1 February 2026")],
        [],
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_history_page_has_a_fixed_number_of_queries(client, point, focal_point, django_assert_num_queries, count):
    personas.lead(point, focal_point.agency, persons=[focal_point])
    _date_history_to_yesterday(point)
    for number in range(count):
        point.title = f"Joint courses {number}"
        point.save()
        personas.lead(point, personas.agency(f"A{number}"), persons=[focal_point])
        personas.milestone(point, title=f"Removed {number}").delete()
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(11):
        client.get(HISTORY)


def test_history_is_for_signed_in_people(client, point):
    assert HISTORY not in links(client.get(PATH))
    assert client.get(HISTORY).status_code == 302


def _date_history_to_yesterday(point: ActionPoint) -> None:
    """Date the history of the action point and of its responsibilities so far to yesterday."""
    _date_history(point, timedelta(days=1))


def _date_history(point: ActionPoint, age: timedelta) -> None:
    """Date those rows of history that nobody has dated yet."""
    for rows in (point.history.all(), Responsibility.history.filter(action_point=point)):
        recent = rows.filter(history_date__gte=timezone.now() - timedelta(minutes=30))
        recent.update(history_date=timezone.now() - age)


@pytest.mark.parametrize(
    ("happened", "marker"),
    [
        (None, "is-none"),
        ("2006-05-12", "is-day"),
        ("2006-05", "is-month"),
        ("2006-05 early", "is-vague"),
        ("2006-05-12~", "is-vague"),
        ("2006-21", "is-vague"),
        ("2006", "is-vague"),
        ("2006-05/2006-06", "is-vague"),
        ("2006-05-12 by", "is-vague"),
    ],
)
def test_marker_of_an_update_shows_how_precise_its_date_is(client, point, happened, marker):
    personas.update(point, happened=PartialDate.parse(happened) if happened else None)

    page = client.get(PATH).content.decode()

    assert re.findall(r'class="update (is-\w+)', page) == [marker]
