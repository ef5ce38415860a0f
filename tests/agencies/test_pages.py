"""The list of agencies, and an agency's page."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from actions.agencies import contribution, views
from actions.progress import log_progress, withdraw
from actions.responsibilities import end_lead
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database


@pytest.fixture
def issue(db: None):
    return personas.issue(personas.agenda(visible_to="everybody"))


def test_agency_list_groups_by_kind_and_shows_agencies_below_their_parent(client, db):
    undp = personas.agency("UNDP")
    nordic = personas.agency("UNDP-NORDIC", parent=undp)
    personas.agency("UNDP-OSLO", parent=nordic)
    personas.agency("FAO")
    personas.agency("IFRC", kind="outside")

    groups = client.get("/agencies/").context["groups"]

    assert [
        [(top.acronym, [child.acronym for child, _leads in children]) for top, _leads, children in agencies]
        for _label, agencies in groups
    ] == [[("FAO", []), ("UNDP", ["UNDP-NORDIC", "UNDP-OSLO"])], [("IFRC", [])]]


def test_agency_list_counts_what_is_led_in_the_current_agenda(client, issue, coordinator):
    fao, draft = personas.agency("FAO"), personas.issue(personas.agenda("2027", state="draft"))
    earlier = personas.issue(personas.agenda("2025", state="closed", visible_to="everybody"))
    for number, of in enumerate((issue, issue, earlier, draft), 1):
        personas.lead(personas.action_point(of, number), fao)

    for answer in (client.get("/agencies/"), personas.sign_in(client, coordinator).get("/agencies/")):
        assert "FAO FAO in full 2 parts" in text(answer)
        assert "The numbers count the parts of each agency in 2026 action agenda;" in text(answer)


def test_agency_list_without_agencies_says_so(client, db):
    assert "There are no agencies yet" in text(client.get("/agencies/"))


@pytest.mark.parametrize("count", [1, 3])
def test_agency_list_costs_the_same_whatever_its_length(client, db, django_assert_num_queries, count):
    for number in range(count):
        personas.agency(f"P{number}", parent=personas.agency(f"A{number}"))

    with django_assert_num_queries(3):
        client.get("/agencies/")


def test_agency_page_shows_what_it_leads_open_first(client, issue):
    fao = personas.agency("FAO")
    done, still_open, others = (personas.action_point(issue, number) for number in (1, 2, 3))
    personas.lead(done, fao)
    personas.lead(still_open, fao)
    personas.update(done, status="completed")
    personas.update(others)

    led = client.get("/agencies/FAO/").context["led"]

    assert [row.reference for row, _part in led] == [still_open.reference, done.reference]


def test_agency_page_shows_where_it_takes_part(client, issue):
    fao = personas.agency("FAO")
    led, reported, joined, withdrawn, others = (personas.action_point(issue, number) for number in range(1, 6))
    personas.lead(led, fao)
    personas.update(led, agency=fao)
    personas.update(reported, agency=fao)
    personas.update(joined, agency=personas.agency("WFP"), participants=[fao])
    withdraw(
        personas.update(withdrawn, agency=fao), by=personas.person("a@example.org"), reason="Wrong.", now=timezone.now()
    )
    personas.update(others)

    rows = client.get("/agencies/FAO/").context["joined"]

    assert [row.reference for row in rows] == [reported.reference, joined.reference]


def test_agency_page_shows_its_newest_updates_page_by_page(client, issue):
    fao = personas.agency("FAO")
    points = [personas.action_point(issue, number) for number in (1, 2)]
    for number in range(23):
        personas.update(points[number % 2], agency=fao, narrative=f"Step {number}.")

    first = client.get("/agencies/FAO/")
    second = client.get("/agencies/FAO/?updates=2")

    narratives = [[update.narrative for update in page.context["timeline"]] for page in (first, second)]
    assert narratives == [[f"Step {number}." for number in numbers] for numbers in (range(22, 2, -1), range(2, -1, -1))]
    assert "?updates=2" in links(first)


def test_agency_page_hides_what_the_reader_may_not_see(client, db, focal_point):
    point = personas.action_point(personas.issue(personas.agenda("2027", state="draft")), title="Secret plan")
    personas.lead(point, focal_point.agency)
    personas.update(point, agency=focal_point.agency, narrative="Secret step.")

    shown = text(personas.sign_in(client, focal_point).get("/agencies/UNDP/"))

    assert ("Secret plan" in shown, "Secret step." in shown) == (False, False)


def test_agency_page_shows_its_people_to_people_who_signed_in(client, focal_point, other_focal_point):
    to_visitor = text(client.get("/agencies/UNDP/"))
    to_member = text(personas.sign_in(client, other_focal_point).get("/agencies/UNDP/"))

    assert [focal_point.email in shown for shown in (to_visitor, to_member)] == [False, True]


def test_agency_page_links_to_its_parent_and_to_agencies_below_it(client, db):
    personas.agency("UNDP-NORDIC", parent=personas.agency("UNDP"))

    assert "/agencies/UNDP-NORDIC/" in links(client.get("/agencies/UNDP/"))
    assert "/agencies/UNDP/" in links(client.get("/agencies/UNDP-NORDIC/"))


def test_agency_address_in_any_case_leads_to_the_one_address(client, db):
    personas.agency("UNDP")

    response = client.get("/agencies/undp/")

    assert (response.status_code, response.url) == (301, "/agencies/UNDP/")


@pytest.mark.parametrize("count", [1, 3])
def test_agency_page_costs_the_same_whatever_it_does(client, issue, django_assert_num_queries, count):
    fao = personas.agency("FAO")
    for number in range(1, count + 1):
        led, joined = personas.action_point(issue, number), personas.action_point(issue, number + 10)
        personas.lead(led, fao)
        for point in (led, joined):
            personas.update(point, agency=fao)
            personas.milestone(point)
        personas.agency(f"FAO-{number}", parent=fao)

    with django_assert_num_queries(20):
        client.get("/agencies/FAO/")


def test_agency_page_shows_milestones_by_state(client, issue):
    undp = personas.agency("UNDP")
    point = personas.action_point(issue)
    personas.lead(point, undp)
    personas.milestone(point, title="Survey", due="2020", done_on="2020-05")
    personas.milestone(point, title="Course", due="2021")
    personas.milestone(point, title="Fair", due="2099")
    personas.milestone(personas.action_point(issue, 2), title="Of another", due="2099")

    found = text(client.get("/agencies/UNDP/"))

    assert "Done (1) 2020 Survey done May 2020 2026/1.1" in found
    assert "Overdue (1) 2021 Course" in found
    assert "Upcoming (1) 2099 Fair" in found
    assert "Of another" not in found


@pytest.mark.parametrize(
    ("due", "done_on", "is_late"),
    [
        ("2006-07", "2006-08", True),
        ("2006-07", "2006-07-31", False),
        ("2006-07-30", "2006-07", False),
        ("2006", "2006-41", False),
        ("2006-05-16/2006-05-18", "2006-05-19", True),
    ],
)
def test_agency_page_says_what_was_surely_kept_late(client, issue, due, done_on, is_late):
    point = personas.action_point(issue)
    personas.lead(point, personas.agency("UNDP"))
    milestone = personas.milestone(point, due=due, done_on=done_on)

    found = text(client.get("/agencies/UNDP/"))

    milestone.refresh_from_db()
    assert f"done {milestone.done_on} {'done late ' if is_late else ''}2026/1.1" in found


def titles_by_state(response):
    """References and titles of the milestones that are done, passed and ahead."""
    milestones = response.context["milestones"]
    return [
        [f"{milestone.action_point.reference} {milestone.title}" for milestone in group]
        for group in (milestones.done, milestones.passed, milestones.ahead)
    ]


def carried(old, title, **fields):
    """An action point of the next agenda that goes on with this one, as a roll-over makes it."""
    agenda = personas.agenda("2027", visible_to="everybody", **fields)
    new = personas.action_point(personas.issue(agenda))
    personas.set_leads(new, *personas.leads(old))
    new.carried_from.add(old)
    return new, personas.milestone(new, title=title, due="2021")


@pytest.fixture
def planned(issue):
    point = personas.action_point(issue)
    personas.lead(point, personas.agency("UNDP"))
    personas.milestone(point, title="Survey", due="2020", done_on="2020")
    personas.milestone(point, title="Course", due="2021")
    return point


@pytest.mark.parametrize("title", ["Course", "Course (1.1)"])
def test_milestone_that_was_carried_over_counts_once_in_the_new_agenda(client, planned, title):
    carried(planned, title)

    assert titles_by_state(client.get("/agencies/UNDP/")) == [["2026/1.1 Survey"], [f"2027/1.1 {title}"], []]


def test_milestone_that_was_carried_over_counts_once_whatever_became_of_it(client, planned):
    _point, copy = carried(planned, "Course")
    copy.title, copy.done_on = "Course in Rome", PartialDate.parse("2022")
    copy.save()
    renamed = titles_by_state(client.get("/agencies/UNDP/"))

    copy.remove(by=personas.person("a@example.org"), reason="Dropped.")

    assert renamed == [["2026/1.1 Survey", "2027/1.1 Course in Rome"], [], []]
    assert titles_by_state(client.get("/agencies/UNDP/")) == [["2026/1.1 Survey"], [], []]


def test_milestone_counts_in_the_old_agenda_if_it_was_not_carried_over(client, planned):
    carried(planned, "Course of another kind")

    assert titles_by_state(client.get("/agencies/UNDP/"))[1] == ["2026/1.1 Course", "2027/1.1 Course of another kind"]


def test_milestone_counts_in_the_old_agenda_for_readers_who_cannot_see_the_new_one(client, planned, coordinator):
    _point, copy = carried(planned, "Course", state="draft")
    copy.due = PartialDate.parse("2099")
    copy.save()

    to_visitor = titles_by_state(client.get("/agencies/UNDP/"))
    to_coordinator = titles_by_state(personas.sign_in(client, coordinator).get("/agencies/UNDP/"))

    assert to_visitor == [["2026/1.1 Survey"], ["2026/1.1 Course"], []]
    assert to_coordinator == [["2026/1.1 Survey"], [], ["2027/1.1 Course"]]


def test_agency_page_says_if_it_shows_only_the_last_milestones(client, planned, monkeypatch):
    words = "Only the 100 that are due last are shown and counted."
    assert words not in text(client.get("/agencies/UNDP/"))

    monkeypatch.setattr(contribution, "MILESTONES", 1)
    response = client.get("/agencies/UNDP/")

    assert words in text(response)
    assert titles_by_state(response) == [[], ["2026/1.1 Course"], []]


def test_agency_page_without_milestones_says_so(client, issue):
    personas.agency("UNDP")

    assert "Milestones Its parts have no milestones." in text(client.get("/agencies/UNDP/"))


def test_agency_page_shows_a_single_year(client, issue):
    personas.update(personas.action_point(issue), agency=personas.agency("UNDP"))

    assert "Updates by year Year Updates 2026 1" in text(client.get("/agencies/UNDP/"))


def test_agency_page_counts_its_updates_by_year(client, issue):
    undp, point = personas.agency("UNDP"), personas.action_point(issue)
    for year, count in ((2024, 1), (2026, 2)):
        for _ in range(count):
            log_progress(
                point,
                personas.progress(agency=undp),
                author=None,
                now=personas.NOW,
                reported_on=PartialDate.parse(str(year)),
            )

    years = client.get("/agencies/UNDP/").context["years"]

    assert [(year.year, year.updates, year.segments[0].length) for year in years] == [(2024, 1, 50), (2026, 2, 100)]


def test_agency_page_shows_what_it_leads_page_by_page(client, issue, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for number in (1, 2, 3):
        personas.lead(personas.action_point(issue, number), personas.agency("UNDP"))

    first, second, beyond = (client.get(f"/agencies/UNDP/{query}") for query in ("", "?page=2", "?page=9"))

    assert [[row.code for row, _part in page.context["led"]] for page in (first, second, beyond)] == [
        ["1.1", "1.2"],
        ["1.3"],
        ["1.3"],
    ]
    assert (beyond.status_code, "There is no page “9” in this list" in text(beyond)) == (400, True)


def test_agency_page_shows_its_own_part_of_a_joint_action_point(client, issue, focal_point):
    undp, fao = focal_point.agency, personas.agency("FAO")
    point = personas.action_point(issue, title="Joint training")
    personas.lead(point, undp, fao)
    personas.update(point, agency=fao, status="completed")
    personas.milestone(point, title="Of FAO", due="2021", agency=fao)
    personas.milestone(point, title="Of UNDP", due="2022", agency=undp)
    personas.milestone(point, title="Of both", due="2023")

    of_undp, of_fao = (client.get(f"/agencies/{acronym}/") for acronym in ("UNDP", "FAO"))

    parts = [[(part.status, part.reasons) for _row, part in page.context["led"]] for page in (of_undp, of_fao)]
    assert parts == [[("not_reported", ("Update due", "Milestone overdue"))], [("completed", ())]]
    assert "2026/1.1 Joint training Not reported Together with FAO Whole action point Under way" in text(of_undp)
    assert "Update due since 1 April 2020" in text(of_undp)
    assert titles_by_state(of_undp) == [[], ["2026/1.1 Of UNDP", "2026/1.1 Of both"], []]
    assert titles_by_state(of_fao) == [[], [], []]


def test_agency_page_says_by_when_the_next_update_is_expected(client, issue, focal_point):
    point = personas.action_point(issue)
    personas.lead(point, focal_point.agency)
    personas.update(point, now=timezone.now())
    day = timezone.localdate() + timedelta(days=90)

    assert f"Next update by {date_format(day)}" in text(client.get("/agencies/UNDP/"))


def test_completed_part_comes_last_even_if_others_go_on(client, issue):
    fao, wfp = personas.agency("FAO"), personas.agency("WFP")
    joint, own = (personas.action_point(issue, number) for number in (1, 2))
    personas.lead(joint, fao, wfp)
    personas.lead(own, fao)
    personas.update(joint, agency=fao, status="completed")

    of_fao, of_wfp = (client.get(f"/agencies/{acronym}/").context["led"] for acronym in ("FAO", "WFP"))

    assert [row.code for row, _part in of_fao] == ["1.2", "1.1"]
    assert [row.code for row, _part in of_wfp] == ["1.1"]


def test_agency_page_lists_what_it_led_earlier(client, issue):
    fao, point = personas.agency("FAO"), personas.action_point(issue, title="Handed over")
    personas.lead(point, fao)
    end_lead(point, fao, until=date(2026, 3, 31))
    again = personas.action_point(issue, 2, title="Led again")
    personas.lead(again, fao)
    end_lead(again, fao, until=date(2026, 3, 31))
    personas.lead(again, fao, since=date(2026, 5, 1))

    page = client.get("/agencies/FAO/")

    assert [row.code for row, _part in page.context["led"]] == ["1.2"]
    assert [part.action_point.code for part in page.context["earlier"]] == ["1.1"]
    assert "2026/1.1 Handed over since 1 January 2020, until 31 March 2026" in text(page)


def test_lead_that_ended_while_the_agenda_was_a_draft_is_shown_to_those_who_could_read_it(
    client, coordinator, focal_point
):
    agenda = personas.agenda("2027", state="draft", visible_to="everybody")
    point = personas.action_point(personas.issue(agenda))
    personas.lead(point, personas.agency("FAO"))
    end_lead(point, personas.agency("FAO"), until=timezone.localdate())
    agenda.state = "open"
    agenda.save()

    counts = [len(client.get("/agencies/FAO/").context["earlier"])]
    for person in (focal_point, coordinator):
        counts.append(len(personas.sign_in(client, person).get("/agencies/FAO/").context["earlier"]))

    assert counts == [0, 0, 1]
