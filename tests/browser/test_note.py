"""Tests of the note in a browser: editing it where it is read, review and publication, with and without scripts."""

import pytest
from playwright.sync_api import expect

from actions.note.builder import build_note
from actions.note.models import NoteVersion, SectionEdit, SignOff
from actions.progress import correct
from tests import personas
from tests.browser.test_every_page import DARK, overflow, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]
NOTE = "/agendas/2026/note/"


@pytest.fixture
def point(focal_point):
    point = personas.action_point(title="Joint training")
    personas.lead(point, focal_point.agency)
    for narrative in ("First.", "Second.", "Third."):
        personas.update(point, focal_point, agency=focal_point.agency, narrative=narrative)
    return point


def paragraph(page, point, key):
    return page.locator(f"#updates-{point.pk}-{key}")


def text_field(page):
    return page.get_by_label("What the note says")


def shown_texts(point):
    entries = build_note(point.issue.agenda, personas.TODAY, with_people=True).issues[0].points[0].entries
    return [entry.wording or entry.items[0].narrative for entry in entries]


@pytest.mark.parametrize("scripts", [True, False])
def test_note_is_edited_reviewed_and_published(new_page, point, coordinator, focal_point, scripts):
    options = {"java_script_enabled": scripts, "viewport": {"width": 360, "height": 740}}
    page = new_page(coordinator, **options)
    page.goto(NOTE)
    paragraph(page, point, 1).get_by_role("link", name="Edit").click()
    text_field(page).fill("In our words.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(paragraph(page, point, 1)).to_contain_text("In our words.")

    theirs = new_page(focal_point, **options)
    theirs.goto(NOTE)
    theirs.get_by_role("link", name="Review what the note says about UNDP").click()
    theirs.get_by_label("We do not agree, because").check()
    theirs.get_by_label("Your dissent").fill("There was more.")
    theirs.get_by_role("button", name="Send the answer").click()
    expect(theirs.locator(".note-dissent")).to_contain_text("There was more.")

    page.goto(NOTE)
    expect(page.locator(".note-progress")).to_contain_text("1 of 1 section reviewed.")
    page.get_by_role("link", name="Publish …").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1", exact=True).first).to_be_visible()
    expect(page.locator(".note-dissent")).to_contain_text("There was more.")


def test_click_on_a_paragraph_opens_it_and_saving_returns_to_it(new_page, point, coordinator):
    page = new_page(coordinator)
    page.goto(NOTE)
    page.get_by_text("Second.").click()
    expect(text_field(page)).to_be_focused()
    expect(page.locator(".btn-primary:visible")).to_have_text(["Save"])
    page.keyboard.type(" And more.")
    page.keyboard.press("Control+Enter")

    expect(paragraph(page, point, 2)).to_contain_text("Second. And more.")
    expect(paragraph(page, point, 2).get_by_role("link", name="Edit")).to_be_focused()
    expect(page.locator("body > [role=status]").last).to_have_text("Saved.")
    assert page.url.endswith(f"{NOTE}?at=action-point-1-1")
    assert shown_texts(point) == ["First.", "Second. And more.", "Third."]


def test_paragraph_is_moved_by_key_and_by_button(new_page, point, coordinator):
    page = new_page(coordinator)
    page.goto(NOTE)
    paragraph(page, point, 1).get_by_role("link", name="Edit").focus()
    for place in (2, 3):
        page.keyboard.press("Alt+ArrowDown")
        expect(paragraph(page, point, 1)).to_have_attribute("data-row", str(place))
        expect(paragraph(page, point, 1).get_by_role("link", name="Edit")).to_be_focused()
    assert shown_texts(point) == ["Second.", "Third.", "First."]

    page.keyboard.press("Enter")
    expect(text_field(page)).to_be_focused()
    page.keyboard.type(" Typed.")
    page.get_by_role("button", name="Save and move up").click()
    expect(page.locator("#editor-name")).to_have_text("UNDP · Paragraph 2 of 3")
    expect(text_field(page)).to_have_value("First. Typed.")
    assert shown_texts(point) == ["Second.", "First. Typed.", "Third."]


def test_typed_text_survives_a_conflict_and_closing(new_page, point, coordinator, focal_point):
    page = new_page(coordinator)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(NOTE)
    page.get_by_text("First.").click()
    text_field(page).fill("Mine.")
    page.keyboard.press("Escape")
    expect(text_field(page)).to_have_count(0)
    page.get_by_text("First.").click()
    expect(text_field(page)).to_have_value("Mine.")

    SectionEdit.store(
        point.issue.agenda,
        f"updates:{point.pk}",
        [{"covers": [["1", "x", "First."]], "text": "Theirs.", "left_out": False, "number": 0}],
        author=coordinator,
        now=personas.NOW,
    )
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.locator(".note-editor .callout-error")).to_contain_text("Somebody saved another version")
    expect(page.locator(".note-editor table")).to_contain_text("Theirs.")
    expect(text_field(page)).to_have_value("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(paragraph(page, point, 1)).to_contain_text("Mine.")


def test_signed_out_coordinator_finds_the_text_again(new_page, point, coordinator):
    page = new_page(coordinator)
    page.goto(NOTE)
    page.get_by_text("First.").click()
    text_field(page).fill("Mine.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()

    page.wait_for_url("**/accounts/login/**")
    assert "updates/1/" in page.url
    assert SectionEdit.objects.count() == 0


def test_open_forms_fit_a_phone_and_are_accessible(new_page, point, coordinator, focal_point):
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    fingerprint = note.issues[0].points[0].fingerprint
    SignOff.store(
        point, [focal_point.agency], person=focal_point, fingerprint=fingerprint, dissent="No.", now=personas.NOW
    )
    page = new_page(coordinator, viewport={"width": 360, "height": 740}, color_scheme="dark", bypass_csp=True)
    page.goto(f"{NOTE}1.1/updates/1/")
    text_field(page).fill("Ours.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".badge-info")).to_be_visible()
    correct(
        point.progress_updates.get(number=1),
        personas.progress(narrative="First, corrected."),
        author=focal_point,
        now=personas.NOW,
    )
    for address in (NOTE, f"{NOTE}1.1/updates/1/"):
        page.goto(address)
        expect(page.locator(".badge-warning")).to_be_visible()
        assert overflow(page) == 0
        assert violations(page) == []
        assert violations(page, DARK) == []

    theirs = new_page(focal_point, viewport={"width": 360, "height": 740}, bypass_csp=True)
    theirs.goto(f"{NOTE}1.1/sign-off/")
    assert overflow(theirs) == 0
    assert violations(theirs) == []


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
    assert NoteVersion.objects.get().audience == "everybody"
