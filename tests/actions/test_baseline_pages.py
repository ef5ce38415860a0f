"""Tests that the pages of the 2005 baseline show its facts: distinctive phrases, figures, names and document symbols."""

import pytest
from django.core.management import call_command
from django.test import Client

from actions.models import ActionPoint
from tests import personas
from tests.actions.pages import text

pytestmark = [
    pytest.mark.embedded,  # test_baseline.py tests on each database that the rows are stored
    pytest.mark.no_cover,
]

AGENDA = [
    "2005 action agenda of the UN system private sector focal points",
    "Engaging with the private sector: the UN's progress in 2005",
    "annual meeting in May 2005",
    "Agreed May 2005",
    "Reporting period May 2005 – March 2006",
    "17 action points",
    "1 Not reported 2 No progress 3 Exploring 11 Under way 0 Completed",
    "No one is responsible for 17 of them",
]

# By number: title, rationale, references of the action points.
ISSUES = {
    1: ("Institutional reform within the UN system", "Incentives that reward avoiding risk", "1.1 1.2 1.3"),
    2: ("UN values and norms as a driver of UN-business relations", "recognised as a platform of values", "2.1 2.2"),
    3: (
        "Better information sharing and learning across the UN system",
        "before awareness of them can grow",
        "3.1 3.2 3.3 3.4 3.5 3.6",
    ),
    4: (
        "Country and regional offices as the key to lasting partnerships",
        "the chance to grow the skills for starting and managing them",
        "4.1 4.2 4.3",
    ),
    5: ("Impact assessment and accountability in partnerships", "measurable criteria of progress and outcome", "5.1"),
    6: ("Resource mobilization", "contributions in cash and in kind alike", "6.1 6.2"),
}

# By reference: the action point's own facts, then those of its updates, then those of its milestones.
ACTION_POINTS = {
    "1.1": [
        *["Clarify and simplify what the law requires", "align it between agencies"],
        *["No one responsible", "Not reported"],
    ],
    "1.2": [
        *["the UN-Business Guidelines first", "finding solutions", "EOSG"],
        *["A/RES/60/215, paragraph 12", "22 December 2005", "better selection of partners", "streamlined guidelines"],
        *["set up by the Deputy Secretary-General", "pro bono", "promulgated them in March 2006", "Completed"],
        *["General Legal Division", "OLA", "the legal questions round them", "Exploring"],
        "OLA's session at the 2006 focal points meeting",
    ],
    "1.3": [
        *["leadership inside and outside the UN", "joint recommendations"],
        *["No one responsible", "No progress", "None so far."],
    ],
    "2.1": [
        *["all along its supply chain", "UNDP"],
        *[
            "screen a business before they sign",
            "at chief executive level",
            "Being a signatory is no formal requirement",
        ],
        *["September 2005", "Innovest Strategic Value Advisors", "The Global Compact Plus", "the ten principles"],
        *["environmental, social and governance questions", "best of its own sector"],
        *[
            "UN system-wide",
            "still differ widely",
            "agencies, funds and programmes each have requirements of their own",
        ],
    ],
    "2.2": [
        *["procurement, facilities management and pension fund", "all working groups have made progress"],
        *["Principles for Responsible Investment", "UNEP-FI", "about 20 international public pension funds", "UNJSPF"],
        *["UN Supplier Code of Conduct", "self-assessment checklist", "remediation guide", "Legal approval is final"],
        *["The code is aspirational", "not a compliance regime", "UN-PS"],
        *["sixth yearly meeting of the Inter-agency Network of Facilities Managers (INFM)", "UN-FMD"],
        "Environmental Management System (EMS)",
        *["Code of Conduct and its guides promulgated", "April–May 2006"],
    ],
    "3.1": [
        *["capacity building in partnerships for UN staff", "UNSSC"],
        *["Partners in Action", "programme of 1998", "Prince of Wales International Business Leaders Forum (IBLF)"],
        *["run by IBLF with the University of Cambridge", "TPI"],
        *["Partnering Skills for Strategic Engagement", "Vienna, December 2005; then Geneva, February 2006"],
        *["a pilot in India on disaster risk reduction", "International Strategy for Disaster Reduction", "ISDR"],
        *["Paris", "16–18 May 2006", "Rome", "July 2006", "Nairobi", "October 2006"],
    ],
    "3.2": [
        *["similar interests and experience", "OCHA"],
        *["1st quarter of 2006", "online guide for businesses on contributing to disaster relief", "early 2006"],
        *["meet every two months", "UNFIP", "FAO", "UNFPA", "UNHCR", "UNICEF", "WFP", "WHO", "IFRC", "GCO", "UNDP"],
        *["OSE-TR", "tsunami relief and reconstruction", 'the tsunami "Clinton principles"'],
        *["Meeting of the inter-agency task force", "Every two months from early 2006"],
        *["4th quarter of 2006", 'Autumn of 2006: the note says "fall"'],
    ],
    "3.3": [
        *["newsletter by email", "GCO"],
        *["The UN-Business Focal Point", "a quarterly", "news, tools and resources"],
        *["First number of", "April 2006", "Early April 2006"],
    ],
    "3.4": [
        *["capacities and policies inside the UN", "GCO"],
        *[
            "The co-organisers of the 2006 meeting",
            "More private sector participants",
            "feedback of corporate partners",
        ],
    ],
    "3.5": [
        *["UN, World Bank and external publications and toolkits", "UNSSC"],
        *[
            "what focal points sent after the 2005 meeting",
            "drafts went round",
            "Partners in Action Learning Community",
        ],
        "open with a password to participants of the course only",
        *["open to everybody on UNSSC's public site", "Before the 2006 meeting"],
    ],
    "3.6": [
        *["an email list and a bulletin board", "UNSSC", "GCO"],
        *["has over 40 participants", "grows with each course"],
        *["A section of", "with their contact details, kept up to date"],
        *["Wider participation of focal points", "2nd half of 2006"],
    ],
    "4.1": [
        *["Resident Coordinator System (RCS) project", "UNSSC", "Exploring"],
        *[
            "proposed to UNDGO in New York",
            "one hour on partnerships in their orientation",
            "regional and country workshops",
        ],
    ],
    "4.2": [
        *["the regional model of UNDP Europe and CIS", "UNDP", "Exploring"],
        *["its regional bureaus", "all country office focal points of chosen regions"],
        "Training in the Asia-Pacific region",
    ],
    "4.3": [
        *["Learning Framework of the Senior Management Network (SMN)", "UN Learning Community", "UNSSC"],
        *["in person, by phone and by email", "Vienna, Geneva, Paris, Rome and Nairobi", "money for the fees", "TPI"],
        *["further action is needed on the SMN framework", "On the SMN Learning Framework itself more has to be done"],
    ],
    "5.1": [
        *["research group of focal points and outside experts", "GCO", "UNDP-NO", "Exploring"],
        *["look into a working group", "for focal points across the UN system"],
        *[
            "Partnership Report on the Private Sector's Contribution to the MDGs",
            "which will include impact assessment",
        ],
    ],
    "6.1": [
        *["joint fundraising for projects", "UNFIP"],
        *["at the core of UNFIP's mandate", "many others", "OCHA", "UNDP", "UNEP", "UNICEF", "WFP"],
    ],
    "6.2": [
        *["examples of donor coordination that works", "GCO", "No progress"],
        *["Not yet.", 'The newsletter "The UN-Business Focal Point" will be the way'],
    ],
}

