"""Tests of what past dates show: which action points, wording, persons and milestones, and the order by when progress happened."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import responsibilities
from actions.as_of import AsOf
from actions.as_of_history import look_back
from actions.baseline import load_baseline
from actions.models import ActionPoint, Milestone, Responsibility
from actions.models.action_point_queryset import Basis
from actions.progress import correct, withdraw
from actions.reader import read_agenda
from actions.rows import rows_of
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate
from tracker.people.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def on(day):
    """Run as if it were noon of that day, for history and for verbs."""
    return mock.patch("django.utils.timezone.now", return_value=noon(day))


def states(day, basis=Basis.REPORTED, slug="2026", reader=None):
    as_of = AsOf(day, is_past=True, basis=basis, reader=reader)
    return read_agenda(look_back(Agenda.objects.get(slug=slug), as_of), as_of)


def titles(day, **options):
    return [row.title for row in rows_of(states(day, **options), day)]


def words_of_workbook(content):
    """Return the XML of all sheets and texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/"))


# Days are those of the people who recorded


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Pacific/Honolulu", datetime(2026, 4, 2, 9, tzinfo=UTC), date(2026, 4, 1)),
        ("UTC", datetime(2026, 4, 1, 23, 59, tzinfo=UTC), date(2026, 4, 1)),
        ("Pacific/Auckland", datetime(2026, 3, 31, 12, tzinfo=UTC), date(2026, 4, 1)),
    ],
)
def test_update_and_withdrawal_belong_to_the_local_day_of_the_person(zone, instant, day):
    author = personas.person("author@example.org", Role.COORDINATOR, time_zone=zone)
    point = personas.action_point()
    update = personas.update(point, author, instant)

    recorded = [[state.status for state in states(on, Basis.RECORDED)] for on in (day - timedelta(days=1), day)]
    withdraw(update, by=author, reason="Wrong.", now=instant + timedelta(days=2))
    withdrawn = [[state.status for state in states(day + timedelta(days=days), Basis.RECORDED)] for days in (1, 2)]

    assert update.recorded_day == day
    assert recorded == [["not_reported"], ["under_way"]]
    assert withdrawn == [["under_way"], ["not_reported"]]


def test_record_without_an_author_belongs_to_its_utc_day():
    update = personas.update(personas.action_point(), None, datetime(2026, 4, 1, 23, 30, tzinfo=UTC))

    assert update.recorded_day == date(2026, 4, 1)


def test_one_version_counts_although_days_do_not_follow_the_versions():
    auckland = personas.person("auckland@example.org", Role.COORDINATOR, time_zone="Pacific/Auckland")
    honolulu = personas.person("honolulu@example.org", Role.COORDINATOR, time_zone="Pacific/Honolulu")
    utc = personas.person("utc@example.org", Role.COORDINATOR)
    first = personas.update(personas.action_point(), honolulu, datetime(2026, 4, 2, 9, tzinfo=UTC))
    exploring, completed = personas.progress(status="exploring"), personas.progress(status="completed")
    second = correct(first, exploring, author=auckland, now=datetime(2026, 4, 2, 12, 30, tzinfo=UTC))
    correct(second, completed, author=utc, now=datetime(2026, 4, 2, 13, tzinfo=UTC))

    found = {day: AsOf(date(2026, 4, day), True, Basis.RECORDED).updates().values_list("status") for day in range(1, 5)}

    assert {day: [*rows] for day, rows in found.items()} == {
        1: [("under_way",)],
        2: [("completed",)],
        3: [("completed",)],
        4: [("completed",)],
    }


# Which action points there are


@pytest.mark.parametrize(
    ("agreed_on", "day", "exists"),
    [
        ("2026-04-01", date(2026, 3, 31), False),
        ("2026-04-01", APRIL, True),
        ("2026-04", date(2026, 3, 31), False),
        ("2026-04", APRIL, True),
        ("2026-34", date(2026, 3, 31), False),
        (None, date(1990, 1, 1), True),
    ],
)
def test_action_points_exist_from_the_earliest_day_of_the_agreement(agreed_on, day, exists):
    personas.action_point(personas.issue(personas.agenda(agreed_on=agreed_on and PartialDate.parse(agreed_on))))

    assert bool(states(day)) == exists


