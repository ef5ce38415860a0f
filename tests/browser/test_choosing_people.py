"""Tests of choosing people in a browser: by keyboard, by mouse on a phone, from right to left, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from actions.models import ActionPoint
from tests import personas
from tests.browser.test_every_page import overflow, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # what a browser does with a page does not depend on the database
]

EDIT = "/agendas/2026/1.1/edit/"


@pytest.fixture
def point(transactional_db):
    for email, name, acronym in [
        ("ana@example.org", "Ana Díaz", "UNDP"),
        ("ana.wfp@example.org", "Ana Díaz", "WFP"),
        ("jose@example.org", "José Álvarez", "UNDP"),
    ]:
        personas.person(email, name=name, agency=personas.agency(acronym))
    point = personas.action_point()
    personas.lead(point, personas.agency("UNDP"))
    return point


def assigned() -> list[str]:
    return sorted(person.email for person in ActionPoint.objects.get().persons)


def names_field(page: Page):
    """Return the text field for the persons of the only part; the one for added agencies is below it."""
    return page.locator("textarea[data-people]").first


def suggestions(page: Page):
    return page.locator("[data-suggestions]").get_by_role("button")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_people_are_chosen_by_keyboard(new_page, coordinator, point):
    page = new_page(coordinator)
    page.goto(EDIT)
    names = names_field(page)

    names.press_sequentially("diaz")
    expect(page.get_by_role("status").filter(has_text="2 people match.")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(suggestions(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Ana Díaz")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="Ana Díaz is chosen.")).to_be_visible()
    expect(names).to_be_focused()
    expect(names).to_have_value("")

    names.press_sequentially("ÁLV")
    expect(suggestions(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="José Álvarez")).to_be_checked()
    names.press_sequentially("nobody")
    expect(page.get_by_role("status").filter(has_text="No one matches.")).to_be_visible()
    page.keyboard.press("Escape")
    names.fill("")
    save(page)

    expect(page.get_by_text("Action point saved.")).to_be_visible()
    assert assigned() == ["ana.wfp@example.org", "jose@example.org"]


def test_escape_closes_the_suggestions_and_keeps_the_text(new_page, coordinator, point):
    page = new_page(coordinator)
    page.goto(EDIT)
    names = names_field(page)
    names.press_sequentially("jose@example.org, ana")
    expect(suggestions(page)).to_have_count(2)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    expect(suggestions(page)).to_have_count(0)
    expect(names).to_be_focused()
    expect(names).to_have_value("jose@example.org, ana")
    names.press_sequentially(" ")
    suggestions(page).filter(has_text="UNDP").click()
    expect(names).to_have_value("jose@example.org, ")
    save(page)
    expect(page.get_by_text("Action point saved.")).to_be_visible()
    assert assigned() == ["ana@example.org", "jose@example.org"]


def test_people_are_chosen_without_scripts(new_page, coordinator, point):
    page = new_page(coordinator, java_script_enabled=False)
    page.goto(EDIT)
    names_field(page).fill("Ana Diaz, jose@example.org")
    save(page)

    expect(page.get_by_role("alert")).to_contain_text("Choose below who is meant by “Ana Diaz”")
    expect(page.get_by_role("checkbox", name="José Álvarez")).to_be_checked()
    expect(names_field(page)).to_have_value("Ana Diaz")
    page.get_by_role("group", name="Who is meant by “Ana Diaz”?").get_by_label("WFP").check()
    save(page)

    expect(page.get_by_text("Action point saved.")).to_be_visible()
    assert assigned() == ["ana.wfp@example.org", "jose@example.org"]


def test_another_person_takes_the_place_of_the_chosen_one(new_page, coordinator, point):
    page = new_page(coordinator)
    page.goto("/hand-overs/new/")
    leaves = page.get_by_role("group", name="Who leaves").get_by_role("textbox")
    takes_over = page.get_by_role("group", name="Who takes over").get_by_role("textbox")

    for typed, count in (("diaz wfp", 1), ("jose", 1)):
        leaves.press_sequentially(typed)
        expect(suggestions(page)).to_have_count(count)
        leaves.press("Enter")
    takes_over.fill("ana diaz undp")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("José Álvarez (Focal point) → Ana Díaz (Focal point)")


def test_chosen_people_are_kept_by_the_browser(new_page, coordinator, point):
    page = new_page(coordinator)
    page.goto(EDIT)
    names = names_field(page)
    names.press_sequentially("jose")
    suggestions(page).click()
    names.press_sequentially("Somebody")

    page.goto("/agencies/")
    page.goto(EDIT)

    expect(page.get_by_role("checkbox", name="José Álvarez Focal point · UNDP")).to_be_checked()
    expect(names).to_have_value("Somebody")


def test_nothing_is_suggested_to_somebody_who_is_signed_out(new_page, coordinator, point):
    page = new_page(coordinator)
    page.goto(EDIT)
    page.context.clear_cookies()

    with page.expect_response("**/people/suggestions/?q=ana"):
        names_field(page).press_sequentially("ana")

    expect(suggestions(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_suggestions_and_offers_fit_a_phone_and_are_accessible(new_page, coordinator, point, language, scheme):
    personas.person("long@example.org", name="Ana " + "Wolfeschlegelsteinhausenbergerdorff " * 3)
    coordinator.language = language
    coordinator.save()
    page = new_page(coordinator, viewport={"width": 360, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page.goto(EDIT)
    names = names_field(page)
    names.fill("jose, ana")
    page.locator("form.stack button.btn-primary").click()
    expect(page.locator(".field > div[role=group] label")).to_have_count(3)
    names.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" ")
    expect(suggestions(page)).to_have_count(3)

    assert overflow(page) == 0
    assert violations(page) == []
