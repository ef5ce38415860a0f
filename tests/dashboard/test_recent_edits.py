"""Tests of recent edits: additions, changes and removals since a date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from actions import responsibilities
from actions.dashboard import recent_edits
from actions.dashboard.changes import changes
from actions.models import ActionPoint, Milestone, Responsibility
from issues.models import Agenda, Issue
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate
from tracker.people.models import User

SINCE = date(2026, 4, 1)
LONG_AGO = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEADS_CHANGED = [
    ("Lead agencies", "UNDP since 1 January 2020", "FAO since 1 January 2020, ILO since 1 January 2020"),
    ("UNDP: led until", "", "1 January 2020"),
]
PAGE = f"/agendas/2026/changes/?since={SINCE}"


def date_history_before(*things):
    """Date their history so far before the day, that of an action point with its responsibilities."""
    for thing in things:
        type(thing).history.filter(id=thing.pk).update(history_date=LONG_AGO)
        if isinstance(thing, ActionPoint):
            Responsibility.history.filter(action_point=thing.pk).update(history_date=LONG_AGO)


def edits(*, with_people=True):
    reader = User(email="reader@example.org") if with_people else AnonymousUser()
    return changes(personas.agenda(), SINCE, reader, {}, []).edits


def changes_of(shown):
    return [
        (edit.row.title, [(one.label, one.before, one.after) for one in edit.changes]) for edit, _thing in shown.rows
    ]


@pytest.fixture
def point(db):
    point = personas.action_point()
    personas.lead(point, personas.agency("UNDP"))
    date_history_before(point, point.issue)
    return point


def test_added_issues_and_action_points_are_shown_with_their_owners(client, point, focal_point):
    added = personas.action_point(personas.issue(number=2, title="Training"), 3, title="Joint course")
    personas.lead(added, personas.agency("FAO"))

    page = personas.sign_in(client, focal_point).get(PAGE)

    recent = page.context["changes"].edits
    assert [(edit.row.title, thing) for edit, thing in recent.added_issues.rows] == [("Training", added.issue)]
    assert [(edit.row.title, thing) for edit, thing in recent.added_points.rows] == [("Joint course", added)]
    assert changes_of(recent.points) == []
    assert "Action points added 2026/2.3 Joint course FAO" in text(page)
    assert {added.get_absolute_url(), added.issue.get_absolute_url()} <= links(page)


def test_edited_action_point_shows_wording_and_owners_before_and_after(point):
    point.title = "Another title"
    point.save()
    personas.set_leads(point, *[personas.agency("FAO"), personas.agency("ILO")])

    assert changes_of(edits().points) == [
        ("Another title", [("Title", "Action point 1", "Another title"), *LEADS_CHANGED])
    ]


def test_changes_of_parts_alone_are_shown(client, point, focal_point):
    personas.assign(point, focal_point)
    personas.pause(point, date(2099, 1, 1), "Elections.")

    page = personas.sign_in(client, focal_point).get(PAGE)

    assert changes_of(page.context["changes"].edits.points) == [
        (
            "Action point 1",
            [
                ("UNDP: focal points", "", focal_point.name_with_role),
                ("UNDP: reminders paused until", "", "1 January 2099"),
                ("UNDP: reason for the pause", "", "Elections."),
            ],
        )
    ]
    assert point.get_absolute_url() in links(page)


def test_unchanged_parts_are_in_neither_side(point):
    personas.lead(point, personas.agency("FAO"), since=date(2026, 4, 1))

    assert changes_of(edits().points) == [
        (
            "Action point 1",
            [("Lead agencies", "UNDP since 1 January 2020", "FAO since 1 April 2026, UNDP since 1 January 2020")],
        )
    ]


def test_reverted_edits_are_not_shown(point):
    personas.lead(point, personas.agency("FAO"))
    responsibilities.end_lead(point, personas.agency("FAO"), until=date(2026, 4, 2))
    gone = personas.milestone(point)
    gone.delete()
    ActionPoint.objects.get(pk=personas.action_point(number=2).pk).delete()

    assert edits().groups == []


def test_edited_issue_is_shown(client, point, focal_point):
    point.issue.title = "Another theme"
    point.issue.save()

    page = personas.sign_in(client, focal_point).get(PAGE)

    assert "Issues edited 1. Another theme Title Issue 1 → became Another theme" in text(page)


def test_milestones_are_shown_when_added_moved_done_and_removed(client, point, focal_point):
    moved, done, gone = (personas.milestone(point, title=title, due="2026-05") for title in ("Moved", "Done", "Gone"))
    date_history_before(moved, done, gone)
    moved.due = PartialDate.parse("2026-06")
    moved.save()
    done.mark_done(PartialDate.parse("2026-04-30"))
    gone.remove(by=focal_point, reason="Twice the same.")
    personas.milestone(point, title="Added", due="2027")

    page = personas.sign_in(client, focal_point).get(PAGE)

    assert {edit.row.title: changes for (edit, _), (_, changes) in _milestones(page)} == {
        "Moved": [("Due", "May 2026", "June 2026")],
        "Done": [("Done on", "", "30 April 2026")],
        "Gone": [],
        "Added": [],
    }
    words = text(page)
    assert "2026/1.1 Added added due 2027" in words
    assert "2026/1.1 Done done Done on nothing → became 30 April 2026" in words
    assert "2026/1.1 Gone removed due May 2026" in words
    assert f"{focal_point.name_with_role} · Twice the same." in words
    assert f"{point.get_absolute_url()}#milestones" in links(page)


def _milestones(page):
    shown = page.context["changes"].edits.milestones
    return zip(shown.rows, changes_of(shown), strict=True)


def test_removed_action_point_is_shown_without_a_link(client, point, focal_point):
    point.responsibilities.all().delete()
    point.delete()

    page = personas.sign_in(client, focal_point).get(PAGE)

    assert "Action points edited Action point 1 removed" in text(page)


def test_edit_without_earlier_history_is_marked(client, point, focal_point):
    point.history.all().delete()
    point.title = "Another title"
    point.save()

    page = personas.sign_in(client, focal_point).get(PAGE)

    assert "Another title edited; the earlier value was not recorded" in text(page)


def test_names_are_hidden_from_visitors(client, point, focal_point, coordinator):
    point._history_user = coordinator
    personas.assign(point, focal_point)
    personas.pause(point, timezone.localdate() + timedelta(days=9), "Waits for Ann.")
    gone = personas.milestone(point)
    date_history_before(gone)
    gone.remove(by=coordinator, reason="Ann agreed.")
    added = personas.action_point(number=2)
    added.history.update(history_user=coordinator)
    Agenda.objects.update(visible_to="everybody")

    visitors = text(client.get(PAGE))
    peoples = text(personas.sign_in(client, focal_point).get(PAGE))

    private = (focal_point.name, coordinator.name, "Waits for Ann.", "Ann agreed.")
    assert [words in visitors for words in private] == [False] * 4
    assert [words in peoples for words in private] == [True] * 4
    assert "UNDP: focal points nothing → became focal points assigned" in visitors


def test_edits_of_another_agenda_and_before_the_date_are_not_shown(point):
    personas.action_point(personas.issue(personas.agenda("2027")))
    personas.milestone(ActionPoint.objects.exclude(pk=point.pk).get())

    assert edits().groups == []


def test_action_point_that_moved_to_another_agenda_is_not_shown(point):
    point.title = "Another title"
    point.save()
    point.issue = personas.issue(personas.agenda("2027", state=Agenda.State.DRAFT), title="Not for all")
    point.save()

    assert edits().points.rows == []


def test_edits_are_sorted_by_newest_day_then_reference(point):
    earlier = personas.action_point(number=2)
    earlier.history.update(history_date=LONG_AGO + timedelta(days=60))
    for number in (4, 3):
        personas.action_point(number=number)

    assert [thing.number for _edit, thing in edits().added_points.rows] == [3, 4, 2]


def test_long_lists_are_cut_with_a_note(client, point, focal_point, monkeypatch):
    for number in (2, 3, 4):
        personas.action_point(number=number)
    personas.sign_in(client, focal_point)
    assert "The newest 100 are shown." not in text(client.get(PAGE))

    monkeypatch.setattr(recent_edits, "SHOWN", 2)
    monkeypatch.setattr(recent_edits, "MAX_READ", 2)
    response = client.get(PAGE)

    assert [thing.number for _edit, thing in response.context["changes"].edits.added_points.rows] == [3, 4]
    assert "only the newest ones were read" in text(response)

    monkeypatch.setattr(recent_edits, "MAX_READ", 3)
    assert "The newest 100 are shown." in text(client.get(PAGE))


@pytest.mark.parametrize("rows", [1, 3])
def test_recent_edits_have_a_fixed_number_of_queries(client, point, focal_point, django_assert_num_queries, rows):
    for number in range(2, 2 + rows):
        changed = personas.action_point(number=number)
        milestone = personas.milestone(changed)
        date_history_before(changed, milestone)
        personas.lead(changed, personas.agency("FAO"))
        milestone.mark_done(PartialDate.parse("2026-04"))
        added = personas.action_point(personas.issue(number=number), title="Added")
        personas.lead(added, personas.agency("ILO"))
    personas.sign_in(client, focal_point)
    client.get(PAGE)

    with django_assert_num_queries(23):
        client.get(PAGE)


def test_every_history_field_is_compared_or_excluded():
    """Fail for a new field until it is compared or listed here."""
    columns = {
        model: {field.name for field in model._meta.get_fields() if field.concrete and not field.auto_created}
        for model in (Issue, Milestone)
    }

    assert columns[Issue] - set(recent_edits._ISSUE) == {"agenda"}
    assert columns[Milestone] - set(recent_edits._MILESTONE) == {"action_point", "due_earliest", "due_latest"}


def test_edits_from_before_a_reader_could_read_the_agenda_are_hidden(client, coordinator, focal_point):
    agenda = personas.agenda()

    def at(day):
        month, number = day
        return datetime(2026, month, number, 12, tzinfo=UTC)

    def stand(day, **fields):
        for name, value in fields.items():
            setattr(agenda, name, value)
        agenda._history_date = at(day)  # type: ignore[attr-defined]
        agenda.save()

    def reword(point, day, title):
        point.title, point._history_date = title, at(day)
        point.save()

    agenda.history.all().delete()
    stand((3, 1), state="draft", visible_to="network")
    point = personas.action_point()
    gone = personas.action_point(number=2, title="Never agreed")
    date_history_before(point, gone, point.issue)
    reword(point, (4, 10), "As a draft")
    gone._history_date = at((4, 11))  # type: ignore[attr-defined]
    gone.delete()
    stand((4, 20), state="open")
    reword(point, (5, 1), "For the network")
    stand((5, 10), visible_to="everybody")
    reword(point, (5, 20), "For everybody")

    as_coordinator = text(personas.sign_in(client, coordinator).get(PAGE))
    as_focal_point = text(personas.sign_in(client, focal_point).get(PAGE))
    client.logout()
    as_visitor = text(client.get(PAGE))

    assert "Never agreed" in as_coordinator
    assert "Never agreed" not in as_focal_point + as_visitor
    assert "Action point 1" in as_coordinator
    assert "Action point 1" not in as_focal_point + as_visitor
    assert "As a draft" in as_focal_point  # what it was when it was opened
    assert "As a draft" not in as_visitor
    assert "For the network" in as_visitor
    assert "For everybody" in as_visitor
