"""Test that no file of rows contains a formula or a link, whatever people have typed."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from actions.lists.models import SavedView
from actions.models import Evidence
from issues.models import Agenda
from tests import personas
from tracker.web.tabular import KINDS, MAX_CELL, as_csv, as_json, as_xlsx

pytestmark = pytest.mark.one_database  # how a file is written does not depend on the database

FORMULA = "=cmd|' /C calc'!A0"
INVISIBLE = (
    "\t\r\n \u00a0\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u202a\u202e\u2060\u2066\u2800\u3000\u3164"
    "\ufe0f\ufeff\uffa0\U000e0020"
)
HOSTILE = [
    FORMULA,
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "\ufe66 1",
    "\u22121+1",
    f"x,{FORMULA}",
    f"x;{FORMULA}",
    f"x\t{FORMULA}",
    f'x",{FORMULA}',
    f'x";{FORMULA}',
    f'x;"{FORMULA}',
    f'x;\u200b"{FORMULA}',
    f'x\t""{FORMULA}',
    '=HYPERLINK("http://example.org","Click")',
    *(f"{character}{FORMULA}" for character in INVISIBLE),
    f"\ufeff\u00a0\u200b{FORMULA}",
]
ROUTES = {
    "export": {"slug": "2026"},
    "updates_file": {"slug": "2026"},
    "agencies_file": {},
    "people_file": {},
}
"""Routes of files of rows, with their arguments."""


def is_formula(cell: str) -> bool:
    if re.fullmatch(r"-?\d+", cell):
        return False
    return cell.lstrip(INVISIBLE)[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\u2212")


def csv_cells(raw: bytes, delimiter: str = ",") -> list[str]:
    lines = io.StringIO(raw.decode("utf-8-sig"), newline="")
    return [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def routes_of_files() -> Iterator[str]:
    """Return the names of all routes with a kind of file in their address."""
    waiting: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    for each in waiting:
        waiting += getattr(each, "url_patterns", [])
        if isinstance(each, URLPattern) and "kind" in getattr(each.pattern.regex, "groupindex", {}):
            yield str(each.name)


@pytest.fixture(scope="module")
def hostile_rows(rows_of_the_module):
    """Create agencies, people, an agenda, action points and updates named by HOSTILE."""
    agenda = personas.agenda(title=f"x,{FORMULA}", visible_to=Agenda.Audience.EVERYBODY)
    for number, text in enumerate(HOSTILE, 1):
        agency = personas.agency(f"{text[:17].replace('/', '')}{number}", name=text)
        person = personas.person(f"{number}@example.org", name=text, agency=agency)
        point = personas.action_point(personas.issue(agenda, number, title=text), title=text)
        personas.lead(point, agency)
        personas.assign(point, person)
        update = personas.update(
            point, person, narrative=text, reason=text, agency=agency, attributed_to=text, participants=[agency]
        )
        Evidence.objects.create(update=update, url=f"https://example.org/;{text}")
    SavedView.objects.create(
        person=personas.person("sharer@example.org"),
        agenda=agenda,
        name=FORMULA,
        is_shared=True,
        query=urlencode({"q": f"x,{FORMULA}"}),
    )


@pytest.fixture
def hostile_network(hostile_rows, db):
    """Let the test read these rows."""


def test_every_route_of_a_file_is_listed():
    assert sorted(routes_of_files()) == sorted(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("is_visitor", [True, False])
def test_no_csv_file_has_a_formula(client, hostile_network, admin, route, is_visitor):
    if is_visitor and route == "people_file":
        return
    if not is_visitor:
        personas.sign_in(client, admin)

    raw = content(client.get(reverse(route, kwargs=ROUTES[route] | {"kind": "csv"})))

    for delimiter in ",;\t":
        assert [cell for cell in csv_cells(raw, delimiter) if is_formula(cell)] == []
    assert len(csv_cells(raw)) > 5 * len(HOSTILE)


@pytest.mark.parametrize("route", ROUTES)
def test_no_workbook_has_a_formula_or_a_link(client, hostile_network, admin, route):
    personas.sign_in(client, admin)

    raw = content(client.get(reverse(route, kwargs=ROUTES[route] | {"kind": "xlsx"})))

    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        texts = {name: book.read(name).decode() for name in book.namelist()}
    assert [name for name, xml in texts.items() if "<f>" in xml or "<f " in xml or "<hyperlink" in xml] == []
    assert any("cmd|" in xml for xml in texts.values())


@pytest.mark.parametrize("route", ROUTES)
def test_json_has_the_text_as_it_was_typed(client, hostile_network, admin, route):
    personas.sign_in(client, admin)

    found = json.loads(content(client.get(reverse(route, kwargs=ROUTES[route] | {"kind": "json"}))))

    assert FORMULA in {cell for row in found["rows"] for cell in row.values()}


@pytest.mark.parametrize("route", ["export", "people_file"])
def test_no_search_makes_a_formula(client, hostile_network, admin, route):
    personas.sign_in(client, admin)
    address = reverse(route, kwargs=ROUTES[route] | {"kind": "csv"})

    responses = [client.get(address, {"q": query}) for query in HOSTILE]

    made = [content(response) for response in responses if response.status_code == 200]
    assert len(made) > 20
    assert {response.status_code for response in responses} <= {200, 400}
    for raw in made:
        assert [cell for cell in csv_cells(raw) + csv_cells(raw, ";") if is_formula(cell)] == []


def test_shared_view_makes_no_formula(client, hostile_network):
    query = SavedView.objects.get().query

    raw = content(client.get(f"/agendas/2026/action-points.csv?{query}"))

    assert [cell for cell in csv_cells(raw) if is_formula(cell)] == []
    assert f'# filters,"Words or reference: x,{FORMULA}' in raw.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_heading_cells_are_escaped_too(text):
    raw = b"".join(as_csv([text], [], {text: text}))

    assert [cell for cell in csv_cells(raw) if is_formula(cell)] == []


@pytest.mark.parametrize(
    "text", ["Café", "2026-03", "a - b", "5 = 5", "'quoted'", "", "\u0645\u0631\u062d", "«x»", "(=1)"]
)
def test_ordinary_text_is_written_as_it_is(text):
    assert csv_cells(b"".join(as_csv(["a"], [[[text]]], {}))) == ["a", text]


def test_file_begins_with_its_description():
    raw = b"".join(as_csv(["a"], [], {"agenda": 'One, "two"\nthree', "filters": "none"}))

    assert raw.decode("utf-8-sig") == '# agenda,"One, ""two"" three"\r\n# filters,none\r\na\r\n'


def test_numbers_and_dates_are_written_as_they_are():
    assert csv_cells(b"".join(as_csv(["a", "b"], [[[-5, None]]], {}))) == ["a", "b", "-5", ""]


def test_every_kind_of_file_is_tested():
    assert sorted(KINDS) == ["csv", "json", "xlsx"]
    assert b"".join(as_json(["a"], [[["=1"]]], {})) == b'{"rows": [\n{"a": "=1"}\n]}\n'
    with as_xlsx(["=1"], [[["=1"]]], {"=1": "=1"}) as book:
        assert zipfile.ZipFile(book).testzip() is None


@pytest.mark.parametrize("letter", ["x", "é", "\N{GRINNING FACE}", "x\N{GRINNING FACE}"])
@pytest.mark.parametrize("count", [10_000, MAX_CELL // 3, MAX_CELL // 2, 20_000, MAX_CELL, MAX_CELL + 1, 100_000])
def test_cell_of_a_workbook_is_cut_at_what_excel_opens(letter, count):
    text = letter * count

    with as_xlsx(["a"], [[[text]]], {}) as book:
        xml = zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml").decode()

    cell = re.findall(r"<t[^>]*>([^<]*)</t>", xml)[1]
    fits = len(text.encode("utf-16-le")) // 2 <= MAX_CELL
    assert len(cell.encode("utf-16-le")) // 2 <= MAX_CELL
    assert cell == text if fits else text.startswith(cell[:-1]) and cell.endswith("…")


def test_cells_of_a_workbook_wrap_their_text():
    with as_xlsx(["a"], [[["One line.\nAnother."]]], {"filters": "x" * 500}) as book:
        parts = zipfile.ZipFile(book)
        styles, sheets = parts.read("xl/styles.xml"), [parts.read(f"xl/worksheets/sheet{n}.xml") for n in (1, 2)]

    assert b'wrapText="1"' in styles
    assert [re.search(rb'<c r="(A2|B1)" s="[1-9]"', sheet) is not None for sheet in sheets] == [True, True]
    assert all(b"<cols>" in sheet for sheet in sheets)
