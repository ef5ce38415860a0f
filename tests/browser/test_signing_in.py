"""Tests of signing in and out in a browser."""

import pytest
from playwright.sync_api import expect

from tests import personas

STORED = "Object.entries(localStorage).filter(([key]) => key.startsWith('keep:')).map(([, text]) => text).join()"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


def test_person_signs_in_and_out(page, focal_point):
    focal_point.set_password("six bright lanterns")
    focal_point.save()
    page.goto("/my/")

    page.get_by_label("Email").fill("Focal.UNDP@example.org")
    page.get_by_label("Password").fill("six bright lanterns")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My action points")

    page.locator("summary", has_text=focal_point.name).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/my/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_text_kept_in_the_browser_is_removed_on_signing_out(new_page, focal_point, coordinator):
    """In every tab, also in one that is closed later; what another person typed in this browser stays."""
    personas.lead(personas.action_point(), focal_point.agency)
    page = new_page(focal_point)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/agendas/2026/1.1/updates/")
        tab.get_by_label("What happened?").fill("Not for everybody.")
        tab.wait_for_timeout(600)
    page.evaluate(f"localStorage.setItem('keep:{coordinator.pk}:/somewhere/', 'another person')")
    before = page.evaluate(STORED)

    page.locator("summary", has_text=focal_point.name).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    other.get_by_label("What happened?").fill("Typed after signing out.")
    other.wait_for_timeout(600)
    other.goto("about:blank")

    assert "Not for everybody." in before
    assert page.evaluate(STORED) == "another person"


def test_wrong_password_shows_an_error_and_keeps_the_address(page, focal_point):
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(focal_point.email)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Email")).to_have_value(focal_point.email)


def test_menu_closes_on_escape_and_returns_the_focus(new_page, focal_point):
    page = new_page(focal_point)
    page.goto("/my/")
    summary = page.locator("summary", has_text=focal_point.name)
    summary.click()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()
