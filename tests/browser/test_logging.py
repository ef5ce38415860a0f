"""Tests of the progress form in a browser: by keyboard, without scripts, on a phone, with several tabs."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from actions.models.progress_update import NARRATIVE_LIMIT
from tests import personas

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def point(focal_point) -> Any:
    point = personas.action_point(title="Joint training on partnerships")
    personas.lead(point, focal_point.agency)
    return point


@pytest.mark.one_database
def test_progress_is_logged_with_the_keyboard_alone(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/")
    page.get_by_role("link", name=re.compile("Log progress")).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/updates/**")

    page.get_by_role("radio", name="Under way").focus()
    page.keyboard.press("Space")
    tab_to(page, "narrative")
    page.keyboard.type("The first course was held in **Vienna**.")
    tab_to(page, "happened")
    page.keyboard.type("December 2005")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026/1.1/#update-1")

    message = page.locator("#update-1").get_by_role("status")
    expect(message).to_contain_text("Progress logged on 2026/1.1")
    expect(message).to_be_focused()
    expect(message).to_be_in_viewport()
    expect(page.locator("#update-1")).to_contain_text("December 2005")
    expect(page.locator("#update-1 strong", has_text="Vienna")).to_be_visible()


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the field of that name has the focus, as a person would; at most 30 times."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


def test_progress_is_logged_without_scripts(new_page, focal_point, point):
    page = new_page(focal_point, java_script_enabled=False)
    page.goto("/agendas/2026/1.1/updates/?status=no_progress")

    expect(page.get_by_role("radio", name="No progress")).to_be_checked()
    page.get_by_label("Why is there no progress?").fill("The post is vacant.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Publish").click()

    expect(page.locator("#update-1")).to_contain_text("The post is vacant.")


@pytest.mark.one_database
def test_errors_keep_the_input_and_link_to_the_field(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_role("radio", name="Exploring").check()
    page.get_by_label("What happened?").fill("Talks began.")
    page.get_by_label("When did it happen?").fill("2005-13")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("alert").first).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("When did it happen?")).to_be_focused()
    expect(page.get_by_label("When did it happen?")).to_have_value("2005-13")
    expect(page.get_by_label("What happened?")).to_have_value("Talks began.")
    expect(page.get_by_role("radio", name="Exploring")).to_be_checked()


def test_double_click_creates_one_update(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_role("radio", name="Under way").check()
    page.get_by_label("What happened?").fill("Once only.")
    page.get_by_role("button", name="Publish").dblclick()
    page.wait_for_url("**/2026/1.1/#update-1")

    assert point.progress_updates.count() == 1


@pytest.mark.one_database
def test_text_is_restored_after_closing_the_tab(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_label("What happened?").fill("Typed, and then the browser crashed.")
    page.wait_for_timeout(1000)
    page.goto("about:blank")
    page.goto("/agendas/2026/1.1/updates/")

    expect(page.get_by_label("What happened?")).to_have_value("Typed, and then the browser crashed.")

    page.get_by_role("radio", name="Under way").check()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/2026/1.1/**")
    page.goto("/agendas/2026/1.1/updates/")
    expect(page.get_by_label("What happened?")).to_have_value("")


@pytest.mark.one_database
def test_two_tabs_keep_separate_texts(new_page, focal_point, point):
    first = new_page(focal_point)
    second = first.context.new_page()
    for page, words in ((first, "From the one tab."), (second, "From the other tab.")):
        page.goto("/agendas/2026/1.1/updates/")
        page.get_by_label("What happened?").fill(words)
    for page in (first, second):
        page.wait_for_timeout(600)
        page.goto("about:blank")

    texts = []
    for _ in range(3):
        page = first.context.new_page()
        page.goto("/agendas/2026/1.1/updates/")
        texts.append(page.get_by_label("What happened?").input_value())
    first.close()

    assert sorted(texts[:2]) == ["From the one tab.", "From the other tab."]


@pytest.mark.one_database
def test_publishing_in_one_tab_keeps_the_text_of_the_other(new_page, focal_point, point):
    first = new_page(focal_point)
    second = first.context.new_page()
    for page, words in ((first, "From the one tab."), (second, "From the other tab.")):
        page.goto("/agendas/2026/1.1/updates/")
        page.get_by_label("What happened?").fill(words)
        page.wait_for_timeout(600)
    first.get_by_role("radio", name="Under way").check()
    first.get_by_role("button", name="Publish").click()
    first.wait_for_url("**/2026/1.1/#update-1")

    second.goto("about:blank")
    second.goto("/agendas/2026/1.1/updates/")
    expect(second.get_by_label("What happened?")).to_have_value("From the other tab.")


@pytest.mark.one_database
def test_text_published_after_an_error_is_not_restored(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_label("What happened?").fill("Refused at first.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_role("radio", name="Under way").check()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/2026/1.1/#update-1")
    page.goto("/agendas/2026/1.1/updates/")

    expect(page.get_by_label("What happened?")).to_have_value("")


@pytest.mark.one_database
def test_draft_of_a_refused_form_is_offered_once(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_label("What happened?").fill("Refused, so it is a draft.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.goto("/agendas/2026/1.1/updates/")

    expect(page.get_by_label("What happened?")).to_have_value("")
    page.get_by_role("link", name="Continue draft").click()
    expect(page.get_by_label("What happened?")).to_have_value("Refused, so it is a draft.")


@pytest.mark.one_database
def test_two_signed_out_tabs_restore_their_texts(new_page, focal_point, point):
    focal_point.set_password("a long enough password")
    focal_point.save()
    first = new_page(focal_point)
    first.goto("/accounts/login/")
    second = first.context.new_page()
    for page, words in ((first, "From the one tab."), (second, "From the other tab.")):
        page.goto("/agendas/2026/1.1/updates/")
        page.get_by_label("What happened?").fill(words)
    first.context.clear_cookies(name="sessionid")
    for page in (first, second):
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url("**/accounts/login/**")
    second.get_by_label("Email").fill(focal_point.email)
    second.get_by_label("Password", exact=True).fill("a long enough password")
    second.get_by_role("button", name="Sign in").click()
    second.wait_for_url("**/updates/**")

    expect(second.get_by_label("What happened?")).to_have_value("From the other tab.")
    second.get_by_role("link", name=re.compile("Continue what you sent")).click()
    expect(second.get_by_label("What happened?")).to_have_value("From the one tab.")


@pytest.mark.one_database
def test_counter_and_preview_update_while_typing(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_label("What happened?").fill("**bold**")

    expect(page.get_by_text(re.compile("19.?992"))).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("bold")
    expect(page.get_by_label("What happened?")).to_have_value("**bold**")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "text",
    [
        "é\n" * (NARRATIVE_LIMIT // 2 - 1) + "éé",
        "👩🏽\n" * (NARRATIVE_LIMIT // 3) + "👩🏽",
    ],
)
def test_counter_matches_the_limit_of_the_server(new_page, focal_point, point, text):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/updates/")
    page.get_by_role("radio", name="Under way").check()
    field = page.get_by_label("What happened?")
    paste(field, f"{text}é")
    expect(page.locator("#id_narrative_counter")).to_have_text("1 characters too many")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").first).to_contain_text("20001")

    expect(field).to_have_value(f"{text}é")
    paste(field, f"{text}\n ")
    expect(page.locator("#id_narrative_counter")).to_have_text("0 characters left")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/2026/1.1/#update-1")

    assert len(text) == NARRATIVE_LIMIT
    assert point.progress_updates.get().narrative == text


def paste(field: Any, text: str) -> None:
    """Paste a text at once: the browser takes too long to type thousands of lines."""
    field.evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})) }", text
    )


@pytest.mark.one_database
def test_short_field_accepts_as_many_emoji_as_letters(new_page, focal_point, point):
    page = new_page(focal_point)
    page.goto("/agendas/2026/1.1/milestones/")
    title = page.get_by_label("Title")
    expect(page.locator("#id_title_counter")).to_be_hidden()

    title.fill("😀" * 201)
    expect(title).to_have_value("😀" * 201)
    expect(page.locator("#id_title_counter")).to_have_text("1 characters too many")
    title.fill("😀" * 200)
    expect(page.locator("#id_title_counter")).to_have_text("0 characters left")
    page.locator("#id_due").fill("2030")
    page.locator("form.stack button.btn-primary").click()
    page.wait_for_url(re.compile(r"/2026/1\.1/(#.*)?$"))

    assert point.milestones.get().title == "😀" * 200


@pytest.mark.one_database
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_form_fits_the_screen(new_page, focal_point, point, width):
    page = new_page(focal_point, viewport={"width": width, "height": 800})
    page.goto("/agendas/2026/1.1/updates/")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
