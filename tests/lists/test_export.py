"""The list as a file: CSV, JSON and XLSX."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from actions.lists import export
from actions.models import ActionPoint
from actions.progress import log_progress
from actions.responsibilities import add_lead, pause
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links
from tracker.dates.value import PartialDate
from tracker.web.tabular import as_csv, as_json, as_xlsx

pytestmark = pytest.mark.one_database  # files are written from plain data

PATH = "/agendas/2026/action-points"


def content(response):
    return b"".join(response.streaming_content)


def csv_rows(raw):
    lines = [line for line in raw.decode("utf-8-sig").splitlines(keepends=True) if not line.startswith("#")]
    return list(csv.DictReader(lines))


@pytest.fixture
def points(focal_point):
    first, second = personas.action_point(personas.issue(number=1)), personas.action_point(personas.issue(number=2), 3)
    personas.lead(first, focal_point.agency, personas.agency("FAO"))
    personas.assign(first, focal_point)
    log_progress(second, personas.progress(), author=None, now=personas.NOW, reported_on=PartialDate.parse("2026-03"))
    return [first, second]


def test_csv_has_a_row_for_each_action_point_and_a_heading(client, points, focal_point):
    raw = content(personas.sign_in(client, focal_point).get(f"{PATH}.csv?status=under_way"))

    assert b"# agenda,2026: 2026 action agenda\r\n" in raw
    assert b"# filters,Status: Under way\r\n" in raw
    assert [
        (row["reference"], row["status"], row["last_reported"], row["last_reported_until"]) for row in csv_rows(raw)
    ] == [("2026/2.3", "under_way", "2026-03", "2026-03-31")]


def test_json_has_dates_and_owners(client, points, focal_point):
    found = json.loads(content(personas.sign_in(client, focal_point).get(f"{PATH}.json")))

    assert [(row["reference"], row["lead_agencies"], row["focal_points"]) for row in found["rows"]] == [
        ("2026/1.1", "FAO, UNDP", focal_point.name),
        ("2026/2.3", "", ""),
    ]
    assert found["filters"] == "none"
    assert found["rows"][1]["last_reported_until"] == "2026-03-31"


def test_file_has_the_parts_with_their_facts(client, points, focal_point):
    first, _second = points
    fao = next(part for part in first.responsibilities.all() if part.agency.acronym == "FAO")
    personas.update(first, agency=focal_point.agency, status="completed")
    pause(fao, timezone.localdate() + timedelta(days=9), "Waits.")
    personas.milestone(first, due="2020", agency=fao.agency)
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    personas.sign_in(client, focal_point)

    (row, other) = csv_rows(content(client.get(f"{PATH}.csv")))
    Agenda.objects.update(visible_to="everybody")
    client.logout()
    (for_visitors, _other) = csv_rows(content(client.get(f"{PATH}.csv")))

    reasons = "needs attention: no_one_responsible, milestone_overdue"
    assert row["status"] == "under_way"
    assert row["needs_attention"] == "no_one_responsible, milestone_overdue"
    assert row["parts"].split("\n") == [
        f"FAO: not_reported; since 2020-01-01; no update; {reasons}; reminders paused until {until}",
        f"UNDP: completed; since 2020-01-01; last update 2026-11-23; persons: {focal_point.name}",
    ]
    assert (other["parts"], other["needs_attention"]) == ("", "no_one_responsible")
    assert for_visitors["parts"].endswith("UNDP: completed; since 2020-01-01; last update 2026-11-23")


def test_file_says_since_when_as_precisely_as_it_is_known(client, points, focal_point):
    add_lead(points[1], personas.agency("WFP"), since=PartialDate.parse("2005-12"))

    rows = csv_rows(content(personas.sign_in(client, focal_point).get(f"{PATH}.csv?agency=WFP")))

    assert [row["parts"].split("; ")[1] for row in rows] == ["since 2005-12"]


def test_list_links_to_its_files(client, points, focal_point):
    personas.sign_in(client, focal_point)
    page = client.get(f"{PATH}/?columns=owner&sort=silence&status=under_way&as_of=2026-11-01")

    files = [link for link in links(page) if ".csv" in link or ".json" in link or ".xlsx" in link]

    assert len(files) == 3
    assert {client.get(file.replace("&amp;", "&")).status_code for file in files} == {200}


def test_file_for_a_visitor_has_no_names(client, points, focal_point):
    Agenda.objects.update(visible_to="everybody")

    raw = content(client.get(f"{PATH}.csv"))

    assert "focal_points" not in csv_rows(raw)[0]
    assert focal_point.name.encode() not in raw


def test_workbook_has_typed_dates_and_no_live_formula(client, points, focal_point):
    ActionPoint.objects.filter(number=3).update(title='=HYPERLINK("http://example.org")')

    raw = content(personas.sign_in(client, focal_point).get(f"{PATH}.xlsx"))

    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        about = book.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK" in sheet
    assert f"<v>{(date(2026, 3, 31) - date(1899, 12, 30)).days}</v>" in sheet
    assert "2026 action agenda" in about


def test_file_of_a_past_date_holds_what_was_reported_then(client, points, focal_point):
    found = csv_rows(content(personas.sign_in(client, focal_point).get(f"{PATH}.csv?as_of=2026-03-01")))

    assert [row["status"] for row in found] == ["not_reported", "not_reported"]


@pytest.mark.parametrize(
    "query", ["status=foo", "colour=red", "as_of=x", "issue=99", "q=%00", "sort=title", "columns=zzz"]
)
def test_faulty_parameter_is_refused(client, points, focal_point, query):
    assert personas.sign_in(client, focal_point).get(f"{PATH}.csv?{query}").status_code == 400


@pytest.mark.parametrize("sort", ["reference", "silence", "status", "reported"])
@pytest.mark.parametrize("day", ["", "&as_of=2026-04-15"])
def test_file_is_sorted_like_the_list(client, focal_point, monkeypatch, sort, day):
    monkeypatch.setattr(export, "BATCH", 3)
    issues = [personas.issue(number=number) for number in (1, 2)]
    for number, reported in enumerate(["2026-03", None, "2026-02-01", "2026-04-01", None, "2026-03"], 1):
        point = personas.action_point(issues[number % 2], number)
        personas.lead(point, focal_point.agency)
        if reported:
            status = "exploring" if number % 2 else "under_way"
            log_progress(
                point,
                personas.progress(status=status),
                author=None,
                now=personas.NOW,
                reported_on=PartialDate.parse(reported),
            )
    personas.sign_in(client, focal_point)

    listed = [row.reference for row in client.get(f"{PATH}/?sort={sort}{day}").context["rows"]]
    found = csv_rows(content(client.get(f"{PATH}.csv?sort={sort}{day}")))

    assert [row["reference"] for row in found] == listed
    assert len(listed) == 6
    assert {row["lead_agencies"] for row in found} == {"UNDP"}


@pytest.mark.parametrize("kind", ["pdf", "CSV", "csv.exe"])
def test_unknown_kind_is_not_found(client, points, focal_point, kind):
    assert personas.sign_in(client, focal_point).get(f"{PATH}.{kind}").status_code == 404


def test_file_of_the_baseline_is_complete_and_in_order(client, focal_point):
    call_command("load_baseline", verbosity=0)

    found = csv_rows(content(personas.sign_in(client, focal_point).get("/agendas/2005/action-points.csv")))

    assert len(found) == 17
    assert [row["reference"] for row in found][:4] == ["2005/1.1", "2005/1.2", "2005/1.3", "2005/2.1"]


@pytest.mark.parametrize("count", [1, 3])
def test_file_query_count_does_not_depend_on_rows(client, focal_point, django_assert_num_queries, count):
    for number in range(1, count + 1):
        personas.lead(personas.action_point(personas.issue(number=number)), focal_point.agency)
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(15):
        content(client.get(f"{PATH}.csv"))


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.dates(date(1945, 1, 1), date(2100, 1, 1)), st.text()
)


@given(st.lists(st.lists(st.tuples(VALUES, VALUES), max_size=3), max_size=3))
def test_file_survives_any_text(batches):
    head, columns = {"what": "a\nb\x00"}, ["one", "two"]

    table = b"".join(as_csv(columns, batches, head))
    found = json.loads(b"".join(as_json(columns, batches, head)))
    with as_xlsx(columns, batches, head) as book:
        assert zipfile.ZipFile(book).testzip() is None

    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert len(found["rows"]) == sum(map(len, batches))
    assert not [cell for row in rows[2:] for cell in row if cell.startswith(("=", "+", "@"))]
