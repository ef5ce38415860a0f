"""Tests of the milestones page and its time line."""

from datetime import date

import pytest
from django.core.management import call_command
from django.utils import translation

from actions.dashboard import milestone_timeline
from actions.dashboard.milestone_timeline import time_line
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY


def test_time_line_has_the_state_of_each_milestone(db):
    point = personas.action_point()
    personas.milestone(point, title="Done", due="2025-03", done_on="2025-04")
    personas.milestone(point, title="Passed", due="2026-01")
    personas.milestone(point, title="Ahead", due="2027")
    personas.milestone(point, title="Each year", due="2024-05", repeats_every_months=12)
    personas.milestone(point, title="From next year on", due="2027-05", repeats_every_months=12)
    joint = personas.action_point(number=2)
    personas.lead(joint, *map(personas.agency, ("UNDP", "UNSSC")))
    personas.update(joint, agency=personas.agency("UNDP"), status="completed")
    personas.milestone(joint, title="Of the completed part", due="2028-01", agency=personas.agency("UNDP"))
    personas.milestone(joint, title="Of the other part", due="2028-02", agency=personas.agency("UNSSC"))
    personas.milestone(joint, title="Passed, of the completed part", due="2026-03", agency=personas.agency("UNDP"))

    line = time_line(personas.agenda(), TODAY, {}, [])

    assert [(year.year, [(row.state, row.milestone.title) for row in year.rows]) for year in line.years] == [
        (2024, [("passed", "Each year")]),
        (2025, [("done", "Done")]),
        (2026, [("passed", "Passed"), ("ended", "Passed, of the completed part")]),
        (2027, [("ahead", "Ahead"), ("ahead", "From next year on")]),
        (2028, [("ended", "Of the completed part"), ("ahead", "Of the other part")]),
    ]
    counts = [(state, count) for state, _words, count in line.counts]
    assert counts == [("done", 1), ("passed", 2), ("ahead", 3), ("undated", 0), ("ended", 2)]


@pytest.mark.parametrize(
    ("due", "begin", "end", "goes_on"),
    [
        ("2024", 0, 100, False),
        ("2023", 0, 100, False),
        ("2024-41", 50, 100, False),
        ("2024-33", 0, 25, False),
        ("2024-04", 25, 33.33, False),
        ("2023-04-16", 29.17, 29.44, False),
        ("2024-07-01/2024-09-30", 50, 75, False),
        ("2024-12/2025-02", 91.67, 100, True),
        ("2024/2026", 0, 100, True),
    ],
)
def test_time_line_draws_a_milestone_from_its_earliest_to_its_latest_day(db, due, begin, end, goes_on):
    personas.milestone(personas.action_point(), due=due)

    (year,) = time_line(personas.agenda(), TODAY, {}, []).years
    with translation.override("ar"):
        (mirrored,) = time_line(personas.agenda(), TODAY, {}, []).years

    assert [(row.begin, row.end, row.goes_on) for row in year.rows] == [(begin, end, goes_on)]
    assert [(row.begin, row.end) for row in mirrored.rows] == [(round(100 - begin, 2), round(100 - end, 2))]


def test_time_line_omits_empty_years_and_marks_today(db):
    point = personas.action_point()
    for due in ("2006-07", "2006-07-31", "2026-12", "2027"):
        personas.milestone(point, title=due, due=due)

    line = time_line(personas.agenda(), date(2026, 7, 1), {}, [])

    assert [(year.year, len(year.rows), year.today) for year in line.years] == [
        (2006, 2, None),
        (2026, 1, 50),
        (2027, 1, None),
    ]
    assert line.quarters == [("Jan", 0), ("Apr", 25), ("Jul", 50), ("Oct", 75)]


def test_page_describes_the_drawing_in_text(client, focal_point):
    point = personas.action_point()
    personas.milestone(point, title="Survey", due="2006-07", done_on="2006-08")
    personas.milestone(point, title="Course", due="2006-41", place="Rome")
    personas.milestone(point, title="Fair", due="2006-36", repeats_every_months=12)
    personas.milestone(point, title="Meeting", due=None, due_note="every two months", repeats_every_months=2)
    page = personas.sign_in(client, focal_point).get("/agendas/2026/milestones/")

    shown = text(page)

    assert "2026/1.1 Survey July 2006 done August 2006 late" in shown
    assert "2026/1.1 Course, Rome 2nd half of 2006 overdue" in shown
    assert "2026/1.1 Fair 4th quarter of 2006 overdue" in shown
    assert "Without a date 2026/1.1 Meeting · every two months" in shown
    assert f"{point.get_absolute_url()}#milestones" in links(page)
    assert [page.content.count(f'#mark-{state}" x='.encode()) for state in ("done", "passed", "undated")] == [1, 2, 0]


def test_milestones_are_paged(client, focal_point, monkeypatch):
    point = personas.action_point()
    for year in (2006, 2007, 2027, 2028, 2029):
        personas.milestone(point, title=str(year), due=str(year))
    personas.sign_in(client, focal_point)
    path = "/agendas/2026/milestones/"
    whole = client.get(path)
    monkeypatch.setattr(milestone_timeline, "PAGE_SIZE", 2)

    first = client.get(path)
    second = client.get(f"{path}?page=2")
    ahead = client.get(f"{path}?page={first.context['time_line'].this_year}")
    beyond = client.get(f"{path}?page=4")

    assert [[year.year for year in page.context["time_line"].years] for page in (first, second, ahead, beyond)] == [
        [2006, 2007],
        [2027, 2028],
        [2027, 2028],
        [2029],
    ]
    assert [
        f"{shown} of 5 milestones are shown here." in text(page)
        for page, shown in ((whole, 5), (first, 2), (beyond, 1))
    ] == [False, True, True]
    assert [first.context["time_line"].total, f"{path}" in links(beyond)] == [5, True]


@pytest.mark.parametrize("query", ["page=x", "page=0", "page=99", "page=-1", "year=2026"])
def test_page_refuses_an_invalid_address_and_shows_the_first_page(client, focal_point, query):
    personas.milestone(personas.action_point())

    response = personas.sign_in(client, focal_point).get(f"/agendas/2026/milestones/?{query}")

    assert (response.status_code, len(response.context["time_line"].years)) == (400, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_has_a_fixed_number_of_queries(client, focal_point, django_assert_num_queries, rows):
    for number in range(1, rows + 1):
        personas.milestone(personas.action_point(number=number))
    personas.sign_in(client, focal_point)
    client.get("/agendas/2026/milestones/")

    with django_assert_num_queries(7):
        client.get("/agendas/2026/milestones/")


def test_page_without_milestones_explains_how_to_add_them(client, focal_point):
    personas.agenda()

    assert "No milestones yet" in text(personas.sign_in(client, focal_point).get("/agendas/2026/milestones/"))


def test_baseline_shows_its_twelve_milestones(client, focal_point):
    call_command("load_baseline", verbosity=0)

    page = personas.sign_in(client, focal_point).get("/agendas/2005/milestones/")

    assert [(year.year, len(year.rows)) for year in page.context["time_line"].years] == [(2005, 1), (2006, 10)]
    assert len(page.context["time_line"].undated) == 1
    assert Agenda.objects.get().slug == "2005"
