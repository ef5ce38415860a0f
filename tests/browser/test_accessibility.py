"""Tests of what axe-core does not see: errors of forms, forced colours, print. Every page is checked in test_every_page.py."""

import io
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests import personas

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]

FORM = "/agendas/2026/1.1/updates/"


@pytest.fixture
def form(new_page, focal_point):
    personas.lead(personas.action_point(), focal_point.agency)
    page = new_page(focal_point)
    page.goto(FORM)
    return page


def test_title_says_error_and_each_link_focuses_its_field(form):
    assert not form.title().startswith("Error:")
    form.get_by_label("When did it happen?").fill("some day")
    form.get_by_role("button", name="Publish").click()

    expect(form.get_by_role("alert").first).to_be_focused()
    assert form.title().startswith("Error: Log progress")
    fields = {
        "Status": form.get_by_role("radio").first,
        "When did it happen?": form.get_by_label("When did it happen?"),
    }
    for name, field in fields.items():
        form.get_by_role("alert").get_by_role("link", name=name).click()
        expect(field).to_be_focused()


def test_shapes_and_chosen_options_stay_visible_with_forced_colours(form):
    form.emulate_media(forced_colors="active")
    form.get_by_role("radio", name="Under way").check()
    form.get_by_label("When did it happen?").focus()
    labels = [form.locator("label", has_text=name) for name in ("Under way", "Exploring")]
    outlines = [label.evaluate("label => getComputedStyle(label).outlineStyle") for label in labels]

    form.goto("/help/glossary/")
    shapes = {
        name: form.locator(f".status-{name}").evaluate("status => getComputedStyle(status, '::before').background")
        for name in ("no_progress", "exploring", "under_way", "completed")
    }
    current = form.locator(".help-nav [aria-current]").evaluate("link => getComputedStyle(link).borderColor")
    others = form.locator(".help-nav a:not([aria-current])").first.evaluate(
        "link => getComputedStyle(link).borderColor"
    )

    assert outlines == ["solid", "none"]
    assert all("conic-gradient" in shape for shape in shapes.values())
    assert len(set(shapes.values())) == len(shapes)
    assert current != others


def test_every_printed_sheet_has_title_and_date(page, transactional_db):
    page.goto("/help/glossary/")

    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A5"))).pages]

    assert len(sheets) > 1
    for sheet in sheets:
        assert "Glossary · Partnership Progress Tracker" in " ".join(sheet.split())
        assert f"{datetime.now(UTC):%B %Y}" in sheet
