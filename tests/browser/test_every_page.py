"""Tests that every page, on the 2005 baseline, fits the screen, is accessible (WCAG 2.2 AA, as axe-core tests it), light and dark,
and from right to left."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from actions.handover.models import Handover
from actions.models import ActionPoint
from actions.note.models import NoteFile
from actions.rollover.decisions import Choice, decide
from actions.rollover.models import Rollover
from actions.rollover.plan import start
from issues.models import Agenda
from tests import personas
from tracker.people.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # how a page looks does not depend on the database
]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
DARK = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
"""The rules that dark colours can affect."""

FILE = "00000000-0000-4000-8000-000000000001"

VISITORS = [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/agendas/2005/",
    "/agencies/",
    "/language/?next=/agencies/",
    "/help/",
    "/help/glossary/",
    "/help/shortcuts/",
    "/help/contact/",
]
READERS = [
    "/my/",
    "/agendas/",
    "/agendas/2005/",
    "/agendas/2005/issues/3/",
    "/agendas/2005/1.2/",
    "/agendas/2005/2.1/updates/",
    "/agendas/2005/2.1/updates/1/",
    "/agendas/2005/2.1/updates/1/corrections/",
    "/agendas/2005/2.1/updates/1/withdrawal/",
    "/agendas/2005/2.1/milestones/",
    "/agendas/2005/2.1/snooze/",
    "/agendas/2005/2.1/history/",
    "/agendas/2005/2.1/milestones/1001/",
    "/agendas/2005/2.1/milestones/1001/completion/",
    "/agendas/2005/2.1/milestones/1001/removal/",
    "/agencies/UNDP/",
    "/agendas/2005/dashboard/",
    "/agendas/2005/action-points/",
    "/agendas/2005/note/",
    "/agendas/2005/note/sign-offs/",
    "/agendas/2005/note/2.1/sign-off/",
    "/agendas/2005/note/versions/",
    "/agendas/2005/note/versions/1/",
    "/agendas/2005/note/versions/1/changes/?to=2",
    f"/agendas/2005/note/files/{FILE}/",
    "/agendas/2005/action-points/?status=under_way&owner=foo",
    "/nothing/here/",
    "/people/",
    "/preferences/",
    "/accounts/password/change/",
    "/accounts/2fa/",
]
COORDINATORS = [
    "/agendas/2005/edit/",
    "/new-agenda/",
    "/people/agencies/",
    "/agendas/2005/outline/",
    "/agendas/2005/issues/",
    "/agendas/2005/issues/3/edit/",
    "/agendas/2005/issues/3/action-points/",
    "/agendas/2005/2.1/edit/",
    "/agendas/2005/note/",
    "/agendas/2005/note/publication/",
    "/agendas/2005/note/introduction/text/",
    "/agendas/2005/note/2.1/updates/1/",
    "/reminders/",
    "/reminders/digests/1/",
    "/reminders/schedules/2005/",
    "/reminders/schedules/2005/preview/",
    "/agendas/2005/3.2/reminder/",
    "/agendas/2005/changes/?since=2006-03-01",
    "/agendas/2005/milestones/",
    "/agendas/2005/charts/",
    "/agendas/2005/dashboard/no-progress/",
    "/agendas/2005/dashboard/reminders/",
    "/search/?q=course",
    "/search/?q=zzzz",
    "/agendas/2005/action-points/?columns=status&columns=owner&columns=reported&columns=silence&columns=attention&sort=silence",
    "/agendas/2005/action-points/changes/?issue=3&kind=pause",
    "/agendas/2005/action-points/reminders/?issue=3",
    "/agendas/2005/dashboard/?as_of=2006-03-31",
    "/agendas/2005/3.2/?as_of=2006-03-31&by=recorded",
    "/agendas/2005/1.2/?as_of=2005-03-31",
    "/agendas/2005/1.2/?order=happened",
    "/agendas/2005/roll-over/",
    "/agendas/2005/roll-over/?show=undecided",
    "/agendas/2005/roll-over/name/",
    "/agendas/2005/roll-over/1.1/",
    "/agendas/2005/roll-over/2.1/",
    "/agendas/2005/roll-over/issues/",
    "/agendas/2005/roll-over/issues/1/",
    "/hand-overs/",
    "/hand-overs/new/",
    "/hand-overs/new/?predecessor=1001&successor=1002",
    "/hand-overs/1/",
]
ADMINS = ["/people/", "/people/invitations/", "/mail/"]
PATHS = {None: VISITORS, "undp": READERS, "co": COORDINATORS, "admin": ADMINS}
"""What is checked, by the name of the person who reads it."""


@pytest.fixture
def people(transactional_db: None) -> dict[str | None, User | None]:
    call_command("loaddata", "baseline_2005", verbosity=0)
    undp = personas.person("focal.undp@example.org", agency=personas.agency("UNDP"), pk=1001)
    points = ActionPoint.objects.with_context().led_by(personas.agency("UNDP"))
    personas.digest(
        undp, *points, pk=1, state="failed", cause="refused", error="550 No such mailbox", next_attempt_at=None
    )
    co = personas.person("coordinator@example.org", "coordinator", pk=1002)
    agenda = personas.agenda("2005")
    personas.milestone(points.get(issue__number=2, number=1), pk=1001)
    personas.note_version(agenda, co)
    NoteFile.objects.create(
        id=FILE, agenda=agenda, extension="pdf", language="en", with_people=True, asked_at=timezone.now()
    )
    personas.update(points.get(issue__number=2, number=1), undp, narrative="Since then more was done.")
    personas.note_version(agenda, co)
    rollover = start(Rollover(source=Agenda.objects.get(), slug="2006", title="Agenda of 2006"), co, personas.NOW)
    point = ActionPoint.objects.get(issue__number=1, number=1)
    choice = Choice(kind="carry", reason="It goes on.", issue=rollover.issues.first(), titles=[point.title])
    decide(rollover, point, choice, by=co, now=personas.NOW, version="")
    handover = Handover.objects.create(
        pk=1, predecessor=co, successor=undp, reason="Left for Bonn.", created_by=co, created_at=personas.NOW
    )
    handover.action_points.set(points)
    return {
        None: None,
        "undp": undp,
        "co": co,
        "admin": personas.person("admin@example.org", "admin"),
    }


def violations(page: Page, rules: dict[str, list[str]] = RULES) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    results: list[dict[str, Any]] = page.evaluate(VIOLATIONS, rules)
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in results for node in rule["nodes"]]


AXE = Axe().axe_script
VIOLATIONS = """async (options) => {
  // Contrast takes two thirds of the time. It follows from the styles of an element and the backgrounds behind it:
  // of visible elements that agree in these, the first is measured.
  const backdrops = new Map();
  const backdrop = (element) => {
    if (!element) return "";
    if (!backdrops.has(element)) {
      const { backgroundColor, backgroundImage, opacity, position, filter, mixBlendMode } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity, position, filter, mixBlendMode].join();
      const plain = own === "rgba(0, 0, 0, 0),none,1,static,none,normal";
      backdrops.set(element, backdrop(element.parentElement) + (plain ? "" : `/${own}`));
    }
    return backdrops.get(element);
  };
  const written = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  const measurable = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !(element.closest("label")?.control ?? element).closest(":disabled, [aria-disabled=true]");
  };
  const looks = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    element.removeAttribute("data-measured");
    if (!written(element) || !measurable(element)) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const kind = [element.localName, element.className, element.type];
    const look = [...kind, color, fontSize, fontWeight, textShadow, backdrop(element)].join();
    if (!looks.has(look)) element.setAttribute("data-measured", "");
    looks.add(look);
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-measured]" }] });
  return (await axe.run({ ...options, preload: false })).violations;
}"""


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def structure_faults(page: Page) -> list[str]:
    """Return what somebody trips over who reads the page by ids, headings, landmarks and names of controls."""
    faults: list[str] = page.evaluate(STRUCTURE)
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return faults + [
        f"{node['role']['value']} without a name"
        for node in nodes
        if node.get("role", {}).get("value") in CONTROLS and not node["ignored"] and not node["name"]["value"].strip()
    ]


CONTROLS = {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "spinbutton", "Date"}
STRUCTURE = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const repeated = (names) => [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  const levels = all("h1, h2, h3, h4, h5, h6").map((heading) => Number(heading.tagName[1]));
  const labels = all("nav, [role=search]").map((part) => `${part.tagName} ${part.getAttribute("aria-label")}`);
  return [
    ...repeated(all("[id]").map((element) => element.id)).map((id) => `the id ${id} twice`),
    ...["h1", "main", "body > header", "body > footer"].filter((part) => all(part).length !== 1).map((part) => `not one ${part}`),
    ...levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1).map((level) => `a heading of level ${level} too deep`),
    ...repeated(labels).map((label) => `two landmarks with the name ${label}`),
  ];
}"""


