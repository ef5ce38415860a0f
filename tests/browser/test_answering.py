"""Tests of answering by the link of a digest in a browser, on a phone and without scripts."""

import pytest
from playwright.sync_api import expect

from actions.reminders.links import Purpose, answer_link, unsubscribe_link
from tests import personas
from tests.browser.test_every_page import overflow, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]


@pytest.fixture
def path(focal_point):
    point = personas.action_point(title="Joint training on partnerships")
    personas.lead(point, focal_point.agency)
    digest = personas.digest(focal_point, point)
    return lambda purpose: answer_link(digest, point.pk, purpose).removeprefix("http://127.0.0.1:8000")


def test_no_progress_is_answered_on_a_phone_without_scripts(new_page, path):
    page = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto(path("no_progress"))

    page.get_by_label("Why is there no progress?").fill("The post is vacant.")
    page.get_by_role("button", name="Send the answer").click()

    expect(page.get_by_role("status")).to_have_text("Your update is published.")


@pytest.mark.embedded
@pytest.mark.parametrize("purpose", Purpose.values)
def test_answer_page_fits_and_is_accessible(new_page, path, purpose):
    page = new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page.goto(path(purpose))

    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.embedded
def test_one_click_page_fits_and_is_accessible(new_page, focal_point):
    page = new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page.goto(unsubscribe_link(focal_point).removeprefix("http://127.0.0.1:8000"))

    assert violations(page) == []
    page.get_by_role("button", name="Send no more digests").click()
    expect(page.get_by_role("status")).to_contain_text("gets no digests any more")
