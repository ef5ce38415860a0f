"""The list as a table that one works in: tabs, filters that say their value, what each row offers, and the way back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from actions.lists.models import SavedView
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text

LIST = "/agendas/2026/action-points/"


@pytest.fixture
def points(focal_point):
    """Nobody's; due at UNDP; UNDP up to date; joint, with an answer "no progress" of FAO and an update due at UNDP."""
    points = [personas.action_point(number=number) for number in (1, 2, 3, 4)]
    for point in points[1:]:
        personas.lead(point, focal_point.agency)
    personas.lead(points[3], personas.agency("FAO"), persons=[personas.person("fao@example.org")])
    personas.update(points[2], agency=focal_point.agency, now=timezone.now())
    personas.update(points[3], agency=personas.agency("FAO"), status="no_progress", now=timezone.now())
    return points


def tabs(page):
    return [(tab.label, tab.query, tab.count, tab.is_current) for tab in page.context["tabs"]]


def actions(page):
    """The label and the address of what each part offers, by reference."""
    found = []
    for row in page.context["table"]:
        found += [
            (row.point.code, action and (action.label, action.address))
            for action in [part.action for part in row.parts]
        ]
    return found


def test_tabs_count_the_action_points_of_each_view(client, points, coordinator):
    SavedView.objects.create(person=coordinator, agenda=Agenda.objects.get(), name="June", query="issue=1&sort=status")
    personas.sign_in(client, coordinator)

    page = client.get(f"{LIST}?attention=any&sort=silence&page=1")

    assert tabs(page) == [
        ("All", "sort=silence", 4, False),
        ("Needs attention", "attention=any&sort=silence", 3, True),
        ("No one responsible", "attention=no_one_responsible&sort=silence", 1, False),
        ("Update due", "attention=update_due&sort=silence", 2, False),
        ("Milestone overdue", "attention=milestone_overdue&sort=silence", 0, False),
        ("No progress", "attention=no_progress&sort=silence", 1, False),
        ("June", "issue=1&sort=status", None, False),
    ]
    assert [client.get(f"{LIST}?{query}").context["total"] for _label, query, *_count in tabs(page)] == [
        4, 3, 1, 2, 0, 1, 4,
    ]  # fmt: skip
    assert tabs(client.get(f"{LIST}?issue=1&sort=status"))[-1] == ("June", "issue=1&sort=status", None, True)


def test_tabs_of_a_closed_agenda_have_no_reasons(client, points, coordinator):
    Agenda.objects.update(state="closed")

    page = personas.sign_in(client, coordinator).get(LIST)

    assert tabs(page) == [("All", "", 4, True)]


def test_rows_offer_a_coordinator_what_is_needed_most(client, points, coordinator):
    page = personas.sign_in(client, coordinator).get(f"{LIST}?issue=1&page=1")

    back = "&issue=1&page=1"
    assert actions(page) == [
        ("1.1", ("Assign", f"{LIST}changes/?kind=add_focal_point&points={points[0].pk}{back}")),
        ("1.2", ("Remind", f"{LIST}reminders/?points={points[1].pk}{back}")),
        ("1.3", ("Log progress", "/agendas/2026/1.3/updates/")),
        ("1.4", ("Open", "/agendas/2026/1.4/")),
        ("1.4", ("Remind", f"{LIST}reminders/?points={points[3].pk}{back}")),
    ]
    for _code, (_label, address) in actions(page):
        assert client.get(address).status_code == 200


def test_rows_offer_focal_points_their_own_parts(client, points, focal_point):
    page = personas.sign_in(client, focal_point).get(LIST)

    assert [(code, action and action[0]) for code, action in actions(page)] == [
        ("1.1", None),
        ("1.2", "Log progress"),
        ("1.3", "Log progress"),
        ("1.4", None),
        ("1.4", "Log progress"),
    ]
    assert "data-row-tick" not in page.text


