"""Tests of the agenda list, the agenda page and the issue page."""

from datetime import date

import pytest
from django.utils import timezone

from actions.agendas import views
from actions.progress import log_progress
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database


@pytest.fixture
def public_agenda(db: None) -> Agenda:
    return personas.agenda("2005", title="2005 action agenda", visible_to="everybody")


def test_agenda_list_shows_visitors_only_public_agendas(client, public_agenda):
    personas.agenda("2006", title="Of the network")
    personas.agenda("2007", title="In draft", state="draft", visible_to="everybody")

    response = client.get("/agendas/")

    assert [agenda.slug for agenda, _issues, _points in response.context["agendas"]] == ["2005"]


def test_agenda_list_without_public_agendas_asks_visitors_to_sign_in(client, db):
    personas.agenda("2006")

    response = client.get("/agendas/")

    assert response.status_code == 200
    assert "No agenda is open to everybody" in text(response)


def test_agenda_list_shows_drafts_to_coordinators_only(client, coordinator, focal_point):
    personas.agenda("2027", state="draft")

    to_focal_point = personas.sign_in(client, focal_point).get("/agendas/")
    to_coordinator = personas.sign_in(client, coordinator).get("/agendas/")

    assert [list(answer.context["agendas"]) != [] for answer in (to_focal_point, to_coordinator)] == [False, True]


def test_agenda_list_counts_issues_and_action_points(client, public_agenda):
    for number in (1, 2):
        issue = personas.issue(public_agenda, number)
        for point in (1, 2, 3):
            personas.action_point(issue, point)

    response = client.get("/agendas/")

    assert "2 issues, 6 action points" in text(response)


@pytest.mark.parametrize("count", [1, 3])
def test_agenda_list_has_a_fixed_number_of_queries(client, db, django_assert_num_queries, count):
    for year in range(2005, 2005 + count):
        personas.action_point(personas.issue(personas.agenda(str(year), visible_to="everybody")))

    with django_assert_num_queries(4):
        client.get("/agendas/")


def test_agenda_page_shows_issues_with_their_action_points(client, public_agenda):
    public_agenda.introduction = "Agreed in *May*."
    public_agenda.save()
    issue = personas.issue(
        public_agenda, 3, title="Better information sharing", rationale="Partnerships must be understood."
    )
    point = personas.action_point(issue, 2, title="Sub-groups of focal points")
    personas.lead(point, personas.agency("OCHA"))

    response = client.get("/agendas/2005/")

    shown = text(response)
    assert "3. Better information sharing" in shown
    assert "Partnerships must be understood." in shown
    assert "2005/3.2 Sub-groups of focal points" in shown
    assert b"<em>May</em>" in response.content
    assert b'id="issue-3"' in response.content
    assert {"/agendas/2005/3.2/", "/agencies/OCHA/", "/agendas/2005/issues/3/"} <= links(response)


def test_agenda_page_begins_with_its_introduction_and_counts(client, public_agenda):
    public_agenda.introduction = "Agreed in May.\n\nWhere the dates are from.\n\n- a source"
    public_agenda.agreed_on = PartialDate.parse("2005-05")
    public_agenda.save()
    for number, status in ((1, "exploring"), (2, "under_way")):
        issue = personas.issue(public_agenda, number, title=f"Theme {number}")
        personas.update(personas.action_point(issue, title=f"Deed {number}"), status=status)

    response = client.get("/agendas/2005/")

    shown = text(response)
    order = [
        "Agreed in May.",
        "Status of the 2 action points",
        "Theme 2 1 Under way",
        "Deed 1",
        "About this agenda",
        "May 2005",
    ]
    places = [shown.index(words) for words in [*order, "Where the dates are from."]]
    assert places == sorted(places)
    assert "/agendas/2005/action-points/?issue=2&status=under_way" in links(response)


def test_agenda_page_without_introduction_explains_itself_to_visitors(client, public_agenda, focal_point):
    lead = "What the private sector focal points of the UN system agreed, and what came of it."

    to_visitor = client.get("/agendas/2005/")
    to_member = personas.sign_in(client, focal_point).get("/agendas/2005/")

    assert [lead in text(page) for page in (to_visitor, to_member)] == [True, False]
    assert "About this agenda" not in text(to_visitor)


@pytest.mark.parametrize(("state", "count"), [("open", 0), ("closed", 1)])
def test_agenda_page_shows_that_it_is_closed(client, public_agenda, state, count):
    Agenda.objects.update(state=state)

    assert text(client.get("/agendas/2005/")).count("Closed 2005 action agenda") == count


def test_agenda_page_shows_dates_of_progress_and_of_reports(client, public_agenda):
    point = personas.action_point(personas.issue(public_agenda))
    log_progress(
        point,
        personas.progress(happened=PartialDate.parse("2005-12")),
        author=None,
        now=timezone.now(),
        reported_on=PartialDate.parse("2006-03"),
    )

    shown = text(client.get("/agendas/2005/"))

    assert "Last dated progress December 2005" in shown
    assert "Last update March 2006" in shown


