"""An agenda as it was written down becomes issues and action points."""

import pytest

from actions.models import ActionPoint
from actions.outline import LIMIT, plan
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import text

OUTLINE = "/agendas/2026/outline/"
WRITTEN = """
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


def add(client, words):
    """What is added without the text being changed in between."""
    shown = client.post(OUTLINE, {"text": words})
    return client.post(OUTLINE, {"text": words, "plan": shown.context["plan"].fingerprint})


def test_text_becomes_issues_and_action_points(signed_in, coordinator):
    answer = add(signed_in, WRITTEN)

    assert (answer.status_code, answer.url) == (302, "/agendas/2026/")
    first, second = Issue.objects.order_by("number")
    assert (first.number, first.title) == (1, "Better information sharing")
    assert first.rationale == "Networks know more than any of their members.\n\nThey say so seldom."
    assert (second.title, second.rationale) == ("Resources", "")
    training, newsletter, fund = ActionPoint.objects.in_order()
    assert (training.reference, training.title) == ("2026/1.1", "Joint training for staff")
    assert training.description == "What is to be *done*."
    assert sorted(agency.acronym for agency in training.lead_agencies.all()) == ["UNDP", "UNSSC"]
    assert (newsletter.reference, newsletter.title) == ("2026/1.2", "A newsletter")
    assert fund.reference == "2026/2.1"
    assert {row.history_user for row in training.history.all()} == {coordinator}
    assert "Added: 2 issues, 3 action points." in text(signed_in.get("/agendas/2026/"))
    assert "Joint training for staff" in text(signed_in.get("/agendas/2026/action-points/"))


def test_nothing_is_added_before_it_was_shown(signed_in):
    shown = signed_in.post(OUTLINE, {"text": WRITTEN})

    assert shown.status_code == 200
    page = text(shown)
    assert "Would be added: 2 issues, 3 action points" in page
    assert "2026/1.1 Joint training for staff" in page
    assert "Lead agencies: unssc, UNDP" in page
    assert "<em>done</em>" in shown.text
    assert not Issue.objects.exists()


def test_what_was_changed_since_is_shown_again(signed_in, agenda):
    seen = signed_in.post(OUTLINE, {"text": WRITTEN}).context["plan"].fingerprint
    changed = signed_in.post(OUTLINE, {"text": f"{WRITTEN}\n2.2 More", "plan": seen})
    Issue.objects.create(agenda=agenda, number=2, title="Resources")
    overtaken = signed_in.post(OUTLINE, {"text": WRITTEN, "plan": seen})

    assert (changed.status_code, overtaken.status_code) == (409, 409)
    assert "Nothing was added. Look again." in text(changed)
    assert "2.2 More" in changed.text
    assert "2. Resources is there already" in text(overtaken)
    assert not ActionPoint.objects.exists()


def test_action_points_are_added_to_an_issue_that_is_there(signed_in, agenda):
    personas.action_point(personas.issue(agenda, number=1, title="Sharing"), 1)

    add(signed_in, "1. sharing\n1.2 Second\n1.3 Third")
    add(signed_in, "1.4 Fourth, without its issue")

    assert list(ActionPoint.objects.in_order().values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Issue.objects.get().title == "Sharing"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("Some words first\n1. One", "Line 1: This belongs to no issue and no action point."),
        ("\n\nWords", "Line 3: This belongs to no issue"),
        ("1. One\n1. Again", "Line 2: Issue 1 stands in the text twice."),
        ("1. One\n1.1 A\n1.1 B", "Line 3: There is an action point 1.1 already."),
        ("3.1 Nowhere", "Line 1: There is no issue 3. Write it above its action points."),
        ("7. Another\n7.1 A", "Line 2: There is an action point 7.1 already."),
        ("7. Renamed", "Line 1: Issue 7 is there already, as “Another”."),
        ("7. Another\nNew words", "Line 1: Issue 7 is there already: word it on its own page"),
        ("1. One\n1.1 A [UNDP, WHOEVER]", "Line 2: There is no agency “WHOEVER”."),
        ("1. One\n1.0 A", "Line 2: Numbers begin at 1."),
        ("0. One", "Line 1: Numbers begin at 1."),
        (f"1. {'x' * 201}", "Line 1: The title has 201 characters, of at most 200."),
        ("1. One\n" + "\n".join(f"1.{n} A" for n in range(1, LIMIT + 2)), f"At most {LIMIT} action points"),
        ("1. One\n1.1 A\x07", "cannot be stored"),
        ("", "This is needed"),
        ("   ", "No issue and no action point was found"),
    ],
)
def test_what_cannot_be_added_is_said_with_its_line_and_the_text_kept(signed_in, agenda, words, complaint):
    personas.action_point(personas.issue(agenda, number=7, title="Another"), 1)

    answer = signed_in.post(OUTLINE, {"text": words, "plan": "x"})

    assert answer.status_code == 400
    assert complaint in text(answer)
    assert answer.context["form"]["text"].value() == words
    assert (Issue.objects.count(), ActionPoint.objects.count()) == (1, 1)


def test_issue_below_its_action_points_is_found(agenda):
    found = plan(agenda, "1.1 First\n1. Title")

    assert (found.complaints, found.issues[0].title, found.points) == ([], "Title", 1)


def test_numbers_within_sentences_begin_nothing(agenda):
    found = plan(agenda, "1. One\n2005 was a year.\n30 people came\n1.1 A\nOn 3.5 pages.")

    assert [issue.number for issue in found.issues] == [1]
    assert found.issues[0].rationale == "2005 was a year.\n30 people came"
    assert found.issues[0].points[0].description == "On 3.5 pages."


def test_text_of_who_was_signed_out_is_back(client, agenda, coordinator):
    client.post(OUTLINE, {"text": WRITTEN})

    page = personas.sign_in(client, coordinator).get(OUTLINE)

    assert page.context["form"]["text"].value().strip() == WRITTEN.strip()


def test_page_of_the_agenda_leads_there_for_coordinators_while_it_is_not_closed(client, signed_in, agenda, focal_point):
    assert OUTLINE in signed_in.get("/agendas/2026/").text
    Agenda.objects.update(state="closed")
    assert OUTLINE not in signed_in.get("/agendas/2026/").text
    Agenda.objects.update(state="open")
    assert OUTLINE not in personas.sign_in(client, focal_point).get("/agendas/2026/").text


@pytest.mark.parametrize("points", [1, 30])
def test_plan_costs_three_queries(agenda, django_assert_num_queries, points):
    words = "1. One\n" + "\n".join(f"1.{n} A [UNDP]" for n in range(1, points + 1))

    with django_assert_num_queries(3):
        plan(agenda, words)
