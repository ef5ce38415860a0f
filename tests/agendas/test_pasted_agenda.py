"""Tests of pasted agendas: parsing, preview and adding."""

import pytest
from django.utils import timezone

from actions.agendas.pasted_agenda import MAX_ACTION_POINTS, parse_agenda
from actions.models import ActionPoint
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate

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


def add(client, pasted):
    """Preview the text, then add what was previewed."""
    preview = client.post(ADDRESS, {"text": pasted})
    return client.post(ADDRESS, {"text": pasted, "version": preview.context["pasted"].version})


def test_pasted_agenda_becomes_issues_and_action_points(signed_in, coordinator):
    answer = add(signed_in, TEXT)

    assert (answer.status_code, answer.url) == (302, "/agendas/2026/")
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


def test_preview_adds_nothing(signed_in):
    preview = signed_in.post(ADDRESS, {"text": TEXT})

    assert preview.status_code == 200
    page = text(preview)
    assert "To be added: 2 issues, 3 action points" in page
    assert "2026/1.1 Joint training for staff" in page
    assert "Lead agencies: unssc, UNDP" in page
    assert "<em>done</em>" in preview.text
    assert not Issue.objects.exists()


def test_changed_text_or_agenda_is_previewed_again(signed_in, agenda):
    previewed = signed_in.post(ADDRESS, {"text": TEXT}).context["pasted"].version
    changed = signed_in.post(ADDRESS, {"text": f"{TEXT}\n2.2 More", "version": previewed})
    Issue.objects.create(agenda=agenda, number=2, title="Resources")
    overtaken = signed_in.post(ADDRESS, {"text": TEXT, "version": previewed})

    assert (changed.status_code, overtaken.status_code) == (409, 409)
    assert "Nothing was added. Check the new preview" in text(changed)
    assert "2.2 More" in changed.text
    assert "2. Resources already in the agenda" in text(overtaken)
    assert not ActionPoint.objects.exists()


def test_existing_issue_gets_the_pasted_action_points(signed_in, agenda):
    personas.action_point(personas.issue(agenda, number=1, title="Sharing"), 1)

    add(signed_in, "1. sharing\n1.2 Second\n1.3 Third")
    add(signed_in, "1.4 Fourth, without its issue")

    assert list(ActionPoint.objects.in_order().values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Issue.objects.get().title == "Sharing"


@pytest.mark.parametrize(
    ("pasted", "error"),
    [
        ("Some words first\n1. One", "Line 1: This belongs to no issue and no action point."),
        ("\n\nWords", "Line 3: This belongs to no issue"),
        ("1. One\n1. Again", "Line 2: Issue 1 is in the text twice."),
        ("1. One\n1.1 A\n1.1 B", "Line 3: The agenda already has an action point 1.1."),
        ("3.1 Nowhere", "Line 1: The agenda has no issue 3. Write it above its action points."),
        ("7. Another\n7.1 A", "Line 2: The agenda already has an action point 7.1."),
        ("7. Renamed", "Line 1: The agenda already has an issue 7, “Another”."),
        ("7. Another\nNew words", "Line 1: The agenda already has issue 7. Edit its text on its own page"),
        ("1. One\n1.1 A [UNDP, NOBODY]", "Line 2: The directory has no agency “NOBODY”."),
        ("1. One\n1.0 A", "Line 2: Numbers begin at 1."),
        ("0. One", "Line 1: Numbers begin at 1."),
        ("1. \u200b", "Line 1: The title consists of characters that nobody can see."),
        ("1. One\n1.1 \u3164\u2800 [UNDP]", "Line 2: The title consists of characters that nobody can see."),
        (f"1. {'x' * 201}", "Line 1: The title has 201 characters; at most 200 are possible."),
        (
            "1. One\n" + "\n".join(f"1.{n} A" for n in range(1, MAX_ACTION_POINTS + 2)),
            f"At most {MAX_ACTION_POINTS} action points",
        ),
        ("1. One\n1.1 A\x07", "cannot be stored"),
        ("", "This is needed"),
        ("   ", "No issue and no action point was found"),
    ],
)
def test_invalid_text_is_kept_with_errors_for_its_lines(signed_in, agenda, pasted, error):
    personas.action_point(personas.issue(agenda, number=7, title="Another"), 1)

    answer = signed_in.post(ADDRESS, {"text": pasted, "version": "x"})

    assert answer.status_code == 400
    assert error in text(answer)
    assert answer.context["form"]["text"].value() == pasted
    assert (Issue.objects.count(), ActionPoint.objects.count()) == (1, 1)


def test_issue_may_follow_its_action_points(agenda):
    pasted = parse_agenda(agenda, "1.1 First\n1. Title")

    assert (pasted.errors, pasted.issues[0].title, pasted.action_point_count) == ([], "Title", 1)


def test_numbers_in_sentences_do_not_start_an_issue(agenda):
    pasted = parse_agenda(agenda, "1. One\n2005 was a year.\n30 people came\n1.1 A\nOn 3.5 pages.")

    assert [issue.number for issue in pasted.issues] == [1]
    assert pasted.issues[0].rationale == "2005 was a year.\n30 people came"
    assert pasted.issues[0].action_points[0].description == "On 3.5 pages."


def test_text_of_a_signed_out_person_is_restored_after_signing_in(client, agenda, coordinator):
    client.post(ADDRESS, {"text": TEXT})

    page = personas.sign_in(client, coordinator).get(ADDRESS)

    assert page.context["form"]["text"].value().strip() == TEXT.strip()


def test_agenda_page_links_to_pasting_for_coordinators_until_it_is_closed(client, signed_in, agenda, focal_point):
    assert ADDRESS in signed_in.get("/agendas/2026/").text
    Agenda.objects.update(state="closed")
    assert ADDRESS not in signed_in.get("/agendas/2026/").text
    Agenda.objects.update(state="open")
    assert ADDRESS not in personas.sign_in(client, focal_point).get("/agendas/2026/").text


@pytest.mark.parametrize("points", [1, 30])
def test_parse_agenda_needs_three_queries(agenda, django_assert_num_queries, points):
    pasted = "1. One\n" + "\n".join(f"1.{n} A [UNDP]" for n in range(1, points + 1))

    with django_assert_num_queries(3):
        parse_agenda(agenda, pasted)


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


def test_preview_shows_action_points_without_a_lead(signed_in):
    shown = text(signed_in.post(ADDRESS, {"text": "1. Learning\n1.1 Joint training [UNDP]\n1.2 A newsletter"}))

    assert shown.index("Lead agencies: UNDP") < shown.index("Lead agencies: no one named")
