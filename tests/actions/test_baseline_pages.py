"""Tests that the pages of the 2005 baseline show its facts: distinctive phrases, figures, names and document symbols."""

import pytest
from django.core.management import call_command
from django.test import Client

from actions.models import ActionPoint
from tests import personas
from tests.actions.pages import text

pytestmark = pytest.mark.one_database  # test_baseline.py tests on each database that the rows are stored

AGENDA = [
    "2005 common action agenda of the UN system private sector focal points",
    "Engaging with the Private Sector: the UN's Progress in 2005",
    "when they met in May 2005",
    "Agreed May 2005",
    "Reporting period 2005",
    "17 action points",
    "1 Not reported 2 No progress 3 Exploring 11 Under way 0 Completed",
    *["About this baseline", "All updates count as reported in March 2006", "The note gives none."],
]

# By number: title, rationale, references of the action points.
ISSUES = {
    1: (
        "Institutional reform within the UN system, advanced further",
        "The incentives of the institutions stress avoiding risk",
        "1.1 1.2 1.3",
    ),
    2: (
        "driver of the emerging UN-business relationship",
        "The Global Compact was recognised as a platform of values",
        "2.1 2.2",
    ),
    3: (
        "Better information sharing and learning across the UN system",
        "once partnerships and their potential are better understood",
        "3.1 3.2 3.3 3.4 3.5 3.6",
    ),
    4: (
        "Greater awareness of country (and regional) office involvement",
        "the skills of starting and managing successful partnerships",
        "4.1 4.2 4.3",
    ),
    5: (
        "Impact assessment and accountability in partnerships",
        "quantifiable criteria for measuring progress and outcomes",
        "5.1",
    ),
    6: ("Resource mobilization", "in cash and in kind", "6.1 6.2"),
}

# By reference: the action point's own facts, then those of its updates, then those of its milestones.
ACTION_POINTS = {
    "1.1": ["Clarify and simplify the legal requirements", "streamline them across agencies", "Not reported"],
    "1.2": [
        *["the UN-Business Guidelines", "finding solutions", "Under way"],
        *["Paragraph 12 of resolution A/RES/60/215 explicitly requests", "22 December 2005", "Better processes"],
        *["streamlining of UN guidelines", "requested to report", "GA"],
        *["A task force set up by the Deputy Secretary-General", "pro bono", "In March 2006", "Completed"],
        *["Director of the General Legal Division", "OLA", "is interested in taking part", "Exploring"],
    ],
    "1.3": ["leadership inside and outside the UN", "joint recommendations", "No progress", "None so far."],
    "2.1": [
        *["all along the supply chain", "UNDP", "screen a business before they enter", "at chief executive level"],
        *["Being a signatory is not a formal requirement", "September 2005", "Innovest Strategic Value Advisors"],
        *["The Global Compact Plus", "the ten principles", "not equally material", "best-in-class"],
        *["vary widely across the UN system", "requirements differ between all agencies, funds and programmes"],
    ],
    "2.2": [
        *["procurement, facilities management and the pension fund", "All working groups have made progress"],
        *["Principles for Responsible Investment", "UNEP-FI", "about 20 international public pension funds", "UNJSPF"],
        *["UN Supplier Code of Conduct", "checklist for self-assessment", "remediation guide", "final approval"],
        *["aspirational", "compliance-based", "expects to promulgate the documents by April/May 2006", "UN-PS"],
        *["sixth annual meeting of the Inter-agency Network of Facilities Managers (INFM)", "UN-FMD"],
        *["Environmental Management System (EMS)", "promulgated (expected)", "by April–May 2006"],
    ],
    "3.1": [
        *["capacity building for partnerships among UN staff", "UNSSC", "a programme that dates from 1998"],
        *["Prince of Wales International Business Leaders Forum (IBLF)", "University of Cambridge", "TPI"],
        *[
            "Partnering Skills for Strategic Engagement",
            "launched in Vienna in December 2005",
            "Geneva in February 2006",
        ],
        *["Three more are planned", "a pilot in India", "International Strategy for Disaster Reduction", "ISDR"],
        *["December 2005 – February 2006", "Paris", "16–18 May 2006", "Rome", "July 2006", "Nairobi", "October 2006"],
    ],
    "3.2": [
        *["The possibility of forming sub-groups", "similar interests and experience", "OCHA", "early 2006"],
        *["online guide for businesses on contributing to disaster relief", "meet every two months", "UNFIP", "FAO"],
        *["UNFPA", "UNHCR", "UNICEF", "WFP", "WHO", "IFRC", "GCO", "UNDP", "OSE-TR", "Clinton principles"],
        *["The role of business in the tsunami relief and reconstruction effort", "is developing a report"],
        *["Meeting of the inter-agency task force", "every 2 months", "autumn 2006", "The source says “fall”"],
    ],
    "3.3": [
        *["email newsletter", "GCO", "The UN-Business Focal Point", "a quarterly electronic newsletter"],
        *["the latest news, tools, resources and content", "Launch of", "early April 2006"],
    ],
    "3.4": [
        *["the capacities and policies inside the UN", "The co-organisers of the 2006 meeting"],
        *["the number of private sector participants", "feedback from corporate partners"],
    ],
    "3.5": [
        *["the UN, the World Bank and external sources", "UNSSC", "what focal points provided after the 2005 meeting"],
        *["several drafts", "Partners in Action Learning Community", "a password-protected space for participants"],
        *["open to everybody on UNSSC's public site", "Before the 2006 meeting"],
    ],
    "3.6": [
        *["an email list and a bulletin board", "UNSSC", "GCO", "over 40 participants at present"],
        *["grows organically", "It is envisaged that focal points will take part more widely"],
        *["A section of", "with their contact details", "Wider participation of focal points", "2nd half of 2006"],
    ],
    "4.1": [
        *["Resident Coordinator System (RCS) project", "UNSSC", "Exploring", "proposed to UNDGO in New York"],
        *["a one-hour session on partnerships", "regional and country-specific RCS workshops"],
    ],
    "4.2": [
        *["the model of the UNDP Europe and CIS Region", "UNDP", "Exploring", "UNDP-RB", "UNDP expects"],
        *[
            "all country office focal points of chosen regions",
            "Training in business partnerships",
            "Asia-Pacific region",
        ],
    ],
    "4.3": [
        *["Learning Framework of the Senior Management Network (SMN)", "UN Learning Community", "UNSSC", "TPI"],
        *["in person, by phone and by email", "Vienna, Geneva, Paris, Rome and Nairobi", "funding for the fees"],
        "Further action is needed, specifically on the SMN Learning Framework",
    ],
    "5.1": [
        *["focal points and outside experts", "GCO", "UNDP-NO", "Exploring", "looking into setting up a working group"],
        *["Partnership Report on the Private Sector's Contribution to the MDGs", "It is to cover impact assessment"],
    ],
    "6.1": [
        *["joint fundraising for projects", "UNFIP", "a core element of UNFIP's mandate", "many others"],
        *["OCHA", "UNDP", "UNEP", "UNICEF", "WFP"],
    ],
    "6.2": ["effective donor coordination", "GCO", "No progress", "Not so far.", "will provide a way to spread"],
}
NO_ONE_RESPONSIBLE = {"1.1", "1.2", "1.3", "3.4"}

