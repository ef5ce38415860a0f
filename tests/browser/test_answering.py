"""Tests of answering by the link of a digest in a browser, on a phone and without scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from actions.reminders.links import Purpose, answer_path, unsubscribe_link
from tests import personas
from tests.browser.test_every_page import overflow, violations
from tests.personas import NOW

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def path(focal_point):
    point = personas.action_point(title="Joint training on partnerships")
    personas.lead(point, focal_point.agency)
    personas.lead(point, personas.agency("UNSSC"))
    personas.milestone(point, title="First number", due="2006-04", agency=focal_point.agency)
    personas.update(point, focal_point, now=NOW - timedelta(days=400), agency=focal_point.agency)
    other = personas.action_point(number=2, title="An online community of practice")
    part = personas.lead(other, focal_point.agency)
    digest = personas.digest(focal_point, other, point)
    parts = {"first": part, "last": point.responsibilities.get(agency=focal_point.agency)}
    return lambda purpose, which="last": answer_path(digest, parts[which].action_point_id, parts[which].pk, purpose)


def test_no_progress_is_answered_on_a_phone_without_scripts(new_page, path):
    page = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto(path("no_progress"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Why is there no progress at UNDP?")
    expect(page.get_by_label("What happened?")).to_have_value("No progress because ")
    page.get_by_label("What happened?").fill("The post is vacant.")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("status")).to_have_text("Your update on 2026/1.1 is published. 1 more is waiting for you.")
    expect(page.get_by_role("heading", level=1)).to_have_text("What has UNDP done so far?")
    page.get_by_label("Under way").check()
    page.get_by_label("What happened?").fill("It opened.")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You're done")


def test_last_page_fits_and_is_accessible(new_page, path):
    page = new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
    for which in ("last", "first"):
        page.goto(path("pause", which))
        page.get_by_label("until").fill("2027-05-01")
        page.get_by_label("Reason").fill("Waits for the budget.")
        page.get_by_role("button", name="Pause reminders").click()
        page.wait_for_load_state()

        assert violations(page) == []
        assert overflow(page) == 0
    expect(page.get_by_role("heading", level=1)).to_have_text("You're done")


@pytest.mark.one_database
@pytest.mark.parametrize("purpose", Purpose.values)
def test_answer_page_fits_and_is_accessible(new_page, path, purpose):
    page = new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page.goto(path(purpose))

    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.one_database
def test_one_click_page_fits_and_is_accessible(new_page, focal_point):
    page = new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page.goto(unsubscribe_link(focal_point).removeprefix("http://127.0.0.1:8000"))

    assert violations(page) == []
    page.get_by_role("button", name="Send no more digests").click()
    expect(page.get_by_role("status")).to_contain_text("no longer gets digests")
