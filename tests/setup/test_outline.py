"""Tests of reading pasted text: bullets, numbers and headings of any kind, broken lines, updates, doubts, hostile texts."""

import re
import textwrap
import time
from datetime import date
from pathlib import Path

import pytest

from actions.setup.facts import read_facts
from actions.setup.naming import Directory
from actions.setup.outline import read_outline
from actions.setup.outline_parts import Outline
from tracker.people.models import Agency

pytestmark = pytest.mark.one_database

TODAY = date(2026, 11, 23)
NAMES = {
    "UNDP": "United Nations Development Programme",
    "UNSSC": "UN System Staff College",
    "OLA": "Office of Legal Affairs",
    "UNJSPF": "UN Joint Staff Pension Fund",
}
NOTE = (Path(__file__).parent / "note.txt").read_text()


def directory() -> Directory:
    return Directory([Agency(pk=pk, acronym=acronym, name=name) for pk, (acronym, name) in enumerate(NAMES.items(), 1)])


def read(text: str, **answers: str) -> Outline:
    known = directory()
    return read_outline(text, answers, lambda words: read_facts(words, known, TODAY).is_attributed)


def shape(outline: Outline) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the title of each issue with the beginnings of its action points and the number of their updates."""
    return [
        (issue.words, [(point.words.split(" ")[0], len(point.updates)) for point in issue.points])
        for issue in outline.issues
    ]


TWO = [("Reform", [("Clarify", 0), ("Review", 1)]), ("Resources", [("Raise", 0)])]
REPORT = "UNDP has done so. (UNDP, March 2006)"


@pytest.mark.parametrize(
    "text",
    [
        f"1. Reform\n1.1 Clarify the rules\n1.2 Review them\n{REPORT}\n2. Resources\n2.1 Raise funds",
        f"1) Reform\n1.1) Clarify the rules\n1.2) Review them\n{REPORT}\n2) Resources\n2.1) Raise funds",
        f"Issue #1. Reform\n- Clarify the rules\n- Review them\n  - {REPORT}\nIssue #2. Resources\n- Raise funds",
        f"ISSUE 1: Reform\n• Clarify the rules\n• Review them\n▪ {REPORT}\nISSUE 2: Resources\n• Raise funds",
        f"Issue One – Reform\n(a) Clarify the rules\n(b) Review them\n(i) {REPORT}\nIssue Two – Resources\n(a) Raise funds",
        f"Issue I\nReform\n* Clarify the rules\n* Review them\n\t* {REPORT}\nIssue II\nResources\n* Raise funds",
        f"I. Reform\n1. Clarify the rules\n2. Review them\n- {REPORT}\nII. Resources\n1. Raise funds",
        f"A. Reform\n  i) Clarify the rules\n  ii) Review them\n    {REPORT}\nB. Resources\n  i) Raise funds",
        f"Reform\n\n– Clarify the rules\n\n– Review them\n\n{REPORT}\n\nResources\n\n– Raise funds",
        f"\ufeff１．Reform\n１．１　Clarify the rules\n１．２　Review them\n{REPORT}\n２．Resources\n２．１　Raise funds",
        f"١. Reform\n١.١ Clarify the rules\n١.٢ Review them\n{REPORT}\n٢. Resources\n٢.١ Raise funds",
        f"1.\tReform\n1.1\tClarify the rules\n1.2\tReview them\n{REPORT}\n2.\tResources\n2.1\tRaise funds",
        f"1.\xa0 Reform\n1.1\u2003Clarify \u200bthe  rules\n1.2 Review them\r\n{REPORT}\r\n2. Resources\r\n2.1 Raise funds",
        f"Issue #1.\tReform\n·\tClarify the rules\n·\tReview them\no\t{REPORT}\nIssue #2.\tResources\n·\tRaise funds",
        f"Issue 1. Reform\n•\nClarify the rules\n•\nReview them\n\n{REPORT}\x0cIssue 2. Resources\n•\nRaise funds",
        f"## Issue 1: Reform\n\n- Clarify the rules\n- Review them\n  - {REPORT}\n\n## Issue 2: Resources\n\n- Raise funds",
        "**Issue 1: Reform**\n+ Clarify the rules\n+ Review them\nUpdate (UNDP): it began\n**Issue 2: Resources**\n+ Raise funds",
        f"Issue 1: Reform\n\uf0b7 Clarify the rules\n\uf0b7 Review them\n   \uf0a7 {REPORT}\nIssue 2: Resources\n\uf0b7 Raise funds",
    ],
)
def test_bullets_numbers_and_headings_of_any_kind_are_understood(text):
    outline = read(text)

    assert shape(outline) == TWO
    assert outline.doubts == []


def test_text_of_the_background_note_is_understood_with_its_doubts_as_questions():
    outline = read(NOTE)

    assert [issue.number for issue in outline.issues] == [1, 2, 3, 4, 5, 6]
    counts = [[len(point.updates) for point in issue.points] for issue in outline.issues]
    assert counts == [[0, 3, 1], [3, 4], [3, 2, 1, 1, 1, 2], [1, 1, 1], [2], [3]]
    assert [(doubt.kind, doubt.quote[:12]) for doubt in outline.doubts] == [
        ("preamble", "Background n"),
        ("point", "The Director"),
        ("below", "Spread a few"),
    ]
    assert outline.introduction[0] == "Background note"
    assert outline.issues[1].points[1].updates[3].texts[1:] == [
        "- advance progress reporting and promote results,",
        "- put an Environmental Management System (EMS) in place.",
    ]


def wrapped(text: str) -> str:
    """Break long lines as a PDF does."""
    return "\n".join("\n".join(textwrap.wrap(line.expandtabs(4), 76)) for line in text.split("\n"))


@pytest.mark.parametrize(
    "changed",
    [
        wrapped,
        lambda text: wrapped(re.sub(r"\n\n+", "\n", text)),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("- ", "– "),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: re.sub(r"\s+-\s+", "\no\t", re.sub(r"(?m)^-\s+", "•\t", text)),
    ],
)
def test_same_note_is_understood_however_it_was_copied(changed):
    outline = read(changed(NOTE))

    counts = [[len(point.updates) for point in issue.points] for issue in outline.issues]
    assert counts == [[0, 3, 1], [3, 4], [3, 2, 1, 1, 1, 2], [1, 1, 1], [2], [3]]
    assert [doubt.kind for doubt in outline.doubts] == ["preamble", "point", "below"]


def test_list_that_lost_its_bullets_is_read_by_what_its_sentences_say():
    text = "Issue 1. Reform\n\nWhy.\n\nAction points:\n\nClarify the rules.\n\nUNDP has done so.\n\nReview them.\n\nNone so far."

    assert shape(read(text)) == [("Reform", [("Clarify", 1), ("Review", 1)])]


def test_answers_decide_and_stay_while_other_lines_change():
    first, director, spread = (doubt.key for doubt in read(NOTE).doubts)
    answers = {first: "nothing", director: "point", spread: "point"}

    outline = read(NOTE.replace("Clarify and simplify", "Clarify"), **answers)

    assert outline.doubts == []
    assert outline.introduction == []
    counts = [[len(point.updates) for point in issue.points] for issue in outline.issues]
    assert counts == [[0, 2, 0, 1], [3, 4], [3, 2, 1, 1, 1, 2], [1, 1, 1], [2], [1, 1]]


def test_lines_broken_at_the_edge_of_a_page_are_joined():
    text = (
        "Issue 1. Further advance institutional reform within the United\n"
        "Nations system and its many agencies, funds and programmes\n"
        "- Clarify and simplify legal requirements for partnerships and\n"
        "streamline them in order to put more emphasis on solution-\n"
        "finding\n\nPage 3 of 12\n\n4\n- Review"
    )

    (issue,) = read(text).issues

    assert issue.words.endswith("within the United Nations system and its many agencies, funds and programmes")
    assert issue.points[0].words.endswith(
        "partnerships and streamline them in order to put more emphasis on solution-finding"
    )
    assert issue.points[1].words == "Review"


def test_numbers_in_sentences_do_not_start_an_issue():
    (issue,) = read("1. One\n2005 was a year.\n30 people came\n1.1 A\nOn 3.5 pages.").issues

    assert (issue.number, issue.texts) == (1, ["2005 was a year.", "30 people came"])
    assert issue.points[0].texts == ["On 3.5 pages."]


@pytest.mark.parametrize(
    ("text", "kind", "readings"),
    [
        ("Issue 1. A\n- Train\n- The office was moved", "point", ("update", "point")),
        ("Issue 1. A\nProgress:\n- Train\n  - Spread examples", "below", ("update", "point", "text")),
        ("Issue 1. A\n- Train\n\nThe office was moved.", "paragraph", ("update", "text")),
        ("Issue 1. A\n- Train\n\nResources\n\n- Raise funds", "heading", ("issue", "text")),
        ("- Train\n- Raise funds", "flat", ("points", "issues")),
        ("1. Train\n2. Raise funds", "flat", ("issues", "points")),
        ("The agenda of 2006\n\nIssue 1. A\n- Train", "preamble", ("introduction", "nothing")),
    ],
)
def test_what_is_doubtful_is_asked_and_each_answer_is_taken(text, kind, readings):
    (doubt,) = read(text).doubts

    assert (doubt.kind, doubt.readings) == (kind, readings)
    answered = [read(text, **{doubt.key: reading}) for reading in readings]
    assert [outline.doubts for outline in answered] == [[]] * len(readings)
    assert len({str((outline.issues, outline.introduction)) for outline in answered}) == len(readings)


@pytest.mark.parametrize(
    ("text", "agencies", "happened", "reported", "status", "rest"),
    [
        ("A course began. (UNDP, March 2006)", ["UNDP"], "2006-03", "2006-03", "under_way", "A course began."),
        (
            "UNDP and UNSSC, 22 December 2005: A course",
            ["UNDP", "UNSSC"],
            "2005-12-22",
            "2005-12-22",
            "under_way",
            "A course",
        ),
        ("[UNSSC] None so far.", ["UNSSC"], None, None, "no_progress", "None so far."),
        ("Update (OLA, December 22, 2005): Advice.", ["OLA"], "2005-12-22", "2005-12-22", "under_way", "Advice."),
        ("(early 2006) It agreed to meet.", [], "2006 early", "2006 early", "under_way", "It agreed to meet."),
        ("UNDP looks into training.", ["UNDP"], None, None, "exploring", "UNDP looks into training."),
        ("The Office of Legal Affairs was moved in 2005.", ["OLA"], "2005", None, "under_way", None),
        ("Documents are expected by April 2006.", [], None, None, "under_way", None),
        ("Vienna, December 2005; Geneva, February 2006.", [], None, None, "under_way", None),
        ("It goes on with the Office of Legal Affairs (OLA).", [], None, None, "under_way", None),
        ("It will be there. (UNDP, March 2027)", ["UNDP"], None, None, "under_way", "It will be there."),
    ],
)
def test_source_date_and_status_of_an_update_are_those_that_its_text_says(
    text, agencies, happened, reported, status, rest
):
    facts = read_facts(text, directory(), TODAY)

    assert [agency.acronym for agency in facts.agencies] == agencies
    assert (facts.happened and facts.happened.text, facts.reported and facts.reported.text) == (happened, reported)
    assert (facts.status, facts.text) == (status, rest or text)


def test_agencies_that_the_directory_lacks_are_noticed():
    known = directory()
    list(
        known.note_unknown_in(
            "WFP met the INFM (Inter-agency Network of Facilities Managers) about an EMS (Environment Management System)."
        )
    )
    list(known.note_unknown_in("The Inter-agency Committee of Buyers (ICB) met UNDP."))
    known.note_unknown("The Partnering Initiative")

    assert {unknown.acronym: unknown.name for unknown in known.unknown.values()} == {
        "WFP": "World Food Programme",
        "INFM": "Inter-agency Network of Facilities Managers",
        "ICB": "Inter-agency Committee of Buyers",
        "TPI": "The Partnering Initiative",
    }


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000,
        "(" * 200_000,
        "- " + "(a" * 99_000,
        "1." * 100_000,
        "issue " * 33_000,
        "- " + "A-" * 99_000,
        "- UNDP and " * 18_000,
        "1. UNDP has (UNDP, March 2006)\n" * 6_000,
        "- x [" + "UNDP, " * 30_000 + "]",
        "\n".join(" " * depth + "- a" for depth in range(600)),
        "- " + "March 2006 " * 18_000,
        "\u0300" * 200_000,
        "- " + "Office Of Aa (OOA) " * 10_000,
    ],
)
def test_hostile_text_is_read_in_time_that_grows_with_its_length_alone(text):
    known, began = directory(), time.process_time()

    for issue in read_outline(text, {}, lambda words: read_facts(words, known, TODAY).is_attributed).issues:
        for point in issue.points:
            known.named_in(point.words)
            list(known.note_unknown_in(point.words))

    assert time.process_time() - began < 5