AGENCIES = {
    "UN entity": [
        *["FAO", "General Assembly", "UN Global Compact Office", "ISDR", "OCHA", "Office of Legal Affairs", "UNHCR"],
        *["Office of the Special Envoy for Tsunami Recovery", "INFM", "UN Development Group Office", "UNFIP", "UNFPA"],
        *[
            "UNDP Nordic Office",
            "UNDP regional bureaus",
            "UNEP Finance Initiative",
            "UN Facilities Management Division",
        ],
        *["UN Joint Staff Pension Fund", "UN Procurement Service", "UN System Staff College", "UNICEF", "WFP", "WHO"],
    ],
    "Outside the UN system": ["IFRC", "Innovest Strategic Value Advisors", "The Partnering Initiative"],
}


@pytest.fixture(scope="module")
def baseline(rows_of_the_module: None) -> None:
    call_command("loaddata", "baseline_2005", verbosity=0)


@pytest.fixture
def reader(baseline: None, client: Client, coordinator) -> Client:
    """Sign a coordinator in who reads the baseline."""
    return personas.sign_in(client, coordinator)


def missing(facts: list[str], page: str) -> list[str]:
    return [fact for fact in facts if fact not in page]


def test_agenda_page_shows_its_facts_and_counts(reader):
    page = text(reader.get("/agendas/2005/"))

    titles = [f"{point.reference} {point.title}" for point in ActionPoint.objects.with_context()]
    rationales = [fact for title, rationale, _references in ISSUES.values() for fact in (title, rationale)]
    assert missing([*AGENDA, *titles, *rationales], page) == []
    assert page.count("No one responsible") >= 4


@pytest.mark.parametrize("number", ISSUES)
def test_issue_page_shows_its_rationale_and_action_points(reader, number):
    title, rationale, references = ISSUES[number]

    page = text(reader.get(f"/agendas/2005/issues/{number}/"))

    assert missing([title, rationale, *(f"2005/{code}" for code in references.split())], page) == []


@pytest.mark.parametrize("code", ACTION_POINTS)
def test_action_point_page_shows_every_fact(reader, code):
    page = text(reader.get(f"/agendas/2005/{code}/"))

    assert missing([f"2005/{code}", *ACTION_POINTS[code]], page) == []


def test_agency_list_separates_un_entities_from_others(reader):
    page = text(reader.get("/agencies/"))

    un_entities, _, others = page.partition("Outside the UN system")
    assert missing(AGENCIES["UN entity"], un_entities) == []
    assert missing(AGENCIES["Outside the UN system"], others) == []


def test_agency_page_shows_its_progress(reader):
    page = text(reader.get("/agencies/Innovest/"))

    assert missing(["Outside the UN system", "The Global Compact Plus", "September 2005", "2005/2.1"], page) == []