def test_added_action_point_exists_from_the_day_on_which_it_was_added():
    personas.action_point(title="From the start")
    personas.action_point(number=2, title="Added", added_on=APRIL)

    assert [titles(day) for day in (MARCH, APRIL)] == [["From the start"], ["From the start", "Added"]]


PAGES = ("", "issues/1/", "1.1/", "action-points/", "dashboard/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("agreed_on", "words", "first"),
    [
        ("2026-04", "The agenda was agreed later (April 2026).", "2026-04-01"),
        ("2026-04-09", "The agenda was agreed on 9 April 2026.", "2026-04-09"),
        ("2026-34", "The agenda was agreed later (2nd quarter of 2026).", "2026-04-01"),
    ],
)
def test_pages_before_the_agreement_link_to_the_first_day(as_focal_point, page, agreed_on, words, first):
    point = personas.action_point(personas.issue(personas.agenda(agreed_on=PartialDate.parse(agreed_on))))
    personas.update(point, now=noon(MAY))

    before = as_focal_point.get(f"/agendas/2026/{page}?as_of=2026-03-31&by=recorded")
    after = as_focal_point.get(f"/agendas/2026/{page}?as_of={first}")

    assert (before.status_code, after.status_code) == (200, 200)
    assert words in text(before)
    assert f"/agendas/2026/{page}?as_of={first}&by=recorded" in [link.replace("&amp;", "&") for link in links(before)]
    assert "was agreed" not in text(after)


def test_past_date_of_an_agenda_that_will_be_agreed_links_to_no_future_day(as_focal_point):
    personas.action_point(personas.issue(personas.agenda(agreed_on=PartialDate.parse("2099"))))
    page = as_focal_point.get("/agendas/2026/?as_of=2026-03-31")

    assert "The agenda was agreed later (2099)." not in text(page)
    assert "The agenda is to be agreed later (2099)." in text(page)
    assert not any("2099" in link for link in links(page))


def test_page_of_an_action_point_before_it_was_added_says_when(as_focal_point):
    personas.action_point(added_on=APRIL, title="Added")
    page = text(as_focal_point.get("/agendas/2026/1.1/?as_of=2026-03-31"))

    assert "This action point was added on 1 April 2026." in page
    assert "No one responsible" not in page


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_file_before_the_agreement_has_no_rows_and_says_so(as_focal_point, kind):
    personas.action_point(personas.issue(personas.agenda(agreed_on=PartialDate.parse("2026-04"))))
    response = as_focal_point.get(f"/agendas/2026/action-points.{kind}?as_of=2026-03-31")
    content = b"".join(response.streaming_content)

    assert response.status_code == 200
    shown = words_of_workbook(content) if kind == "xlsx" else content.decode()
    assert "The agenda was agreed later (April 2026)." in shown
    assert "2026/1.1" not in shown


# Wording, persons and milestones


def test_wording_is_that_of_the_day_on_every_page(as_focal_point):
    with on(MARCH):
        point = personas.action_point(title="First wording", description="First description")
        personas.update(point, now=noon(MARCH))
        personas.milestone(point, title="First milestone", due="2026-05-02")
    with on(APRIL):
        point.title, point.description = "Second wording", "Second description"
        point.save()
        point.issue.title = "Second issue"
        point.issue.save()
        point.issue.agenda.title = "Second agenda"
        point.issue.agenda.save()
        milestone = point.milestones.get()
        milestone.title = "Second milestone"
        milestone.save()

    for page in PAGES:
        for day, expected in ((MARCH - timedelta(days=9), "First"), (MARCH, "First"), (APRIL, "Second")):
            shown = text(as_focal_point.get(f"/agendas/2026/{page}?as_of={day}"))
            other = {"First": "Second", "Second": "First"}[expected]
            assert other not in shown, (page, day)
            title = {"First": "2026 action agenda", "Second": "Second agenda"}[expected]
            assert (title if page == "dashboard/" else f"{expected} wording") in shown, (page, day)
    assert "First milestone" in text(as_focal_point.get(f"/agendas/2026/1.1/?as_of={MARCH}"))


