"""Tests of the dashboard in a browser: on one screen, on a phone, and its charts."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from issues.models import Agenda, Issue
from tests import personas
from tests.browser.test_every_page import overflow

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # how a page looks does not depend on the database
]

DASHBOARD = "/agendas/2005/dashboard/"


@pytest.fixture
def co(transactional_db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    unssc = personas.agency("UNSSC")
    personas.person("focal.unssc@example.org", agency=unssc)
    for point in personas.agenda("2005").issues.get(number=4).action_points.filter(responsibilities__agency=unssc):
        personas.update(point, now=timezone.now() - timedelta(days=1), agency=unssc)
    return personas.person("coordinator@example.org", "coordinator")


def test_dashboard_fits_one_screen(new_page, co):
    page = new_page(co, viewport={"width": 1280, "height": 900})
    Agenda.objects.update(reporting_period=None)  # without the note that it is long past
    Issue.objects.update(short_title="Country offices")  # the longest of them
    page.goto(DASHBOARD)

    bottom = page.locator(".dashboard-columns").evaluate("each => each.getBoundingClientRect().bottom")

    assert bottom <= 900
    assert overflow(page) == 0
    for panel in page.locator(".heat-map-wrap, .status-table").all():
        assert panel.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    expect(page.locator(".btn-primary")).to_have_count(1)


def test_agencies_that_are_up_to_date_are_folded_on_a_phone(new_page, co):
    for point in personas.agenda("2005").issues.get(number=5).action_points.all():
        for part in point.responsibilities.all():
            personas.update(point, now=timezone.now() - timedelta(days=1), agency=part.agency)
    page = new_page(co, viewport={"width": 360, "height": 800})
    page.goto(DASHBOARD)
    due, current = (page.get_by_role("link", name=name, exact=True) for name in ("UNSSC", "UNDP-NO"))

    expect(due).to_be_visible()
    expect(current).to_be_hidden()
    page.get_by_label("1 agency that is up to date").check()
    expect(current).to_be_visible()

    assert overflow(page) == 0
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 800
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_label("1 agency that is up to date")).to_be_hidden()
    expect(current).to_be_visible()


def test_charts_are_shown_and_downloaded(new_page, co):
    page = new_page(co)
    page.goto("/agendas/2005/charts/")

    for image in page.locator(".chart img").all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("each => each.naturalWidth") >= 960
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("cell", name="3", exact=True).first).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download SVG Status by issue").click()

    assert downloading.value.suggested_filename == "2005-status-by-issue.svg"
