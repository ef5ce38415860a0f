"""Tests of the note in a browser: editing, sign-off and publication, with and without scripts."""

import pytest
from playwright.sync_api import expect

from actions.progress import correct
from tests import personas

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.embedded,  # what a browser does with a page does not depend on the database
    pytest.mark.no_cover,
]


@pytest.fixture
def point(focal_point):
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency)
    for narrative in ("First.", "Second."):
        personas.update(point, focal_point, agency=focal_point.agency, narrative=narrative)
    return point


@pytest.mark.parametrize("scripts", [True, False])
def test_note_is_edited_signed_off_and_published(new_page, point, coordinator, focal_point, scripts):
    options = {"java_script_enabled": scripts, "viewport": {"width": 360, "height": 740}}
    page = new_page(coordinator, **options)
    page.goto("/agendas/2026/note/")
    page.get_by_role("link", name="Edit what came of it").click()
    page.get_by_label("What the note says").nth(0).fill("In our words.")
    page.locator("#block-2").get_by_label("Merge into the text above").check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".note-item")).to_have_count(1)
    expect(page.locator(".note-item")).to_contain_text("In our words.")

    theirs = new_page(focal_point, **options)
    theirs.goto("/agendas/2026/note/sign-offs/")
    theirs.get_by_role("link", name="Joint training").first.click()
    theirs.get_by_label("We do not agree, because").check()
    theirs.get_by_label("Your dissent").fill("There was more.")
    theirs.get_by_role("button", name="Send the answer").click()
    expect(theirs.locator(".answers")).to_contain_text("dissents")

    page.goto("/agendas/2026/note/versions/")
    page.get_by_role("link", name="Publish the note").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1", exact=True).first).to_be_visible()
    expect(page.locator(".note-dissent")).to_contain_text("There was more.")


@pytest.mark.parametrize("scripts", [True, False])
def test_resolving_a_changed_source_keeps_other_input(new_page, point, coordinator, focal_point, scripts):
    page = new_page(coordinator, java_script_enabled=scripts)
    page.goto("/agendas/2026/note/1.1/updates/")
    page.get_by_label("What the note says").nth(0).fill("In our words.")
    page.get_by_role("button", name="Save").last.click()
    first = point.progress_updates.get(number=1)
    correct(first, personas.progress(narrative="First, corrected."), author=focal_point, now=personas.NOW)

    page.goto("/agendas/2026/note/1.1/updates/")
    expect(page.locator("#block-1 .callout")).to_contain_text("First, corrected.")
    page.get_by_label("What the note says").nth(1).fill("Typed besides.")
    page.get_by_role("button", name="Keep mine").click()

    expect(page.locator(".note-block .callout")).to_have_count(0)
    expect(page.get_by_label("What the note says").nth(0)).to_have_value("In our words.")
    expect(page.get_by_label("What the note says").nth(1)).to_have_value("Typed besides.")


def test_enter_key_saves_without_resolving(new_page, point, coordinator, focal_point):
    page = new_page(coordinator)
    page.goto("/agendas/2026/note/1.1/updates/")
    page.get_by_label("What the note says").nth(0).fill("In our words.")
    page.get_by_role("button", name="Save").last.click()
    first = point.progress_updates.get(number=1)
    correct(first, personas.progress(narrative="First, corrected."), author=focal_point, now=personas.NOW)

    page.goto("/agendas/2026/note/1.1/updates/")
    page.get_by_label("Place").nth(0).press("Enter")
    page.wait_for_url("**/note/?at=action-point-1-1#action-point-1-1")
    page.goto("/agendas/2026/note/1.1/updates/")

    expect(page.locator(".note-block .callout")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_publishing_without_sign_offs_asks_for_confirmation(new_page, point, coordinator, focal_point, scripts):
    point.issue.agenda.visible_to = "everybody"
    point.issue.agenda.save()
    page = new_page(coordinator, java_script_enabled=scripts, viewport={"width": 360, "height": 740})
    page.goto("/agendas/2026/note/publication/")
    expect(page.get_by_label("The network")).to_be_checked()
    expect(page.locator(".callout-warning")).to_contain_text("UNDP: 1.1")

    page.get_by_label("Everybody", exact=True).check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".error-summary")).to_contain_text("Not all agencies have signed off")
    page.get_by_label("Publish it to everybody without these sign-offs").check()
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_text("Version 1", exact=True).first).to_be_visible()