@pytest.mark.parametrize(("day", "found"), [(MARCH, True), (APRIL, False)])
def test_search_words_are_found_in_the_wording_of_the_day(as_focal_point, day, found):
    with on(MARCH):
        point = personas.action_point(title="Learning", description="In Kraków")
    with on(APRIL):
        point.description = "Somewhere else"
        point.save()

    page = as_focal_point.get(f"/agendas/2026/action-points/?q=krakow+learn&as_of={day}")

    assert bool(page.context["rows"]) == found


def test_persons_are_those_who_were_named_on_the_day(as_focal_point, client):
    ana, ben = (personas.person(f"{name}@example.org", agency=personas.agency()) for name in ("ana", "ben"))
    with on(MARCH):
        point = personas.action_point()
        part = personas.lead(point, personas.agency(), persons=[ana])
    with on(APRIL):
        responsibilities.name_persons(part, [ben])

    found = {day: [state.persons for state in states(day)] for day in (MARCH - timedelta(days=9), MARCH, APRIL)}

    assert [*found.values()] == [[(ana.pk,)], [(ana.pk,)], [(ben.pk,)]]
    pages = [text(as_focal_point.get(f"/agendas/2026/{page}?as_of={MARCH}")) for page in PAGES[:4]]
    assert [("Ana" in page, "Ben" in page) for page in pages] == [(True, False)] * 4
    Agenda.objects.update(visible_to="everybody")
    client.logout()
    pages = [client.get(f"/agendas/2026/{page}?as_of={MARCH}").text for page in PAGES[:4]]
    assert not any("Ana" in page or "Ben" in page for page in pages)


def milestones(day, basis=Basis.REPORTED):
    """Return the days from which the undone milestones of the first action point are due."""
    as_of = AsOf(day, is_past=True, basis=basis)
    state = read_agenda(personas.agenda(), as_of)[0]
    return [str(each.due_earliest) for each in state.milestones]


def test_milestone_is_shown_until_it_was_removed_and_from_when_it_was_added(as_focal_point, coordinator):
    with on(MARCH):
        point = personas.action_point()
        milestone = personas.milestone(point, due="2026-06-01")
    with on(APRIL):
        milestone.due = PartialDate.parse("2026-07-01")
        milestone.save()
        personas.milestone(point, title="Added", due="2026-08-01")
    with on(MAY):
        milestone.remove(by=coordinator, reason="Not needed.")

    assert [milestones(day) for day in (MARCH, APRIL, MAY)] == [
        ["2026-06-01"],
        ["2026-07-01", "2026-08-01"],
        ["2026-08-01"],
    ]
    assert "Course" in text(as_focal_point.get(f"/agendas/2026/1.1/?as_of={APRIL}"))
    assert "Course" not in text(as_focal_point.get(f"/agendas/2026/1.1/?as_of={MAY}"))


@pytest.mark.parametrize(
    ("done_on", "day", "basis", "is_open"),
    [
        ("2026-04-01", MARCH, "reported", True),
        ("2026-04-01", APRIL, "reported", False),
        ("2026-04-01", APRIL, "recorded", True),
        ("2026-04-01", MAY, "recorded", False),
        ("2026-04", date(2026, 4, 29), "reported", True),
        ("2026-04", date(2026, 4, 30), "reported", False),
        ("2026", date(2026, 4, 30), "reported", True),
        ("2026", MAY, "reported", False),
        ("2026", MAY, "recorded", False),
    ],
)
def test_milestone_is_open_until_it_was_done(as_focal_point, done_on, day, basis, is_open):
    with on(date(2026, 1, 1)):
        point = personas.action_point()
        milestone = personas.milestone(point, due="2026-03-02")
    with on(MAY):
        milestone.mark_done(PartialDate.parse(done_on))

    assert bool(milestones(day, basis)) == is_open
    page = text(as_focal_point.get(f"/agendas/2026/1.1/?as_of={day}&by={basis}"))
    assert (f"done {PartialDate.parse(done_on)}" not in page) == is_open


def test_recurring_milestone_has_the_turn_of_the_day():
    with on(MARCH):
        milestone = personas.milestone(
            personas.action_point(), due=PartialDate.parse("2026-04"), repeats_every_months=6
        )
    with on(MAY):
        milestone.mark_done(PartialDate.parse("2026-04-20"))

    assert [milestones(day) for day in (APRIL, MAY)] == [["2026-04-01"], ["2026-10-01"]]


