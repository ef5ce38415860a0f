"""Tests of preparing and opening the next agenda in a browser."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from actions.models import ActionPoint
from actions.rollover.models import Decision
from issues.models import Agenda

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]


FIELDS = {"reason", "outcome", "into", "issue", "number", "title", "titles"}
FIELDS_OF = {
    "Carry forward": {"reason", "issue", "number", "title"},
    "Close": {"reason", "outcome"},
    "Merge with others": {"reason", "into", "issue", "number", "title"},
    "Split": {"reason", "issue", "number", "titles"},
    "Supersede with another one": {"reason", "into", "issue", "number", "title"},
}
"""The fields that are shown for each kind of decision."""


def test_next_agenda_is_prepared_and_opened(new_page, coordinator):
    call_command("load_baseline", verbosity=0)
    page = new_page(coordinator)

    page.goto("/agendas/2005/")
    page.get_by_role("link", name="Prepare the next agenda").last.click()
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Short name").fill("2006")
    page.get_by_label("Title").fill("Agenda of 2006")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("0 of 17 action points are decided on.")).to_be_visible()

    points = list(ActionPoint.objects.filter(issue__agenda__slug="2005").select_related("issue").in_order())
    first, second, third, fourth, fifth = points[:5]

    def decide(point: ActionPoint, kind: str) -> None:
        page.goto(f"/agendas/2005/roll-over/{point.code}/")
        page.get_by_role("radio", name=kind, exact=True).check()
        page.get_by_label("Reason").fill("Agreed at the meeting.")
        shown = {name for name in FIELDS if page.locator(f"[name={name}]").first.is_visible()}
        assert shown == FIELDS_OF[kind]

    def save() -> None:
        page.get_by_role("button", name="Save", exact=True).click()

    decide(first, "Carry forward")
    save()
    expect(page.get_by_text("1 of 17 action points are decided on.")).to_be_visible()
    decide(second, "Merge with others")
    page.get_by_label("Merge into, or supersede with").select_option(label=f"{first.code} {first.title}")
    save()
    decide(third, "Close")
    save()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.get_by_label("Discontinued").check()
    save()
    decide(fourth, "Split")
    page.get_by_label("Split into").fill("First part\nSecond part")
    save()
    decide(fifth, "Supersede with another one")
    page.get_by_label("Merge into, or supersede with").select_option(index=1)
    page.get_by_role("button", name="Save and continue to the next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(points[5].title)

    page.goto("/agendas/2005/roll-over/?show=undecided")
    expect(page.get_by_text("12 action points are still undecided.")).to_be_visible()
    carry = page.get_by_role("button", name="Carry forward")
    if carry.count():
        carry.click()
    while (
        undecided := ActionPoint.objects.filter(issue__agenda__slug="2005", rollover_decision=None).in_order().first()
    ):
        decide(undecided, "Close")
        page.get_by_label("Completed").check()
        save()
        expect(page.get_by_text("Decision on")).to_be_visible()
    page.get_by_role("link", name="Decide on the milestones").click()
    for choice in page.get_by_label("Dropped").all():
        choice.check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Create the agenda").click()
    expect(page.get_by_role("heading", name="“Agenda of 2006” has been created")).to_be_visible()
    page.locator("summary", has_text="Undo").click()
    page.get_by_role("button", name="Remove the draft").click()
    expect(page.get_by_text("All decisions are kept.")).to_be_visible()
    page.get_by_role("button", name="Create the agenda").click()
    page.get_by_role("link", name="Continue the set-up").click()
    page.get_by_role("link", name="Open the agenda").click()
    page.get_by_label("The network").check()
    page.get_by_role("button", name="Open the agenda").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda of 2006")
    page.goto(f"/agendas/2005/{second.code}/")
    expect(page.get_by_text("Merge with others")).to_be_visible()
    page.get_by_role("link", name=f"2006/{first.code}", exact=True).click()
    expect(page.get_by_text(f"2005/{second.code} → 2006/{first.code}")).to_be_visible()
    assert Decision.objects.count() == 17
    assert Agenda.objects.get(slug="2005").state == "closed"
