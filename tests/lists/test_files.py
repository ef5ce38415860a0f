"""Files of progress updates, agencies and people: their content, and who gets it."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from actions.progress import correct, log_progress, withdraw
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # files are written from plain data

UPDATES = "/agendas/2026/updates"


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def csv_rows(response):
    lines = content(response).decode("utf-8-sig").splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.fixture
def point(focal_point):
    return personas.action_point(title="Joint training")


def test_updates_file_has_partial_dates_and_their_days(client, point, focal_point):
    update = personas.update(
        point,
        author=focal_point,
        narrative="They met.",
        agency=focal_point.agency,
        participants=[personas.agency("FAO"), personas.agency("ILO")],
        evidence=[("https://example.org/a", "")],
        happened=PartialDate.parse("2026-02"),
    )

    (row,) = json.loads(content(personas.sign_in(client, focal_point).get(f"{UPDATES}.json")))["rows"]

    assert row == {
        "reference": "2026/1.1",
        "number": 1,
        "version": 1,
        "action_point": "Joint training",
        "status": "under_way",
        "is_piece": False,
        "covers_all": False,
        "agency": "UNDP",
        "attributed_to": "",
        "participants": "FAO, ILO",
        "happened": "2026-02",
        "happened_earliest": "2026-02-01",
        "happened_latest": "2026-02-28",
        "reported_on": "2026-11-23",
        "reported_until": "2026-11-23",
        "recorded_at": update.recorded_at.isoformat(),
        "narrative": "They met.",
        "reason": "",
        "evidence": "https://example.org/a",
        "address": row["address"],
        "author": focal_point.name,
    }
    assert row["address"].endswith("/agendas/2026/1.1/updates/1/")


def test_updates_file_has_only_current_updates(client, point, coordinator):
    first, second = personas.update(point, narrative="Wrong."), personas.update(point, narrative="Gone.")
    correct(first, personas.progress(narrative="Right."), author=coordinator, now=timezone.now())
    withdraw(second, by=coordinator, reason="Wrong.", now=timezone.now())

    rows = csv_rows(personas.sign_in(client, coordinator).get(f"{UPDATES}.csv"))

    assert [(row["number"], row["version"], row["narrative"]) for row in rows] == [("1", "2", "Right.")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["1", "2"]),
        ({"status": "exploring"}, ["2"]),
        ({"agency": "UNDP"}, ["1"]),
        ({"since": "2026-11-23"}, ["1", "2"]),
        ({"since": "2026-11-24"}, []),
    ],
)
def test_updates_file_is_filtered(client, point, focal_point, query, found):
    personas.update(point, agency=focal_point.agency)
    personas.update(point, status="exploring")

    rows = csv_rows(personas.sign_in(client, focal_point).get(f"{UPDATES}.csv", query))

    assert [row["number"] for row in rows] == found


def test_updates_file_names_its_filters(client, point, focal_point):
    query = {"status": "exploring", "agency": "UNDP", "since": "2026-01-01"}

    found = json.loads(content(personas.sign_in(client, focal_point).get(f"{UPDATES}.json", query)))

    assert found["filters"] == "Status: exploring; Agency: UNDP; Since: 2026-01-01"
    assert found["agenda"] == "2026: 2026 action agenda"


def test_workbook_of_updates_has_typed_dates_and_times(client, point, focal_point):
    personas.update(point, narrative="=1+1")

    with zipfile.ZipFile(io.BytesIO(content(personas.sign_in(client, focal_point).get(f"{UPDATES}.xlsx")))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    day = (date(2026, 11, 23) - date(1899, 12, 30)).days
    assert f"<v>{day}</v>" in sheet
    assert f"<v>{day}.375</v>" in sheet
    assert "<f>" not in sheet


def test_updates_file_for_a_visitor_has_no_authors(client, point, focal_point):
    personas.update(point, author=focal_point)
    Agenda.objects.update(visible_to="everybody")

    (row,) = csv_rows(client.get(f"{UPDATES}.csv"))

    assert "author" not in row
    assert focal_point.name not in row.values()


def test_agencies_file_counts_only_readable_action_points(client, point, focal_point):
    personas.lead(point, personas.agency("UNDPNordic", parent=focal_point.agency))

    visitors = csv_rows(client.get("/agencies.csv"))
    peoples = csv_rows(personas.sign_in(client, focal_point).get("/agencies.csv"))

    assert [(row["acronym"], row["part_of"], row["action_points_led"]) for row in visitors] == [
        ("UNDP", "", "0"),
        ("UNDPNordic", "UNDP", "0"),
    ]
    assert [row["action_points_led"] for row in peoples] == ["0", "1"]


def test_people_file_has_the_people_of_the_page(client, focal_point, other_focal_point, admin):
    personas.person("gone@example.org", is_active=False)

    seen = csv_rows(personas.sign_in(client, focal_point).get("/people.csv"))
    searched = csv_rows(client.get("/people.csv?q=unssc"))
    administered = csv_rows(personas.sign_in(client, admin).get("/people.csv"))

    assert [row["email"] for row in seen] == [focal_point.email, other_focal_point.email, admin.email]
    assert [row["email"] for row in searched] == [other_focal_point.email]
    assert [row["email"] for row in administered if row["is_active"] == "False"] == ["gone@example.org"]
    assert "is_active" not in seen[0]


@pytest.mark.parametrize(
    "address",
    [
        f"{UPDATES}.csv?status=foo",
        f"{UPDATES}.csv?agency=NONE",
        f"{UPDATES}.csv?agency=%00",
        f"{UPDATES}.csv?since=soon",
        f"{UPDATES}.csv?colour=red",
        "/people.csv?q=%00",
        "/people.csv?colour=red",
        "/agencies.csv?q=UNDP",
    ],
)
def test_faulty_parameter_is_refused(client, point, focal_point, address):
    answer = personas.sign_in(client, focal_point).get(address)

    assert answer.status_code == 400
    assert "so no file was created" in answer.text


@pytest.mark.parametrize("address", [f"{UPDATES}.pdf", "/people.CSV", "/agencies.csv.exe", "/agendas/none/updates.csv"])
def test_unknown_file_is_not_found(client, point, focal_point, address):
    assert personas.sign_in(client, focal_point).get(address).status_code == 404


@pytest.mark.parametrize("page", ["/agendas/2026/changes/", "/agencies/", "/people/?q=focal"])
def test_pages_link_to_their_files(client, point, focal_point, page):
    personas.sign_in(client, focal_point)

    files = [
        link for link in links(client.get(page)) if link.partition("?")[0].rpartition(".")[2] in ("csv", "json", "xlsx")
    ]

    assert [client.get(file).status_code for file in files] == [200, 200, 200]


@pytest.mark.parametrize(("address", "queries"), [(f"{UPDATES}.csv", 8), ("/agencies.csv", 4), ("/people.csv", 4)])
@pytest.mark.parametrize("count", [1, 3])
def test_file_query_count_does_not_depend_on_rows(
    client, focal_point, django_assert_num_queries, count, address, queries
):
    for number in range(1, count + 1):
        personas.update(personas.action_point(personas.issue(number=number)), participants=[focal_point.agency])
        personas.person(f"{number}@example.org", agency=personas.agency(f"A{number}"))
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(queries):
        content(client.get(address))


def test_updates_file_filters_by_recording_like_the_page_of_changes(client, point, focal_point):
    for hour, day in ((23, 1), (0, 2)):
        now = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
        log_progress(point, personas.progress(), author=None, now=now, reported_on=PartialDate.parse("2026-10-01"))
    page = personas.sign_in(client, focal_point).get("/agendas/2026/changes/?since=2026-11-01")

    rows = csv_rows(client.get(next(link for link in links(page) if link.startswith(f"{UPDATES}.csv"))))

    assert [row["number"] for row in rows] == ["2"]
    assert [update.number for update in page.context["changes"].updates] == [2]


@pytest.mark.parametrize("day", ["9999-12-31", "yesterday", "2026-02-30"])
def test_updates_file_refuses_an_impossible_date(client, point, focal_point, day):
    assert personas.sign_in(client, focal_point).get(f"{UPDATES}.csv?recorded_since={day}").status_code == 400