@pytest.mark.parametrize("kind", ["visitor", "past date", "closed"])
def test_rows_offer_nothing_where_nothing_can_be_done(client, points, coordinator, kind):
    Agenda.objects.update(visible_to="everybody", state="closed" if kind == "closed" else "open")
    if kind != "visitor":
        personas.sign_in(client, coordinator)

    page = client.get(LIST + (f"?as_of={timezone.localdate() - timedelta(days=1)}" if kind == "past date" else ""))

    assert {action for _code, action in actions(page)} == {None}
    assert "data-row-tick" not in page.text
    assert 'class="list-action"' not in page.text


def test_rows_say_whom_a_reminder_would_ask(client, points, focal_point, coordinator):
    personas.sign_in(client, coordinator)

    asked = [row.asks for row in client.get(LIST).context["table"]]
    focal_point.wants_digests = False
    focal_point.save()

    fao = str(personas.User.objects.get(email="fao@example.org").pk)
    assert asked == ["", str(focal_point.pk), "", " ".join(sorted([str(focal_point.pk), fao], key=int))]
    assert [row.asks for row in client.get(LIST).context["table"]] == ["", "", "", fao]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Issue any", "Agency any", "Status any", "Needs attention any", "Last update any time"]),
        ("issue=1", ["Issue 1. Short", "Agency any"]),
        ("agency=UNDP&q=action", ["Agency UNDP", "Issue any"]),
        ("status=under_way&status=exploring", ["Status Exploring, Under way"]),
        ("attention=update_due", ["Needs attention Update due"]),
        ("silent_for=30", ["Last update 30 days or more ago"]),
        ("reported_from=2026-03-01", ["Last update 1 March 2026 –"]),
        ("reported_from=2026-03-01&reported_to=2026-05-31", ["Last update 1 March 2026 – 31 May 2026"]),
        ("owner=nobody&due_to=2026-05-31", ["More no one, 31 May 2026"]),
    ],
)
def test_filters_say_their_value(client, points, coordinator, query, shown):
    personas.issue(short_title="Short")
    personas.issue().__class__.objects.update(short_title="Short")

    page = personas.sign_in(client, coordinator).get(f"{LIST}?{query}")

    assert [words for words in shown if words not in text(page)] == []
    assert ("Clear filters" in text(page)) == bool(query)


def test_menus_and_forms_keep_the_other_filters(client, points, coordinator):
    query = "q=action&issue=1&status=exploring&columns=owner&sort=status"
    page = personas.sign_in(client, coordinator).get(f"{LIST}?{query}&page=1")

    line = page.context["filter_line"]
    assert {choice.label: choice.query for choice in line.agency.choices}["UNDP"] == f"{query}&agency=UNDP"
    assert line.issue.choices[0].query == "q=action&status=exploring&columns=owner&sort=status"
    assert line.hidden == [("columns", "owner"), ("sort", "status"), ("issue", "1")]
    assert line.clear == "columns=owner&sort=status"


def test_action_point_leads_back_to_the_list_that_was_seen_last(client, points, coordinator):
    personas.sign_in(client, coordinator)
    for query in ("?owner=nobody&page=1", "?status=under_way&columns=owner&q=a+%22b%22%3B", ""):
        client.get(LIST + query)
        client.get("/agendas/2026/1.3/updates/")

        page = client.get("/agendas/2026/1.3/").text

        assert f'href="{LIST}{query.replace("&", "&amp;")}#point-1.3"' in page
        assert 'id="point-1.3"' in client.get(LIST).text


def test_faulty_list_is_not_remembered(client, points, coordinator):
    personas.sign_in(client, coordinator)
    client.get(f"{LIST}?owner=nobody")
    client.get(f"{LIST}?owner=foo")

    assert f'href="{LIST}?owner=nobody#point-1.3"' in client.get("/agendas/2026/1.3/").text


def test_joint_action_point_has_a_row_for_each_part(client, points, coordinator):
    page = personas.sign_in(client, coordinator).get(LIST).text
    row = page[page.index('id="point-1.4"') :].partition("</tbody>")[0]

    assert row.count("<tr>") == 2
    assert re.findall(r'rowspan="(\d)"', row) == ["2", "2", "2"]
    assert [row.count(word) for word in ("data-row-tick", "data-row-open", "list-action", "list-status")] == [
        1,
        1,
        2,
        2,
    ]
