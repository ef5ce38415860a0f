"""Tests of pasting an agenda: what is kept, asked, refused and added."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from actions.models import ActionPoint, ProgressUpdate
from actions.setup.models import PastedText
from actions.setup.pasted_agenda import MAX_ACTION_POINTS, understand
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text
from tests.setup.test_outline import NOTE
from tracker.dates.value import PartialDate
from tracker.people.models import Agency

pytestmark = pytest.mark.one_database

ADDRESS = "/agendas/2026/outline/"
TEXT = """
1. Better information sharing
Networks know more than any of their members.

They say so seldom.
1.1 Joint training for staff [unssc, UNDP]
What is to be *done*.
1.2. A newsletter

2) Resources
2.1: One fund
"""


@pytest.fixture
def agenda(db):
    personas.agency("UNDP")
    personas.agency("UNSSC")
    return personas.agenda("2026")


@pytest.fixture
def signed_in(client, coordinator, agenda):
    return personas.sign_in(client, coordinator)


def paste(client, pasted):
    return client.post(ADDRESS, {"text": pasted}, follow=True)


def add(client, pasted):
    """Paste the text, then add what was shown."""
    version = paste(client, pasted).context["pasted"].version
    return client.post(ADDRESS, {"do": "add", "version": version})


def answer(client, value):
    """Give this answer to the first question that has it."""
    questions = client.get(ADDRESS).context["pasted"].questions
    key = next(each.key for each in questions if value in dict(each.answers))
    return client.post(ADDRESS, {"answer": f"{key}={value}"}, follow=True)


def test_pasted_agenda_becomes_issues_and_action_points(signed_in, coordinator):
    response = add(signed_in, TEXT)

    assert (response.status_code, response.url) == (302, "/agendas/2026/")
    first, second = Issue.objects.order_by("number")
    assert (first.number, first.title) == (1, "Better information sharing")
    assert first.rationale == "Networks know more than any of their members.\n\nThey say so seldom."
    assert (second.title, second.rationale) == ("Resources", "")
    training, newsletter, fund = ActionPoint.objects.in_order()
    assert (training.reference, training.title) == ("2026/1.1", "Joint training for staff")
    assert training.description == "What is to be *done*."
    assert sorted(agency.acronym for agency in personas.leads(training)) == ["UNDP", "UNSSC"]
    assert (newsletter.reference, newsletter.title) == ("2026/1.2", "A newsletter")
    assert fund.reference == "2026/2.1"
    assert {row.history_user for row in training.history.all()} == {coordinator}
    assert "Added: 2 issues, 3 action points." in text(signed_in.get("/agendas/2026/"))


def test_pasting_keeps_the_text_and_adds_nothing(signed_in, client, admin):
    page = paste(signed_in, TEXT)
    for_others = personas.sign_in(client, admin).get(f"{ADDRESS}?edit=1")

    assert page.status_code == 200
    assert "2 issues, 3 action points" in text(page)
    assert "1.1 Joint training for staff Lead agencies: UNSSC UNDP" in text(page)
    assert "1.2 A newsletter no one named" in text(page)
    assert for_others.context["form"]["text"].value() == TEXT
    assert not Issue.objects.exists()


def test_updates_are_recorded_by_the_person_who_pasted_with_the_dates_that_are_written(signed_in, coordinator):
    add(
        signed_in,
        "Issue 1. Learning\nProgress:\n- Train staff [UNSSC, UNDP]\n"
        "  - A course began. (UNSSC, March 2006)\n  - UNDP plans another.\n  - None so far. (UNDP, early 2006)",
    )

    updates = ProgressUpdate.objects.order_by("number")
    today = PartialDate.day(timezone.localdate())
    assert [(each.agency.acronym, each.status, each.happened, each.reported_on) for each in updates] == [
        ("UNSSC", "under_way", PartialDate.parse("2006-03"), PartialDate.parse("2006-03")),
        ("UNDP", "under_way", None, today),
        ("UNDP", "no_progress", PartialDate.parse("2006 early"), PartialDate.parse("2006 early")),
    ]
    assert [(each.narrative, each.reason) for each in updates] == [
        ("A course began.", ""),
        ("UNDP plans another.", ""),
        ("", "None so far."),
    ]
    assert {each.author for each in updates} == {coordinator}
    assert {part.agency.acronym: part.status for part in ActionPoint.objects.get().parts} == {
        "UNSSC": "under_way",
        "UNDP": "under_way",
    }


def test_note_of_2006_is_added_once_its_questions_are_answered(signed_in, agenda):
    page = paste(signed_in, NOTE)
    refused = signed_in.post(ADDRESS, {"do": "add", "version": page.context["pasted"].version})
    signed_in.post(ADDRESS, {"all": "agency:add"})
    for value in ("introduction", "update", "point"):
        page = answer(signed_in, value)

    assert refused.status_code == 400
    assert "questions left. Answer first; nothing was added." in text(refused)
    assert {"INFM", "OLA", "UNFIP", "UNJSPF"} <= set(Agency.objects.values_list("acronym", flat=True))
    assert page.context["pasted"].questions == []
    response = signed_in.post(ADDRESS, {"do": "add", "version": page.context["pasted"].version})
    assert response.status_code == 302
    points = [(point.code, point.progress_updates.count()) for point in ActionPoint.objects.in_order()]
    assert points == list(
        zip(
            [
                "1.1",
                "1.2",
                "1.3",
                "2.1",
                "2.2",
                "3.1",
                "3.2",
                "3.3",
                "3.4",
                "3.5",
                "3.6",
                "4.1",
                "4.2",
                "4.3",
                "5.1",
                "6.1",
                "6.2",
            ],
            [0, 3, 1, 3, 4, 3, 2, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1],
            strict=True,
        )
    )
    assert ProgressUpdate.objects.count() == 28
    agenda.refresh_from_db()
    assert agenda.introduction.startswith("Background note")


def test_unknown_agency_is_added_on_the_spot_or_kept_as_text(signed_in):
    paste(signed_in, "1. Learning\n1.1 Train [UNDP, NOVA]\n1.2 Learn [MOVA]")
    key = signed_in.get(ADDRESS).context["pasted"].questions[0].key
    signed_in.post(ADDRESS, {"answer": f"{key}=add", "name-NOVA": "New Organisation"})
    page = answer(signed_in, "keep")
    signed_in.post(ADDRESS, {"do": "add", "version": page.context["pasted"].version})

    train, learn = ActionPoint.objects.in_order()
    assert [agency.acronym for agency in personas.leads(train)] == ["NOVA", "UNDP"]
    assert Agency.objects.get(acronym="NOVA").name == "New Organisation"
    assert (personas.leads(learn), learn.description) == ([], "[MOVA]")
    assert not Agency.objects.filter(acronym="MOVA").exists()


@pytest.mark.parametrize(
    ("words", "leads", "unknown", "title"),
    [
        ("Train [UNDP and UNSSC]", "UNDP UNSSC", "", "Train"),
        ("Train (UNDP/UNSSC)", "UNDP UNSSC", "", "Train"),
        ("Train (Lead: UNDP, NOVA)", "UNDP", "NOVA", "Train"),
        ("Train (lead agencies: UNSSC; UNDP).", "UNSSC UNDP", "", "Train"),
        ("Train\nLead: UNSSC", "UNSSC", "", "Train"),
        ("Train (like the UNDP Europe Region)", "", "", "Train (like the UNDP Europe Region)"),
        ("Train the Development Programme (UNDP)", "", "", "Train the Development Programme (UNDP)"),
        (
            "Train [see the annex, which says more about this]",
            "",
            "",
            "Train [see the annex, which says more about this]",
        ),
    ],
)
def test_leads_are_read_where_they_are_certain(agenda, words, leads, unknown, title):
    (point,) = understand(agenda, f"1. One\n1.1 {words}", {}, timezone.localdate()).points

    assert [agency.acronym for agency in point.leads] == leads.split()
    assert [agency.acronym for agency in point.unknown_leads] == unknown.split()
    assert (point.title, point.description) == (title, "")


@pytest.mark.parametrize("name", ["x" * 201, "a\x07b"])
def test_agency_that_cannot_be_stored_is_refused_and_the_text_kept(signed_in, name):
    paste(signed_in, "1. Learning\n1.1 Train [NOVA]")

    refused = signed_in.post(ADDRESS, {"answer": "agency:nova=add", "name-NOVA": name})

    assert refused.status_code == 400
    assert "1.1 Train" in text(refused)
    assert not Agency.objects.filter(acronym="NOVA").exists()


@pytest.mark.parametrize(
    "sent", [{"answer": "x=y"}, {"all": "point:"}, {"answer": "agency:nova=drop"}, {"do": "?"}, {}]
)
def test_answer_to_no_question_changes_nothing(signed_in, sent):
    paste(signed_in, "1. Learning\n1.1 Train [NOVA]")

    response = signed_in.post(ADDRESS, sent, follow=True)

    assert "This question was already answered." in text(response)
    assert PastedText.objects.get().answers == {}


def test_changed_agenda_is_shown_again_before_anything_is_added(signed_in, agenda):
    version = paste(signed_in, TEXT).context["pasted"].version
    Issue.objects.create(agenda=agenda, number=2, title="Resources")

    overtaken = signed_in.post(ADDRESS, {"do": "add", "version": version})

    assert overtaken.status_code == 409
    assert "Nothing was added. Check it again, then continue." in text(overtaken)
    assert "2 Resources already in the agenda" in text(overtaken)
    assert not ActionPoint.objects.exists()


def test_text_that_somebody_else_saved_is_not_overwritten_unnoticed(signed_in, client, admin):
    form = paste(signed_in, TEXT) and signed_in.get(f"{ADDRESS}?edit=1").context["form"]
    read = {"version": form["version"].value()}
    paste(personas.sign_in(client, admin), f"{TEXT}\n2.2 From the admin")

    refused = signed_in.post(ADDRESS, read | {"text": f"{TEXT}\n2.2 Mine"})

    assert refused.status_code == 409
    assert refused.context["form"]["text"].value().endswith("2.2 Mine")
    assert PastedText.objects.get().text.endswith("2.2 From the admin")


def test_existing_issue_gets_the_pasted_action_points(signed_in, agenda):
    personas.action_point(personas.issue(agenda, number=1, title="Sharing"), 1)

    add(signed_in, "1. sharing\n1.2 Second\n1.3 Third")
    add(signed_in, "1.4 Fourth, without its issue")

    assert list(ActionPoint.objects.in_order().values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Issue.objects.get().title == "Sharing"


@pytest.mark.parametrize(
    ("pasted", "error"),
    [
        ("Issue 1. One\n- A\nIssue 1. Again\n- B", "Line 3: Issue 1 is in the text twice."),
        ("1. One\n1.1 A\n1.1 B", "Line 3: The agenda already has an action point 1.1."),
        ("3.1 Nowhere", "Line 1: The agenda has no issue 3. Write it above its action points."),
        ("7. Another\n7.1 A", "Line 2: The agenda already has an action point 7.1."),
        ("7. Renamed\n7.2 A", "Line 1: The agenda already has an issue 7, “Another”."),
        ("7. Another\nNew words\n7.2 A", "Line 1: The agenda already has issue 7. Edit its text on its own page"),
        ("1. One\n1.0 A", "Line 2: Numbers begin at 1."),
        ("0. One\n0.1 A", "Line 1: Numbers begin at 1."),
        ("1. One\n1.1 \u3164\u2800 [UNDP]", "Line 2: The title consists of characters that nobody can see."),
        ("Only words\n\nand words", "No issue and no action point was found."),
        ("1. One\n1.1 A\x07", "cannot be stored"),
        ("1. One\n1.1 A\x00", "Null characters are not allowed."),
        ("", "This is needed"),
        ("   ", "No issue and no action point was found"),
        ("x" * 200_001, "at most 200000 characters"),
        ("\n" * 10_000, "The text has 10001 lines; at most 10000 are possible."),
        ("1. One\n1.1 A\nUNDP, March 2006: " + "x" * 20_001, "at most 20000 are possible. Shorten it."),
    ],
)
def test_invalid_text_is_kept_with_errors_for_its_lines(signed_in, agenda, pasted, error):
    personas.action_point(personas.issue(agenda, number=7, title="Another"), 1)

    response = signed_in.post(ADDRESS, {"text": pasted})

    assert response.status_code == 400
    assert error in text(response)
    assert response.context["form"]["text"].value() == pasted
    assert (Issue.objects.count(), ActionPoint.objects.count()) == (1, 1)


def test_agenda_takes_2000_action_points_at_most(signed_in, agenda):
    lines = [f"{issue}. Issue\n" + "\n".join(f"{issue}.{n} A" for n in range(1, 668)) for issue in (1, 2, 3)]

    pasted = understand(agenda, "\n".join(lines), {}, timezone.localdate())

    assert pasted.errors == [f"An agenda has at most {MAX_ACTION_POINTS} action points. Leave some of them out."]


def test_long_titles_end_at_a_word_and_the_whole_text_is_kept(agenda):
    words = "Train " + "staff " * 60
    pasted = understand(agenda, f"1. One\n1.1 {words}", {}, timezone.localdate())

    (point,) = pasted.points
    assert (len(point.title) <= 200, point.title.endswith("staff…"), point.description) == (True, True, words.strip())


def test_text_of_a_signed_out_person_is_restored_after_signing_in(client, agenda, coordinator):
    client.post(ADDRESS, {"text": TEXT})

    page = personas.sign_in(client, coordinator).get(ADDRESS)

    assert page.context["form"]["text"].value().strip() == TEXT.strip()


def test_agenda_page_links_to_pasting_for_coordinators_until_it_is_closed(client, signed_in, agenda, focal_point):
    assert ADDRESS in signed_in.get("/agendas/2026/").text
    Agenda.objects.update(state="closed")
    assert (signed_in.get(ADDRESS).status_code, ADDRESS in signed_in.get("/agendas/2026/").text) == (403, False)
    Agenda.objects.update(state="open")
    assert ADDRESS not in personas.sign_in(client, focal_point).get("/agendas/2026/").text


@pytest.mark.parametrize("points", [1, 30])
def test_understanding_needs_three_queries(agenda, django_assert_num_queries, points):
    pasted = "1. One\n" + "\n".join(f"1.{n} A [UNDP]" for n in range(1, points + 1))

    with django_assert_num_queries(3):
        understand(agenda, pasted, {}, timezone.localdate())


@pytest.mark.parametrize(
    ("state", "agreed_on", "since", "is_added"),
    [("open", "2020-05", None, True), ("draft", "2020-05", "2020-05", False), ("draft", None, None, False)],
)
def test_pasted_agencies_lead_from_the_agreement_of_a_draft_otherwise_from_today(
    signed_in, state, agreed_on, since, is_added
):
    Agenda.objects.update(state=state, agreed_on=agreed_on)

    add(signed_in, "1. Learning\n1.1 Joint training [UNDP, undp, UNSSC]")

    point, today = ActionPoint.objects.get(), timezone.localdate()
    since = PartialDate.parse(since or today.isoformat())
    assert [(part.agency.acronym, part.since) for part in point.parts] == [("UNDP", since), ("UNSSC", since)]
    assert point.added_on == (today if is_added else None)


def test_action_point_added_to_an_open_agenda_is_not_due_at_once(signed_in, focal_point):
    add(signed_in, "1. Learning\n1.1 Joint training [UNDP]")

    assert "Needs attention" not in text(signed_in.get("/agendas/2026/1.1/"))


def test_long_text_is_read_in_pages_that_stay_small(signed_in):
    lines = "\n".join(
        f"1.{n} Train the staff of the offices in the regions, with partners [UNDP]" for n in range(1, 901)
    )

    page = paste(signed_in, f"1. One\n{lines}")

    assert page.context["page"].page.paginator.num_pages == 30
    assert "1.30 Train" in text(page)
    assert "1.31 Train" not in text(page)
    assert len(page.content) < 200_000


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_example_on_the_page_is_understood_in_each_language(agenda, language):
    with translation.override(language):
        page = render_to_string("setup/paste_form.html", {"agenda": agenda, "form": {}})
        example = unescape(re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)[0])

        pasted = understand(agenda, example, {}, timezone.localdate())

    assert (len(pasted.issues), len(pasted.points), pasted.questions) == (1, 2, [])
    [update] = pasted.points[0].updates
    assert [agency.acronym for agency in update.facts.agencies] == ["UNSSC"]
    assert update.facts.reported == PartialDate.month(2006, 3)


@pytest.mark.parametrize(
    "source", ["(UNSSC, March 2006)", "（UNSSC，2006年3月）", "【UNSSC、2006年3月】", "(UNSSC، مارس 2006)"]
)
def test_source_of_an_update_may_have_brackets_and_commas_of_any_script(agenda, source):
    pasted = understand(agenda, f"1. Reform\n1.1 Rules\nA course took place. {source}", {}, timezone.localdate())

    [update] = pasted.points[0].updates
    assert ([agency.acronym for agency in update.facts.agencies], update.facts.reported) == (
        ["UNSSC"],
        PartialDate.month(2006, 3),
    )