def test_lead_and_persons_without_a_history_are_those_of_today():
    point = personas.action_point()
    ana = personas.person("ana@example.org", agency=personas.agency())
    personas.lead(point, personas.agency(), persons=[ana])
    personas.milestone(point, due="2026-06-01")
    for model in (ActionPoint, Responsibility, Milestone):
        model.history.all().delete()

    assert [(state.persons, len(state.milestones)) for state in states(MARCH)] == [((ana.pk,), 1)]


def test_report_on_the_predecessor_counts_from_its_own_day():
    earlier = personas.action_point(personas.issue(personas.agenda("2025")))
    point = personas.action_point()
    for each in (earlier, point):
        personas.lead(each, personas.agency("UNDP"))
    point.carried_from.add(earlier)
    for day in (MARCH, APRIL):
        personas.update(earlier, now=noon(day))

    days = (MARCH - timedelta(days=1), MARCH, APRIL - timedelta(days=1), APRIL, MAY)
    found = [state.parts[0].predecessor_reported for day in days for state in states(day)]

    assert found == [None, MARCH, MARCH, APRIL, APRIL]


def test_rules_of_the_agenda_are_those_of_the_day():
    with on(MARCH):
        agenda = personas.agenda(silence_days=30, opened_on=date(2026, 2, 1))
    with on(APRIL):
        agenda.silence_days = 60
        agenda.save()

    found = {}
    for day in (date(2026, 1, 31), MARCH, APRIL):
        past = look_back(Agenda.objects.get(), AsOf(day, is_past=True))
        found[day] = (past.silence_days, past.opened_on)

    assert [*found.values()] == [(30, None), (30, date(2026, 2, 1)), (60, date(2026, 2, 1))]


# The baseline


@pytest.fixture(params=["load_baseline", "loaddata"])
def baseline(request):
    """Load the baseline as the command or as Django does; both end in the same."""
    if request.param == "load_baseline":
        load_baseline(timezone.now())
    else:
        call_command("loaddata", "baseline_2005", verbosity=0)


def test_baseline_can_be_read_as_of_days_of_2005_and_2006(baseline, as_focal_point):
    december, march = states(date(2005, 12, 31), slug="2005"), states(date(2006, 3, 31), slug="2005")
    recorded = states(date(2006, 6, 30), Basis.RECORDED, slug="2005")
    today = read_agenda(Agenda.objects.get(slug="2005"), AsOf(timezone.localdate()))

    assert {state.status for state in december} == {"not_reported"}
    assert [(state.reference, state.status, state.leads) for state in march] == [
        (state.reference, state.status, state.leads) for state in today
    ]
    assert (len(recorded), {state.status for state in recorded}) == (17, {"not_reported"})
    assert states(date(2005, 4, 30), slug="2005") == []
    page = text(as_focal_point.get("/agendas/2005/?as_of=2005-03-01"))
    assert "The agenda was agreed later (May 2005)." in page


def test_baseline_milestone_that_is_done_in_2026_is_open_in_2006(baseline, as_focal_point):
    undone = {each.pk: each for each in Milestone.objects.undone().filter(repeats_every_months=None)}
    for milestone in undone.values():
        milestone.mark_done(PartialDate.parse("2026-05"))

    def open_ones(day):
        return {each.pk for state in states(day, slug="2005") for each in state.milestones} & undone.keys()

    assert open_ones(date(2006, 12, 31)) == undone.keys()
    assert open_ones(timezone.localdate() - timedelta(days=1)) == set()


# The order by when it happened


def test_updates_can_be_sorted_by_when_they_happened(as_focal_point):
    load_baseline(timezone.now())
    page = as_focal_point.get("/agendas/2005/1.2/?order=happened")
    happened = [entry.update.happened for entry, _logged in page.context["timeline"]]

    assert [str(each) for each in happened if each and each.precision == "day"] == ["22 December 2005"]
    dated = [each.latest for each in happened if each]
    assert dated == sorted(dated, reverse=True)
    assert all(each is None for each in happened[len(dated) :])
    assert "/agendas/2005/1.2/?order=happened" not in links(page)
    assert "?order=happened#updates" in links(as_focal_point.get("/agendas/2005/1.2/"))


