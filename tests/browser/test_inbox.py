"""Tests of the inbox in a browser: with the mouse, with the keyboard alone, without scripts, on a phone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from actions.models import ProgressUpdate
from tests import personas
from tests.browser.test_every_page import DARK, overflow, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


@pytest.fixture
def parts(focal_point) -> list[Any]:
    """Three parts that wait, and one that is up to date."""
    parts = []
    for number in range(1, 5):
        point = personas.action_point(number=number, title=f"Joint training on partnerships {number}")
        parts.append(personas.lead(point, focal_point.agency, persons=[focal_point]))
        now = timezone.now() - timedelta(days=200 if number < 4 else 1)
        personas.update(point, focal_point, now=now, agency=focal_point.agency, narrative="Drafts went round. " * 30)
        personas.milestone(point, title="Open to everybody", due="2099")
    return parts


def text_field(page: Any) -> Any:
    return page.get_by_label("What happened?")


def log_link(page: Any, reference: str) -> Any:
    return page.get_by_role("link", name=f"Log progress {reference}")


def published() -> list[str]:
    """Return the texts of the updates that the test published, in order."""
    recent = ProgressUpdate.objects.filter(number__gt=1).order_by("recorded_at")
    return [update.reason or update.narrative for update in recent]


def test_two_clicks_publish_and_the_next_box_opens(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.goto("/my/")
    log_link(page, "2026/1.1").click()
    expect(text_field(page)).to_be_focused()
    expect(page.get_by_role("radio", name="Under way")).to_be_checked()
    page.keyboard.type("The first course was held.")
    page.get_by_role("button", name="Publish").dblclick()

    expect(page.locator(f"#part-{parts[1].pk} form")).to_be_visible()
    expect(text_field(page)).to_be_focused()
    expect(page.locator("body > [role=status]")).to_have_text("Published 2026/1.1. 2 left.")
    expect(page.locator(f"#part-{parts[0].pk}")).to_contain_text("Published")
    expect(page.get_by_role("link", name="Correct 2026/1.1")).to_be_visible()
    assert page.url.endswith(f"/my/parts/{parts[1].pk}/")
    assert published() == ["The first course was held."]


def test_keyboard_alone_publishes_all_in_few_keys(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.goto("/my/")
    keys = 0
    for key in ("j", "Enter"):
        page.keyboard.press(key)
        keys += 1
    for part, left in zip(parts, ["2 left.", "1 left.", ""], strict=False):
        expect(page.locator(f"#part-{part.pk} form")).to_be_visible()
        expect(text_field(page)).to_be_focused()
        page.keyboard.type("It went on, jk?")
        page.keyboard.press("Control+Enter")
        keys += 2
        expect(page.locator("body > [role=status]")).to_contain_text(left or "Published 2026/1.3.")
        if part == parts[0]:
            assert keys <= 8

    expect(page.get_by_role("heading", name="You're done")).to_be_focused()
    assert published() == ["It went on, jk?"] * 3


def test_keys_move_close_and_list(new_page, focal_point, parts):
    page = new_page(focal_point)
    asked: list[str] = []

    def close(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", close)
    page.goto("/my/")
    for key in ("j", "j", "k", "j", "Enter"):
        page.keyboard.press(key)
    form = page.locator(f"#part-{parts[1].pk} form")
    expect(form).to_be_visible()

    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    assert asked == []
    expect(log_link(page, "2026/1.2")).to_be_focused()

    page.keyboard.press("Enter")
    expect(text_field(page)).to_be_focused()
    page.keyboard.type("Half a sentence")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(log_link(page, "2026/1.2")).to_be_focused()
    assert len(asked) == 1

    page.keyboard.press("Enter")
    expect(text_field(page)).to_have_value("Half a sentence")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(f"#part-{parts[2].pk} form")).to_be_visible()
    page.keyboard.press("Escape")
    expect(log_link(page, "2026/1.3")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_text("publish or save, and open the next")).to_be_visible()
    assert published() == ["Half a sentence"]


def test_box_stays_open_if_the_person_does_not_want_to_close_it(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto("/my/")
    log_link(page, "2026/1.1").click()
    text_field(page).fill("Half a sentence")

    page.get_by_role("link", name="Close").click()
    log_link(page, "2026/1.2").click()

    expect(text_field(page)).to_have_value("Half a sentence")
    assert page.url.endswith(f"/my/parts/{parts[0].pk}/")


def test_quick_choices_begin_the_text(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.goto(f"/my/parts/{parts[0].pk}/")
    page.get_by_role("link", name="No progress because …").click()

    expect(page.get_by_role("radio", name="No progress")).to_be_checked()
    expect(text_field(page)).to_be_focused()
    page.keyboard.type("the post is vacant.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(f"#part-{parts[1].pk} form")).to_be_visible()
    page.get_by_role("link", name="Same as last time").click()
    expect(text_field(page)).to_have_value(re.compile("^Drafts went round"))
    expect(page.get_by_role("radio", name="Under way")).to_be_checked()
    assert published() == ["No progress because the post is vacant."]


def test_errors_and_newer_updates_keep_the_box_open(new_page, focal_point, coordinator, parts):
    page = new_page(focal_point)
    page.goto("/my/")
    log_link(page, "2026/1.1").click()
    text_field(page).fill("Mine.")
    page.get_by_label("When did it happen?").fill("2005-13")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_label("When did it happen?")).to_be_focused()
    expect(text_field(page)).to_have_value("Mine.")

    personas.update(parts[0].action_point, coordinator, narrative="Theirs.", now=timezone.now())
    page.get_by_label("When did it happen?").fill("2005")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("Theirs.")
    expect(text_field(page)).to_have_value("Mine.")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(f"#part-{parts[1].pk} form")).to_be_visible()
    assert published() == ["Theirs.", "Mine."]


def test_lost_connection_keeps_the_text(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.goto(f"/my/parts/{parts[0].pk}/")
    text_field(page).fill("Written in a train.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("alert")).to_contain_text("Not sent")
    expect(text_field(page)).to_have_value("Written in a train.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(f"#part-{parts[1].pk} form")).to_be_visible()
    assert published() == ["Written in a train."]


def test_signed_out_person_finds_the_text_after_signing_in(new_page, focal_point, parts):
    focal_point.set_password("a long password")
    focal_point.save()
    page = new_page(focal_point)
    page.goto(f"/my/parts/{parts[0].pk}/")
    text_field(page).fill("Typed before lunch.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Publish").click()

    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Email").fill(focal_point.email)
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    expect(text_field(page)).to_have_value("Typed before lunch.")


def test_more_opens_the_full_form_with_the_text(new_page, focal_point, parts):
    page = new_page(focal_point)
    page.goto("/my/")
    log_link(page, "2026/1.1").click()
    text_field(page).fill("Together with FAO.")
    page.get_by_role("button", name="More:").click()

    page.wait_for_url("**/2026/1.1/updates/?draft=*")
    expect(text_field(page)).to_have_value("Together with FAO.")
    page.goto(f"/my/parts/{parts[0].pk}/")
    expect(text_field(page)).to_have_value("")


def test_every_step_works_without_scripts(new_page, focal_point, parts):
    page = new_page(focal_point, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto("/my/")
    log_link(page, "2026/1.1").click()
    text_field(page).fill("The first course was held.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_have_text("Published 2026/1.1. 2 left.")

    page.get_by_role("link", name="No progress because …").click()
    expect(text_field(page)).to_have_value("No progress because ")
    text_field(page).fill("No progress because the post is vacant.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Close").click()

    expect(page.locator("form[data-box]")).to_have_count(0)
    assert published() == ["The first course was held.", "No progress because the post is vacant."]


@pytest.mark.parametrize(("width", "language"), [(360, "ar"), (768, "en"), (1280, "ar")])
def test_open_box_and_end_fit_and_are_accessible(new_page, focal_point, parts, width, language):
    focal_point.language = language
    focal_point.save()
    page = new_page(focal_point, viewport={"width": width, "height": 800}, bypass_csp=True, reduced_motion="reduce")
    for path in ("/my/", f"/my/parts/{parts[0].pk}/", f"/my/parts/{parts[3].pk}/"):
        page.goto(path)
        assert violations(page) == []
        assert overflow(page) == 0
        page.emulate_media(color_scheme="dark")
        assert violations(page, DARK) == []
        page.emulate_media(color_scheme="light")
    for part in parts:
        personas.update(part.action_point, focal_point, now=timezone.now(), agency=focal_point.agency)
    page.goto("/my/")
    assert violations(page) == []
    assert overflow(page) == 0