def test_agenda_page_distinguishes_no_report_from_no_progress(client, public_agenda, focal_point):
    issue = personas.issue(public_agenda)
    silent, answered = personas.action_point(issue, 1), personas.action_point(issue, 2)
    for point in (silent, answered):
        personas.lead(point, focal_point.agency)
    personas.update(answered, status="no_progress", narrative="", reason="No money.", now=timezone.now())

    rows = dict(client.get("/agendas/2005/").context["issues"])[issue]

    assert [(row.status, row.reasons) for row in rows] == [
        ("not_reported", ("Update due",)),
        ("no_progress", ("No progress",)),
    ]


def test_agenda_page_shows_each_part_of_a_joint_action_point(client, public_agenda, focal_point, other_focal_point):
    point = personas.action_point(personas.issue(public_agenda))
    personas.lead(point, focal_point.agency, other_focal_point.agency)
    personas.update(point, agency=focal_point.agency, now=timezone.now())

    for page in ("/agendas/2005/", "/agendas/2005/issues/1/"):
        shown = text(client.get(page))
        assert "2 agencies, each with its part" in shown
        assert shown.index("UNDP Under way") < shown.index("UNSSC Not reported no update yet Update due")


def test_agenda_page_counts_action_points_that_no_one_is_responsible_for(client, public_agenda, focal_point):
    issue = personas.issue(public_agenda)
    personas.action_point(issue, 1)
    personas.lead(personas.action_point(issue, 2), personas.agency("FAO"))
    personas.assign(personas.action_point(issue, 3), focal_point)
    ended = personas.action_point(issue, 4)
    personas.update(ended, status="completed")

    response = client.get("/agendas/2005/")

    assert "No one is responsible for 2 of them." in text(response)
    assert "focal points assigned" in text(response)


def test_closed_agenda_has_no_one_to_be_responsible(client, public_agenda):
    personas.action_point(personas.issue(public_agenda))
    Agenda.objects.update(state="closed")

    assert "No one is responsible" not in text(client.get("/agendas/2005/"))


@pytest.mark.parametrize("path", ["/agendas/", "/agendas/2005/"])
def test_agenda_says_how_often_updates_are_asked_for(client, public_agenda, path):
    Agenda.objects.update(silence_days=30, agreed_on="2005-05")

    assert "Updates asked for every 30 days" in text(client.get(path))


def test_agenda_page_hides_names_of_people_from_visitors(client, public_agenda, focal_point, other_focal_point):
    personas.assign(personas.action_point(personas.issue(public_agenda)), focal_point)

    to_visitor = text(client.get("/agendas/2005/"))
    to_member = text(personas.sign_in(client, other_focal_point).get("/agendas/2005/"))

    assert [focal_point.name in shown for shown in (to_visitor, to_member)] == [False, True]


def test_agenda_page_counts_by_status_and_links_to_the_list(client, public_agenda):
    issue = personas.issue(public_agenda)
    personas.action_point(issue, 1)
    personas.action_point(issue, 2)
    personas.update(personas.action_point(issue, 3), status="exploring")

    response = client.get("/agendas/2005/")

    counts = {row.status: row.count for row in response.context["counts"]}
    assert counts == {
        "not_reported": 2,
        "no_progress": 0,
        "exploring": 1,
        "under_way": 0,
        "completed": 0,
        "discontinued": 0,
    }
    assert "/agendas/2005/action-points/?status=exploring" in links(response)
    assert "/agendas/2005/action-points/?status=completed" not in links(response)


def test_agenda_page_without_issues_shows_a_message(client, public_agenda):
    assert "This agenda has no issues yet" in text(client.get("/agendas/2005/"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/agendas/2005/", 11), ("/agendas/2005/issues/1/", 11)])
def test_agenda_and_issue_pages_have_a_fixed_number_of_queries(
    client, public_agenda, focal_point, django_assert_num_queries, path, queries, count
):
    for number in range(1, count + 1):
        issue = personas.issue(public_agenda, number)
        for point_number in range(1, count + 1):
            point = personas.action_point(issue, point_number)
            personas.lead(point, focal_point.agency)
            personas.assign(point, focal_point)
            personas.update(point)
            personas.milestone(point)

    with django_assert_num_queries(queries):
        client.get(path)


def test_issue_page_links_to_the_previous_and_next_issue(client, public_agenda):
    for number in (1, 3, 4):
        personas.issue(public_agenda, number)

    neighbours = [
        (
            answer.context["previous"] and answer.context["previous"].number,
            answer.context["next"] and answer.context["next"].number,
        )
        for answer in (client.get(f"/agendas/2005/issues/{number}/") for number in (1, 3, 4))
    ]

    assert neighbours == [(None, 3), (1, 4), (3, None)]


def test_issue_page_shows_only_its_own_action_points(client, public_agenda):
    personas.action_point(personas.issue(public_agenda, 1), 1, title="Of the first")
    personas.action_point(personas.issue(public_agenda, 2), 1, title="Of the second")

    shown = text(client.get("/agendas/2005/issues/2/"))

    assert ("Of the first" in shown, "2005/2.1 Of the second" in shown) == (False, True)


PAGES = ["/agendas/2026/", "/agendas/2026/issues/1/", "/agendas/2026/1.1/", "/agendas/2026/1.1/updates/1/"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"visible_to": "everybody"}, [200, 200, 200, 200]),
        ({"visible_to": "network"}, [302, 200, 200, 200]),
        ({"visible_to": "everybody", "state": "closed"}, [200, 200, 200, 200]),
        ({"visible_to": "everybody", "state": "draft"}, [302, 404, 200, 200]),
    ],
)
def test_pages_of_an_agenda_are_shown_to_its_readers_only(
    client, focal_point, coordinator, admin, path, fields, expected
):
    personas.update(personas.action_point(personas.issue(personas.agenda("2026", **fields))))

    answers = [client.get(path).status_code]
    for person in (focal_point, coordinator, admin):
        answers.append(personas.sign_in(client, person).get(path).status_code)

    assert answers == expected