@pytest.mark.parametrize("query", ["order=happened", "order=happened&as_of=2026-11-20"])
def test_order_is_kept_in_paging_and_undated_updates_are_last(as_focal_point, query):
    point = personas.action_point()
    for number in range(1, 31):
        happened = PartialDate.day(date(2026, 1, 1) + timedelta(days=number * 7 % 29)) if number % 5 else None
        personas.update(point, now=noon(date(2026, 11, 1)) + timedelta(hours=number), happened=happened)

    first = as_focal_point.get(f"/agendas/2026/1.1/?{query}")
    following = next(link for link in links(first) if "page=2" in link).replace("&amp;", "&")
    second = as_focal_point.get("/agendas/2026/1.1/" + following)

    assert "order=happened" in following
    found = [entry.update.happened for page in (first, second) for entry, _logged in page.context["timeline"]]
    days = [each.latest for each in found if each]
    assert (len(found), len(days), days) == (30, 24, sorted(days, reverse=True))
    assert found[24:] == [None] * 6
    assert text(second).count("No date given") == 1


def test_unknown_order_is_reported_and_ignored(as_focal_point):
    personas.update(personas.action_point())

    for path in ("1.1/?order=colour", "changes/?order=colour"):
        page = as_focal_point.get(f"/agendas/2026/{path}")
        assert (page.status_code, "shows the updates by date of the report" in text(page)) == (400, True)


def test_recorded_changes_can_be_sorted_by_when_they_happened(as_focal_point):
    point, now = personas.action_point(), timezone.now()
    for text_of_date in ("2005-12-22", None, "2026-01"):
        personas.update(point, now=now, happened=text_of_date and PartialDate.parse(text_of_date))

    page = as_focal_point.get("/agendas/2026/changes/?order=happened")

    assert [str(update.happened) for update in page.context["changes"].updates] == [
        "January 2026",
        "22 December 2005",
        "None",
    ]
    assert "No date given" in text(page)


# Files and queries


def test_files_of_a_past_date_agree_with_the_page(as_focal_point):
    with on(MARCH):
        points = [personas.action_point(number=number, title=f"First wording {number}") for number in (1, 2, 3)]
        personas.lead(points[0], personas.agency("UNDP"), persons=[personas.person("ana@example.org")])
        personas.update(points[1], now=noon(MARCH))
    with on(APRIL):
        for point in points:
            point.title = "Second wording"
            point.save()
    query = f"as_of={MARCH}"

    rows = as_focal_point.get(f"/agendas/2026/action-points/?columns=people&{query}").context["rows"]
    file = b"".join(as_focal_point.get(f"/agendas/2026/action-points.csv?{query}").streaming_content)
    lines = [line for line in file.decode("utf-8-sig").splitlines() if not line.startswith("#")]
    workbook = b"".join(as_focal_point.get(f"/agendas/2026/action-points.xlsx?{query}").streaming_content)
    cells = words_of_workbook(workbook)

    found = [(row["reference"], row["title"], row["status"], row["focal_points"]) for row in csv.DictReader(lines)]
    assert found == [(row.reference, row.title, row.status.value, ", ".join(map(str, row.people))) for row in rows]
    assert [row.title for row in rows] == [f"First wording {number}" for number in (1, 2, 3)]
    assert all(row.title in cells for row in rows)
    assert "Second wording" not in cells


@pytest.mark.parametrize(
    ("page", "queries"),
    [("", 29), ("issues/1/", 29), ("1.1/", 36), ("action-points/", 30), ("dashboard/", 30), ("action-points.csv", 32)],
)
def test_past_pages_need_the_same_queries_for_more_action_points(as_focal_point, page, queries):
    def fill(number):
        point = personas.action_point(number=number)
        ana = personas.person(f"ana{number}@example.org", agency=personas.agency())
        personas.lead(point, personas.agency("UNDP"), persons=[ana])
        personas.lead(point, personas.agency("WHO"))
        personas.milestone(point, due="2026-03-02")
        personas.update(point, now=noon(MARCH))
        point.title = "Second wording"
        point.save()

    counts = []
    for numbers in (range(1, 2), range(2, 5)):
        for number in numbers:
            fill(number)
        for _again in range(2):  # the first time also reads what is cached
            with CaptureQueriesContext(connection) as captured:
                answer = as_focal_point.get(f"/agendas/2026/{page}?as_of={MARCH}")
                assert b"".join(answer) if answer.streaming else answer.content
        counts.append(len(captured))

    assert counts == [queries] * 2
