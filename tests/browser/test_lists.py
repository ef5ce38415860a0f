"""Tests of lists and tables in a browser: on a phone, on paper and from right to left."""

import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from actions.handover.models import Handover
from actions.lists.columns import COLUMNS
from actions.models import ActionPoint
from actions.rollover.decisions import Choice, decide
from actions.rollover.models import Rollover
from actions.rollover.plan import start
from issues.models import Agenda
from tests import personas
from tests.browser.test_every_page import overflow, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # how a page looks does not depend on the database
]

TABLE = "/agendas/2005/action-points/?" + "&".join(f"columns={name}" for name in COLUMNS)
PHONE = {"width": 360, "height": 800}


@pytest.fixture
def co(transactional_db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    return personas.person("coordinator@example.org", "coordinator")


def pages(page: Page) -> list[str]:
    """Return the text of each printed page."""
    return [" ".join(each.extract_text().split()) for each in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]


def test_headings_sort_by_keyboard(new_page, co):
    page = new_page(co)
    page.goto(TABLE)
    status, reported = (page.get_by_role("columnheader", name=name, exact=True) for name in ("Status", "Last update"))
    expect(page.get_by_role("columnheader", name="Ref")).to_have_attribute("aria-sort", "ascending")

    status.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(status).to_have_attribute("aria-sort", "ascending")
    reported.get_by_role("link").focus()
    page.keyboard.press("Enter")

    expect(reported).to_have_attribute("aria-sort", "descending")
    assert reported.evaluate("each => getComputedStyle(each, '::after').content").startswith('"\xa0↓"')
    assert "sort=reported" in page.url


@pytest.mark.parametrize("language", ["en", "ar"])
def test_navigation_on_a_phone_marks_the_current_page(new_page, co, language):
    co.language = language
    co.save()
    page = new_page(co, viewport=PHONE)

    page.goto("/people/")

    here = page.locator(".site-nav [aria-current]").bounding_box()
    assert here["x"] >= 0
    assert here["x"] + here["width"] <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_table_shows_whole_rows_on_a_phone(new_page, co, scheme):
    page = new_page(co, viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page.goto(f"{TABLE}&sort=silence")

    row = page.locator("[id='point-1.2'] tr")
    boxes = [cell.bounding_box() for cell in row.locator("td, th").all()]
    assert len(boxes) == len(COLUMNS) + 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    for name in ("Ref", "Status", "Last update", "Time since the last update"):
        box = page.get_by_role("columnheader", name=name, exact=True).get_by_role("link").bounding_box()
        assert box["x"] + box["width"] <= 360
        assert box["height"] > 20
    assert page.locator("thead").evaluate("each => getComputedStyle(each).clipPath") == "none"
    assert overflow(page) == 0
    assert violations(page) == []


def test_selection_shows_a_bar_that_counts_action_points_and_people(new_page, co):
    gco = personas.person("gco@example.org", agency=personas.agency("GCO"))
    personas.person("unssc@example.org", agency=personas.agency("UNSSC"))
    page = new_page(co)
    page.goto("/agendas/2005/action-points/")
    bar, ticks = page.locator("[data-bar]"), page.locator("[data-row-tick]")
    remind = bar.locator("[data-remind]")
    expect(bar).to_be_hidden()
    assert page.locator("[data-row-tick]:checked").count() == 0

    page.get_by_label("Select 3.3", exact=True).check()
    expect(bar).to_contain_text("1 selected")
    expect(remind).to_have_text("Remind 1 person")
    page.get_by_label("Select 3.6", exact=True).click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")
    expect(remind).to_have_text("Remind 2 people")
    page.get_by_label("Select all").check()
    expect(bar).to_contain_text(f"{ticks.count()} selected")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()

    page.get_by_label("Select 1.1", exact=True).focus()
    page.keyboard.press("x")
    expect(remind).to_be_disabled()
    bar.get_by_role("button", name="Assign").click()
    page.get_by_label("Name or email address").fill(gco.email)
    page.get_by_role("button", name="Save").click()
    message = page.locator(".has-undo")
    expect(message).to_contain_text("is now assigned to 1.1.")
    message.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 change is undone.")).to_be_visible()
    expect(page.locator("[id='point-1.1'] .list-owner")).to_have_text("none")


def test_selection_bar_is_always_there_without_scripts(new_page, co):
    page = new_page(co, java_script_enabled=False)
    page.goto("/agendas/2005/action-points/?issue=3")
    page.get_by_label("Select 3.3", exact=True).check()
    page.get_by_role("button", name="Pause reminders").click()

    assert page.locator("[name=points]:checked").count() == 1
    page.get_by_role("link", name="Cancel").click()
    assert page.url.endswith("/agendas/2005/action-points/?issue=3")


def test_status_text_fits_on_a_phone_without_scrolling(new_page, co):
    page = new_page(co, viewport=PHONE)
    page.goto("/agendas/2005/changes/?since=2005-07-01")

    assert (
        page.locator(".table-wrap:has(.table-stacked)").first.evaluate("each => each.scrollWidth - each.clientWidth")
        == 0
    )


def test_long_table_prints_on_several_pages(new_page, co):
    """Check for headings on each page, whole rows, nothing cut off and no controls that need a screen."""
    for number in range(1, 41):
        words = " ".join(["many words"] * (12 + number % 5))
        point = personas.action_point(personas.issue(), number, title=f"From{number} {words} until{number}")
        personas.update(point, status="exploring")
    page = new_page(co)
    page.goto(f"{TABLE.replace('2005', '2026')}&status=exploring")

    sheets = pages(page)

    assert len(sheets) > 2
    assert all("Ref ↑ Action point Lead" in sheet and "Issue" in sheet for sheet in sheets)
    for number in range(1, 41):
        (at,) = [place for place, sheet in enumerate(sheets) if f"From{number} " in sheet]
        assert f"until{number} " in sheets[at]
        assert "Exploring" in sheets[at]
    shown = " ".join(sheets)
    assert "Status Exploring" in shown
    for word in ("Columns", "Save this view", "Clear filters", "Milestone date", "Download", "My action points"):
        assert word not in shown


def test_tables_fit_the_width_of_paper(new_page, co):
    page = new_page(co, viewport={"width": 673, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    for path in (f"{TABLE}&sort=status", "/agendas/2005/dashboard/", "/agendas/2005/note/", "/agendas/2005/changes/"):
        page.goto(path)

        wraps = page.locator(".table-wrap").all()

        overflows = [wrap.evaluate("each => getComputedStyle(each).overflowX") for wrap in wraps]
        assert overflows == ["visible"] * len(wraps), path
        assert overflow(page) == 0, path
        status = page.locator(".status").first
        assert status.evaluate("each => getComputedStyle(each, '::before').printColorAdjust") == "exact", path
        colour = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--status-under-way')")
        assert colour == "#00577f", path  # the light colour: paper is white


def compare_positions(page: Page, first: str, arrow: str, second: str) -> tuple[bool, bool]:
    """Return whether the second is to the right of the first, and whether the arrow between them is mirrored."""
    boxes: list[Any] = [page.locator(each).first.bounding_box() for each in (first, arrow, second)]
    lefts = [box["x"] for box in boxes]
    assert lefts in (sorted(lefts), sorted(lefts, reverse=True))
    turned = page.locator(arrow).first.evaluate("each => getComputedStyle(each).transform")
    return lefts[0] < lefts[2], turned == "matrix(-1, 0, 0, 1, 0, 0)"


@pytest.mark.parametrize(("language", "expected"), [("en", (True, False)), ("ar", (False, True))])
def test_arrows_follow_the_direction_of_the_page(new_page, co, language, expected):
    co.language = language
    co.save()
    successor = personas.person("ana@example.org", name="Ana")
    Handover.objects.create(
        pk=1, predecessor=co, successor=successor, reason="Left.", created_by=co, created_at=personas.NOW
    )
    rollover = start(Rollover(source=Agenda.objects.get(), slug="2006", title="Agenda of 2006"), co, personas.NOW)
    point = ActionPoint.objects.get(issue__number=1, number=1)
    choice = Choice(kind="carry", reason="It goes on.", issue=rollover.issues.first(), titles=["On"])
    decide(rollover, point, choice, by=co, now=timezone.now(), version="")
    page = new_page(co)

    page.goto("/hand-overs/1/")
    assert compare_positions(page, "h1 bdi", "h1 .arrow", "h1 bdi:last-child") == expected
    page.goto("/hand-overs/")
    assert compare_positions(page, ".ledger a bdi", ".ledger .arrow", ".ledger a bdi:last-child") == expected
    page.goto("/agendas/2005/roll-over/")
    assert compare_positions(page, "p.reference bdi", "p.reference .arrow", "p.reference bdi:last-child") == expected
    decision = ".rollover-decision"
    assert compare_positions(page, f"{decision} .tag", f"{decision} .arrow", f"{decision} .reference bdi") == expected
    planned = "[aria-labelledby=new] li:has(.arrow)"
    assert compare_positions(page, f"{planned} > .reference", f"{planned} .arrow", f"{planned} .arrow") == expected


def test_arrows_in_templates_can_be_mirrored():
    """Check all arrows but those in titles, which are text."""
    lines = [
        line for path in (settings.BASE_DIR / "templates").rglob("*.html") for line in path.read_text().splitlines()
    ]

    assert [line for line in lines if re.search("(?<!>)[←→]", line) and "{% block title %}" not in line] == []


def test_pager_is_laid_out_from_right_to_left(new_page, co):
    co.language = "ar"
    co.save()
    page = new_page(co)
    page.goto("/agendas/2005/issues/3/")

    before, after = (page.locator(f".pager a[rel={rel}]").bounding_box() for rel in ("prev", "next"))

    assert before["x"] > after["x"]
