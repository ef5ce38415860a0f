"""Tests of the keyboard shortcuts that every page has. Those of the inbox are in test_inbox.py."""

import pytest
from playwright.sync_api import expect

from tests import personas

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


def test_letters_search_and_list_the_shortcuts_but_not_while_somebody_types(new_page, coordinator):
    page = new_page(coordinator)
    page.goto("/preferences/")
    search = page.get_by_role("searchbox", name="Search")
    page.keyboard.press("/")
    expect(search).to_be_focused()

    page.keyboard.type("a?/jx")
    expect(search).to_have_value("a?/jx")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.locator("h1").click()
    for modifier in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{modifier}+?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("next row, row before")

    dialog.get_by_label("Use these letters in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.goto("/agencies/")
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(search).not_to_be_focused()
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Keyboard shortcuts").first.click()
    page.get_by_label("Use these letters in this browser").check()
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    expect(search).to_be_focused()


def test_shortcuts_are_listed_without_scripts(new_page, coordinator):
    page = new_page(coordinator, java_script_enabled=False)
    page.goto("/agencies/")
    page.get_by_role("link", name="Keyboard shortcuts").click()

    expect(page.get_by_text("next row, row before")).to_be_visible()
    expect(page.get_by_label("Use these letters in this browser")).to_be_hidden()
    expect(page.get_by_role("button", name="Close")).to_be_hidden()


def test_slash_leads_to_the_search_page_on_a_phone(new_page, coordinator):
    page = new_page(coordinator, viewport={"width": 360, "height": 700})
    page.goto("/agencies/")
    page.keyboard.press("/")

    page.wait_for_url("**/search/")


def test_keys_edit_the_action_point_or_the_update_that_is_current(new_page, coordinator):
    point = personas.action_point()
    personas.update(point)
    page = new_page(coordinator)
    page.goto(point.get_absolute_url())
    page.keyboard.press("e")
    page.wait_for_url("**/1.1/edit/")

    page.goto(point.get_absolute_url())
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Update 1", exact=True)).to_be_focused()
    page.keyboard.press("e")
    page.wait_for_url("**/updates/1/corrections/")