def test_pages_fit_and_are_accessible(new_page, people):
    faults: dict[str, list[str]] = {}
    for person, paths in PATHS.items():
        # axe styles what it measures, which our content security policy forbids; colours are to change at once
        page = new_page(people[person], bypass_csp=True, reduced_motion="reduce")
        faults |= {f"{person} {path}": page_faults(page, path) for path in paths}

    assert {path: each for path, each in faults.items() if each} == {}


def page_faults(page: Page, path: str) -> list[str]:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(path)
    faults = violations(page) + structure_faults(page)
    page.emulate_media(color_scheme="dark")
    faults += violations(page, DARK)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if wider := overflow(page):
        faults.append(f"{wider} pixels wider than a screen of 1280 with text of 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    for width in (768, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if wider := overflow(page):
            faults.append(f"{wider} pixels wider than a screen of {width}")
    return faults


def test_preview_of_changes_fits_and_is_accessible(new_page, people):
    page = new_page(people["co"], bypass_csp=True)
    page.goto("/agendas/2005/action-points/changes/?issue=3&kind=add_lead")
    for box in page.locator("[name=points]").all():
        box.check()
    page.locator("select[name=agency]").select_option(value=str(personas.agency("WFP").pk))
    page.get_by_role("button", name="Show what would change").click()

    button = page.get_by_role("button", name="Make these changes")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert button.is_visible()
        assert page.get_by_role("table").inner_text().count("WFP") == 6
        assert violations(page) == []
        assert overflow(page) == 0
    button.click()
    assert "WFP now leads 3.1, 3.2, 3.3, 3.4, 3.5, 3.6." in page.content()


def test_pages_are_laid_out_from_right_to_left(new_page, people):
    people["undp"].language = "ar"
    people["undp"].save()
    page = new_page(people["undp"], viewport={"width": 360, "height": 800}, locale="ar")
    for path in ("/agendas/2005/", "/agendas/2005/1.2/", "/agendas/2005/2.1/updates/", "/agendas/2005/milestones/"):
        page.goto(path)

        brand = page.locator(".brand").bounding_box()

        assert page.locator("html").get_attribute("dir") == "rtl", path
        assert overflow(page) == 0, path
        assert brand["x"] + brand["width"] > 300, path