@pytest.mark.parametrize(
    "path",
    [
        "/agendas/1999/",
        "/agendas/2026/issues/9/",
        "/agendas/2026/issues/0/",
        "/agendas/2026/issues/01/",
        "/agendas/2026/issues/1000000/",
        "/agendas/2026/9.9/",
        "/agendas/2026/1.999999/",
        "/agendas/2026/1.1/updates/9/",
        "/agendas/2026/1.1/updates/999999/",
        "/agencies/NOBODY/",
        "/agencies/%00/",
        "/agencies/UN%25/",
        "/agencies/%ED%A0%80/",
    ],
)
def test_pages_of_unknown_objects_are_not_found(client, focal_point, path):
    personas.update(personas.action_point(personas.issue(personas.agenda("2026"))))

    assert personas.sign_in(client, focal_point).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/agendas/", *PAGES, "/agencies/", "/agencies/UNDP/"])
@pytest.mark.parametrize(
    "query", ["after=1000000000000000000", "status=%00", "x=%ED%A0%80", "limit=1e30", "date__year=0"]
)
def test_pages_ignore_unknown_parameters(client, focal_point, path, query):
    personas.update(personas.action_point(personas.issue(personas.agenda("2026"))))

    assert personas.sign_in(client, focal_point).get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/agendas/", *PAGES[:3], "/agencies/UNDP/"])
@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "1.5", "%00", "1" + "0" * 18, "1" + "0" * 5000, "%D9%A3"])
def test_invalid_page_number_shows_an_error_and_an_existing_page(client, focal_point, path, page):
    personas.update(personas.action_point(personas.issue(personas.agenda("2026"))))
    personas.sign_in(client, focal_point)

    response = client.get(f"{path}?page={page}")

    assert response.status_code == 400
    assert "There is no page" in text(response)
    assert "This is page 1 of 1." in text(response)


def test_action_point_is_not_due_while_its_reminders_are_paused(client, public_agenda, focal_point):
    point = personas.action_point(personas.issue(public_agenda))
    personas.lead(point, focal_point.agency)
    before = dict(client.get("/agendas/2005/").context["issues"])[point.issue]
    personas.pause(point, date(2099, 1, 1), "Waits for the budget.")

    rows = dict(client.get("/agendas/2005/").context["issues"])[point.issue]

    assert ([row.reasons for row in before], [row.reasons for row in rows]) == ([("Update due",)], [()])


def test_long_agenda_is_paged(client, public_agenda, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    issues = [personas.issue(public_agenda, number) for number in (1, 2, 3, 4)]
    for issue, number in ((issues[0], 1), (issues[1], 1), (issues[1], 2)):
        personas.action_point(issue, number, title=f"Train {issue.number}.{number}")

    first, second = (client.get(f"/agendas/2005/?as_of=2026-01-01&page={page}") for page in (1, 2))

    assert [
        [(issue.number, [row.code for row in rows]) for issue, rows in page.context["issues"]]
        for page in (first, second)
    ] == [[(1, ["1.1"]), (2, ["2.1"])], [(2, ["2.2"]), (3, []), (4, [])]]
    assert "?as_of=2026-01-01&page=2" in {link.replace("&amp;", "&") for link in links(first)}
    assert f"{issues[3].get_absolute_url()}?as_of=2026-01-01" in links(first)
    assert first.context["total"] == 3


def test_agenda_list_is_paged(client, public_agenda, monkeypatch):
    monkeypatch.setattr(views, "AGENDAS", 2)
    for year in (2006, 2007):
        personas.agenda(str(year), visible_to="everybody")

    pages = [client.get(f"/agendas/?page={page}").context["agendas"] for page in (1, 2)]

    assert [[agenda.slug for agenda, _issues, _points in page] for page in pages] == [["2007", "2006"], ["2005"]]
