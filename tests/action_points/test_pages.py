"""Tests of the action point page (status, time line, milestones, history) and of the update page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.drafts import save_draft
from actions.models import ActionPoint
from actions.progress import correct, log_progress, withdraw
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

PATH = "/agendas/2026/1.1/"


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
    for fact in ("July 2026", "Under way", "a part only", "UNDP with FAO , OCHA", "The first course.", "Course notes"):
        assert fact in shown
    assert b"<em>first</em>" in response.content
    assert b'<a href="https://www.example.org/course" rel="noopener nofollow">' in response.content
    assert b'id="update-1"' in response.content
    assert "/agendas/2026/1.1/updates/1/" in links(response)


def test_time_line_shows_that_no_date_is_given(client, point):
    log_progress(point, personas.progress(), author=None, now=timezone.now(), reported_on=PartialDate.parse("2006-03"))

    assert "Reported March 2006, no date given" in text(client.get(PATH))


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

    assert [update.number for update, _may_correct, _logged in timeline] == [2, 3, 1]


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
        ("focal_point", {"updates/", "updates/?status=no_progress", "milestones/", "snooze/"}),
        ("other_focal_point", set()),
        ("coordinator", {"updates/", "updates/?status=no_progress", "milestones/", "snooze/", "edit/", "reminder/"}),
        ("admin", {"updates/", "updates/?status=no_progress", "milestones/", "snooze/", "edit/", "reminder/"}),
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

    assert ("Go on in 2031/1.1" in text(page)) == offered
    assert (f'class="btn btn-primary" href="{later.get_absolute_url()}"' in page.text) == offered
    assert page.text.count("btn btn-primary") == 1
    assert "Log progress" in text(page)


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


def test_snooze_is_shown_with_its_reason(client, point):
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    assert "No reminders until 1 January 2099: Waits for the budget." in text(client.get(PATH))


def test_milestones_are_grouped(client, point):
    personas.milestone(point, title="Rome", due="2001-07")
    personas.milestone(point, title="Nairobi", due="2099-10")
    personas.milestone(point, title="Task force", due="2001-33", repeats_every_months=2)
    personas.milestone(point, title="Vienna", due="2001-12", done_on="2001-12-05")

    response = client.get(PATH)

    groups = {
        key: [milestone.title for milestone in milestones]
        for key, _heading, milestones in response.context["milestones"]
    }
    assert groups == {"passed": ["Rome"], "ahead": ["Nairobi"], "recurring": ["Task force"], "done": ["Vienna"]}
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

    numbers = [[update.number for update, _may, _logged in page.context["timeline"]] for page in (first, second)]
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
    ("who", "edited", "queries"),
    [
        (None, False, 8),
        (None, True, 8),
        ("focal_point", False, 12),
        ("focal_point", True, 14),
        ("coordinator", False, 11),
        ("coordinator", True, 13),
    ],
)
def test_action_point_page_has_a_fixed_number_of_queries(
    client, point, focal_point, coordinator, request, django_assert_num_queries, who, edited, queries, count
):
    people = [focal_point, *(personas.person(f"{number}@example.org") for number in range(count))]
    for number, person in enumerate(people[:count]):
        personas.lead(point, personas.agency(f"A{number}"))
        personas.assign(point, person)
        personas.milestone(point, title=f"Milestone {number}")
        personas.update(
            point,
            author=person,
            agency=focal_point.agency,
            participants=[personas.agency("OCHA")],
            evidence=[("https://www.example.org/", "")],
        )
    for author in (focal_point, coordinator) * count:
        point.drafts.create(author=author, typed={"narrative": ["Not ready."]})
    if edited:
        _date_history_to_yesterday(point)
        for number in range(count):
            point.title = f"Joint courses {number}"
            point.save()
            personas.milestone(point, title=f"Removed {number}").delete()
    if who:
        personas.sign_in(client, request.getfixturevalue(who))

    with django_assert_num_queries(queries):
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

    with django_assert_num_queries(8):
        client.get(f"{PATH}updates/1/")


def test_history_shows_the_author_of_each_change(client, point, coordinator):
    personas.sign_in(client, coordinator)
    personas.lead(point, personas.agency("FAO"))
    _date_history_to_yesterday(point)
    form = {"title": "Joint courses", "description": "", "lead_agencies": [personas.agency("WFP").pk]}

    assert client.post(f"{PATH}edit/", form).status_code == 302

    response = client.get(PATH)
    newest, added = response.context["edits"]
    assert (added.added, newest.by) == (True, coordinator)
    assert [(change.label, change.before, change.after) for change in newest.changes] == [
        ("Title", "Joint training", "Joint courses"),
        ("Lead agencies", "FAO", "WFP"),
    ]
    assert "Title Joint training → became Joint courses" in text(response)


def test_history_is_hidden_from_visitors(client, point):
    assert "History of the action point" not in text(client.get(PATH))


def _date_history_to_yesterday(point: ActionPoint) -> None:
    """Date the history of the action point so far to yesterday."""
    point.history.update(history_date=timezone.now() - timedelta(days=1))
