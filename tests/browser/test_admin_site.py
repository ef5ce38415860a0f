"""Tests of the admin site in a browser: the content security policy and suggestions for lead agencies."""

import pytest

from tests import personas

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


@pytest.fixture
def point(focal_point):
    point = personas.action_point()
    personas.milestone(point)
    personas.update(point, author=focal_point, agency=focal_point.agency)
    return point


def test_admin_site_obeys_the_content_security_policy(new_page, admin, point):
    page = new_page(admin)
    lists = [
        "people/agency",
        "people/user",
        "issues/agenda",
        "issues/issue",
        "actions/actionpoint",
        "actions/milestone",
    ]

    for address in ["", *(f"{name}/" for name in lists), *(f"{name}/add/" for name in lists)]:
        assert page.goto(f"/admin/{address}").status == 200
    page.goto(f"/admin/actions/actionpoint/{point.pk}/history/")
    page.goto("/admin/actions/progressupdate/?recorded_at__year=2026")


def test_admin_site_suggests_lead_agencies(new_page, admin, point):
    personas.agency("UNICEF")
    page = new_page(admin)
    page.goto(f"/admin/actions/actionpoint/{point.pk}/change/")

    page.get_by_role("button", name="Add another Responsibility").click()
    page.locator("#responsibilities-0 .field-agency .select2-selection").click()
    page.keyboard.type("unic")
    page.locator(".select2-results__option", has_text="UNICEF").click()
    page.locator("[name=responsibilities-0-since]").fill("2026")
    page.locator("[name=_save]").click()
    page.wait_for_url("**/admin/actions/actionpoint/")

    assert [agency.acronym for agency in personas.leads(point)] == ["UNICEF"]