AGENCIES = {
    "UN entity": [
        *["Executive Office of the Secretary-General", "FAO", "General Assembly", "UN Global Compact Office", "ISDR"],
        *["OCHA", "Office of Legal Affairs", "Office of the Special Envoy for Tsunami Recovery", "INFM", "UNHCR"],
        *["UN Development Group Office", "UNDP Nordic Office", "UNDP regional bureaus", "UNDP Europe and CIS"],
        *["UNEP Finance Initiative", "UN Facilities Management Division", "UNFIP", "UNFPA", "UNICEF"],
        *[
            "UN Joint Staff Pension Fund",
            "UN Procurement Service",
            "UN System Staff College",
            "WFP",
            "WHO",
            "World Bank",
        ],
    ],
    "Outside the UN system": [
        *["Prince of Wales International Business Leaders Forum", "IFRC", "Innovest Strategic Value Advisors"],
        *["The Partnering Initiative", "University of Cambridge"],
    ],
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
    assert page.count("Lead none") == 2


@pytest.mark.parametrize("number", ISSUES)
def test_issue_page_shows_its_rationale_and_action_points(reader, number):
    title, rationale, references = ISSUES[number]

    page = text(reader.get(f"/agendas/2005/issues/{number}/"))

    assert missing([title, rationale, *(f"2005/{code}" for code in references.split())], page) == []


@pytest.mark.parametrize("code", ACTION_POINTS)
def test_action_point_page_shows_every_fact(reader, code):
    page = text(reader.get(f"/agendas/2005/{code}/"))

    assert missing([f"2005/{code}", *ACTION_POINTS[code]], page) == []
    assert "Needs attention: No one responsible" in page  # the baseline has no people


def test_agency_list_separates_un_entities_from_others(reader):
    page = text(reader.get("/agencies/"))

    un_entities, _, others = page.partition("Outside the UN system")
    assert missing(AGENCIES["UN entity"], un_entities) == []
    assert missing(AGENCIES["Outside the UN system"], others) == []


def test_agency_page_shows_its_progress(reader):
    page = text(reader.get("/agencies/Innovest/"))

    assert missing(["Outside the UN system", "The Global Compact Plus", "September 2005", "2005/2.1"], page) == []
