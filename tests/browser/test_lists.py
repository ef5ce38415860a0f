"""Lists and tables as people have them: on a phone, on paper, from right to left."""

import io

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from actions.dashboard.views import COLUMNS
from tests import personas
from tests.browser.test_every_page import overflow, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.embedded,  # how a page looks does not depend on the database
]

TABLE = "/agendas/2005/action-points/?" + "&".join(f"columns={name}" for name in COLUMNS)
PHONE = {"width": 360, "height": 800}


@pytest.fixture
def co(transactional_db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    return personas.person("coordinator@example.org", "coordinator")


def pages(page: Page) -> list[str]:
    """What stands on each page of paper."""
    return [" ".join(each.extract_text().split()) for each in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]


def test_headings_sort_by_keyboard(new_page, co):
    page = new_page(co)
    page.goto(TABLE)
    status, reported = (page.get_by_role("columnheader", name=name) for name in ("Status", "Last reported"))
    expect(page.get_by_role("columnheader", name="Action point")).to_have_attribute("aria-sort", "ascending")

    status.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(status).to_have_attribute("aria-sort", "ascending")
    reported.get_by_role("link").focus()
    page.keyboard.press("Enter")

    expect(reported).to_have_attribute("aria-sort", "descending")
    assert reported.evaluate("each => getComputedStyle(each, '::after').content").startswith('"\xa0↓"')
    assert page.get_by_label("Sorted by").input_value() == "reported"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_table_shows_all_of_a_row_on_a_phone(new_page, co, scheme):
    page = new_page(co, viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page.goto(f"{TABLE}&sort=silence")

    row = page.get_by_role("row").filter(has_text="2005/1.2")
    boxes = [cell.bounding_box() for cell in row.get_by_role("cell").all()]
    assert len(boxes) == len(COLUMNS)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    labels = [
        cell.evaluate("each => getComputedStyle(each, '::before').content") for cell in row.get_by_role("cell").all()
    ]
    assert labels == [f'"{label}: "' for label in COLUMNS.values()]
    for name in ("Action point", "Status", "Last reported", "Silent for"):
        box = page.get_by_role("columnheader", name=name).get_by_role("link").bounding_box()
        assert box["x"] + box["width"] <= 360
        assert box["height"] > 20
    assert page.locator("thead").evaluate("each => getComputedStyle(each).clipPath") == "none"
    assert overflow(page) == 0
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/agendas/2005/changes/?since=2005-01-01", "/agendas/2005/dashboard/"])
def test_words_of_a_status_need_no_scrolling_on_a_phone(new_page, co, path):
    page = new_page(co, viewport=PHONE)
    page.goto(path)

    assert (
        page.locator(".table-wrap:has(.table-stacked)").first.evaluate("each => each.scrollWidth - each.clientWidth")
        == 0
    )


def test_long_table_goes_on_over_pages_of_paper(new_page, co):
    """Its headings on each, its rows whole, nothing beside it cut off, and nothing that only works on a screen."""
    for number in range(1, 41):
        words = " ".join(["many words"] * (12 + number % 5))
        point = personas.action_point(personas.issue(), number, title=f"From{number} {words} until{number}")
        personas.update(point, status="exploring")
    page = new_page(co)
    page.goto(f"{TABLE.replace('2005', '2026')}&status=exploring")

    found = pages(page)

    assert len(found) > 2
    assert all("Action point ↑ Status Owner" in each and "Attention Issue" in each for each in found)
    for number in range(1, 41):
        (at,) = [place for place, each in enumerate(found) if f"From{number} " in each]
        assert f"until{number} " in found[at]
        assert "Exploring" in found[at]
    shown = " ".join(found)
    assert "Status: Exploring" in shown
    for word in (
        "Filter and sort",
        "Views",
        "Clear filters",
        "Change several",
        "The list as a file",
        "My action points",
    ):
        assert word not in shown


@pytest.mark.parametrize(
    "path", [f"{TABLE}&sort=status", "/agendas/2005/dashboard/", "/agendas/2005/note/", "/agendas/2005/changes/"]
)
def test_tables_are_as_wide_as_paper_and_do_not_scroll(new_page, co, path):
    page = new_page(co, viewport={"width": 673, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(path)

    wraps = page.locator(".table-wrap").all()

    assert [wrap.evaluate("each => getComputedStyle(each).overflowX") for wrap in wraps] == ["visible"] * len(wraps)
    assert overflow(page) == 0
    status = page.locator(".status").first
    assert status.evaluate("each => getComputedStyle(each, '::before').printColorAdjust") == "exact"
    colour = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--status-under-way')")
    assert colour == "#00577f"  # as by light: paper is white
