"""Tests of a new agenda in a browser: from the pasted note to the open agenda and an invitation that is really sent."""

import pytest
from playwright.sync_api import expect

from actions.models import ActionPoint
from issues.models import Agenda
from tests import personas
from tests.browser.test_every_page import overflow, violations
from tests.setup.test_outline import NOTE
from tracker.people.models import Agency
from tracker.people.tasks import send_account_mails

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


@pytest.mark.parametrize("scripts", [True, False])
def test_note_is_pasted_and_its_agenda_opened(new_page, coordinator, smtp_server, scripts):
    personas.agency("UNDP")
    page = new_page(coordinator, java_script_enabled=scripts)

    page.goto("/agendas/")
    page.get_by_role("link", name="New agenda").click()
    page.get_by_label("Short name").fill("2006")
    page.get_by_label("Title").fill("Agenda of 2006")
    page.get_by_role("button", name="Continue and paste a text").click()
    page.get_by_label("Pasted text").fill(NOTE)
    page.get_by_role("button", name="Read the text").click()
    expect(
        page.get_by_role("region", name="What we understood").get_by_text("6 issues, 16 action points, 29 updates")
    ).to_be_visible()
    page.get_by_role("button", name="Add all of them").click()
    page.get_by_role("button", name="Add and continue to agencies").click()
    expect(page.get_by_text("3 questions left. Answer first; nothing was added.")).to_be_visible()
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_role("button", name="Update on 1.2").click()
    page.get_by_role("button", name="Action point 6.2").click()
    expect(
        page.get_by_role("region", name="What we understood").get_by_text("6 issues, 17 action points, 28 updates")
    ).to_be_visible()
    page.get_by_role("button", name="Add and continue to agencies").click()
    expect(page.get_by_text("Added: 6 issues, 17 action points, 28 updates.")).to_be_visible()

    page.get_by_label("Acronym").fill("NOVA")
    page.get_by_label("Name", exact=True).fill("New Organisation")
    page.get_by_role("button", name="Add an agency").click()
    page.get_by_role("link", name="Continue to people").click()
    page.get_by_label("Name", exact=True).fill("Ada")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Agency").select_option(label="NOVA")
    page.get_by_role("button", name="Queue an invitation").click()
    expect(page.get_by_text("The invitation to Ada is queued.")).to_be_visible()
    page.get_by_role("link", name="Continue to assigning").click()
    page.get_by_label("Lead agencies of 1.1").fill("nova")
    page.get_by_role("listitem").filter(has_text="2.1").get_by_label("UNDP").check()
    page.get_by_role("button", name="Save and continue to opening").click()
    send_account_mails()
    assert smtp_server.messages == []

    page.get_by_role("radio", name="Everybody").check()
    page.get_by_role("button", name="Open the agenda").click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    assert Agenda.objects.get().state == "draft"
    page.get_by_label("Yes, everybody may read it").check()
    page.get_by_role("button", name="Open the agenda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda of 2006")

    send_account_mails()
    send_account_mails()
    (mail,) = smtp_server.messages
    assert mail["To"] == "ada@example.org"
    assert "/accounts/password/reset/key/" in mail.as_string().replace("=\n", "")
    led = {
        point.code: [agency.acronym for agency in point.leads]
        for point in ActionPoint.objects.in_order()
        if point.leads
    }
    assert led == {"1.1": ["NOVA"], "2.1": ["UNDP"]}
    assert Agency.objects.filter(acronym="INFM").exists()


def test_pages_of_the_set_up_fit_and_are_accessible(new_page, coordinator):
    draft = personas.agenda("2006", state="draft", language="ar")
    point = personas.action_point(personas.issue(draft), description="With UNDP.")
    personas.lead(point, personas.agency("WFP"))
    personas.agency("UNDP")
    page = new_page(coordinator, bypass_csp=True, reduced_motion="reduce")
    faults = {}
    page.goto("/agendas/2006/outline/")
    page.get_by_label("Pasted text").fill(NOTE.replace("Issue #", "Issue #1"))
    page.get_by_role("button", name="Read the text").click()
    for address in (
        "outline/",
        "outline/?edit=1",
        *(f"set-up/{step}/" for step in ("agencies", "people", "leads", "opening")),
    ):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"/agendas/2006/{address}")
        faults[address] = violations(page)
        for width in (768, 360):
            page.set_viewport_size({"width": width, "height": 800})
            faults[address] += [f"{width}: {overflow(page)}"] if overflow(page) else []

    assert {address: found for address, found in faults.items() if found} == {}
