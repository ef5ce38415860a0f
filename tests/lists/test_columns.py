"""The list as a table: headings that sort it, and rows on a phone."""

import re
from datetime import date

import pytest
from django.http import QueryDict

from actions.lists.columns import COLUMNS, Heading, headings
from actions.lists.sorting import ORDERS
from actions.progress import log_progress
from tests import personas
from tracker.dates.value import PartialDate

LIST = "/agendas/2026/action-points/"
ALL = "&".join(f"columns={name}" for name in COLUMNS)
WORDS = {name: str(order.label) for name, order in ORDERS.items()}


@pytest.fixture
def table(client, coordinator):
    """Asks for the list of three action points; the second has the oldest update, the third has none."""
    issue = personas.issue()
    for number, day, status in ((1, 9, "completed"), (2, 1, "exploring"), (3, None, "")):
        point = personas.action_point(issue, number)
        if day:
            reported_on = PartialDate.day(date(2026, 3, day))
            progress = personas.progress(status=status)
            log_progress(point, progress, author=None, now=personas.NOW, reported_on=reported_on)
    personas.sign_in(client, coordinator)
    return lambda query: client.get(f"{LIST}?{query}")


def thead(response):
    """The headings as triples of words, `aria-sort` and address."""
    head = response.text.partition("<thead>")[2].partition("</thead>")[0]
    found = []
    for attributes, content in re.findall(r'<th scope="col"([^>]*)>(.*?)</th>', head):
        sort, link = re.search(r'aria-sort="(\w+)"', attributes), re.search(r'href="([^"]+)"', content)
        words = re.sub(r"<[^>]+>", "", content)
        found.append((words, sort[1] if sort else "", link[1].replace("&amp;", "&") if link else ""))
    return found


@pytest.mark.parametrize(
    ("sort", "directions", "leads_to"),
    [
        ("reference", ["ascending", "", "", "", ""], ["", "", "status", "reported", "silence"]),
        ("status", ["", "", "ascending", "", ""], ["reference", "", "", "reported", "silence"]),
        ("reported", ["", "", "", "descending", "ascending"], ["reference", "", "status", "silence", "silence"]),
        ("silence", ["", "", "", "ascending", "descending"], ["reference", "", "status", "reported", "reported"]),
    ],
)
def test_heading_shows_the_order_and_links_to_another(sort, directions, leads_to):
    found = headings(["status", "reported", "silence"], WORDS, sort, f"sort={sort}")

    assert [heading.direction for heading in found] == directions
    assert [QueryDict(heading.query).get("sort", "") for heading in found] == leads_to
    assert [heading.order for heading in found] == [WORDS.get(name, "") for name in leads_to]


def test_heading_of_an_unsortable_column_is_plain_text():
    assert headings(["owner"], WORDS, "reference", "")[-1] == Heading("owner", "Lead")


def test_headings_keep_filters_and_columns_and_start_at_the_first_page(table):
    found = thead(table(f"{ALL}&status=exploring&status=completed&after=1001"))

    assert [(words, direction) for words, direction, _address in found] == [
        ("Ref", "ascending"),
        ("Action point", ""),
        ("Lead", ""),
        ("Focal points", ""),
        ("Status", ""),
        ("Last dated progress", ""),
        ("Last update", ""),
        ("Time since the last update", ""),
        ("Needs attention", ""),
        ("Issue", ""),
    ]
    kept = f"?{ALL}&status=exploring&status=completed&sort="
    assert [address for *_heading, address in found if address] == [
        f"{kept}status",
        f"{kept}reported",
        f"{kept}silence",
    ]


def test_headings_sort_the_list_and_reverse_it(table):
    page, codes = table(ALL), []
    for heading in ("Status", "Last update", "Last update", "Ref"):
        address = {words: address for words, _direction, address in thead(page)}[heading]
        page = table(address.removeprefix("?"))
        codes.append([row.code for row in page.context["rows"]])

    assert codes == [["1.3", "1.2", "1.1"], ["1.1", "1.2", "1.3"], ["1.3", "1.2", "1.1"], ["1.1", "1.2", "1.3"]]


def test_headings_keep_a_past_date(table):
    found = thead(table(f"{ALL}&as_of=2026-03-05&sort=silence"))

    assert [address for words, _direction, address in found if words == "Status"] == [
        f"?{ALL}&as_of=2026-03-05&sort=status"
    ]


def test_heading_names_the_order_that_it_links_to(table):
    page = table(f"{ALL}&sort=reported").text

    assert 'title="Sort: oldest update first">Last update</a>' in page
    assert 'title="Sort: status">Status</a>' in page


def test_unknown_order_falls_back_to_sortable_headings(table):
    page = table(f"{ALL}&sort=foo")

    assert page.status_code == 400
    assert thead(page)[0][1:] == ("ascending", "")
    assert thead(page)[4][2] == f"?{ALL}&sort=status"


def test_cells_that_need_a_label_on_a_phone_have_one(table):
    labels = re.findall(r'<td [^>]*data-label="([^"]+)"', table(ALL).text)

    speak_for_themselves = {"owner", "status", "attention"}
    assert labels == [str(label) for name, label in COLUMNS.items() if name not in speak_for_themselves] * 3


@pytest.mark.parametrize(
    ("as_of", "ages"),
    [
        ("2026-03-09", ["today", "8 days ago", "–"]),
        ("2026-03-10", ["yesterday", "9 days ago", "–"]),
        ("2026-06-30", ["3 months ago", "3 months ago", "–"]),
    ],
)
def test_time_since_the_last_update_is_written_as_an_age(table, as_of, ages):
    page = table(f"columns=silence&as_of={as_of}").text

    assert [
        cell.strip() for cell in re.findall(r'<td [^>]*data-label="Time since the last update">([^<]*)</td>', page)
    ] == ages


@pytest.mark.parametrize("count", [1, 3])
def test_table_query_count_does_not_depend_on_rows(client, coordinator, django_assert_num_queries, count):
    for place in range(1, count + 1):
        point = personas.action_point(personas.issue(), place)
        personas.lead(point, personas.agency(f"A{place}"))
        personas.update(point)
    personas.sign_in(client, coordinator)

    with django_assert_num_queries(15):
        client.get(f"{LIST}?q=action&{ALL}&sort=silence")


def test_filters_are_cleared_together(table):
    page = table("status=exploring&sort=status")

    assert '<a href="?sort=status">Clear filters</a>' in page.text
