"""Tests that edits made while an agenda was hidden from a reader are not shown to that reader in any page or file."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from actions.models import Responsibility
from actions.progress import correct, withdraw
from actions.responsibilities import end_lead
from issues.readable_history import ALWAYS, NEVER, readable_since
from tests import personas
from tracker.people.models import Role

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,  # test_past_model.py reads the history on each database
]
START = datetime(2026, 3, 1, 12, tzinfo=UTC)

PAGES = [
    "/agendas/2026/",
    "/agendas/2026/1.1/",
    "/agendas/2026/1.1/history/",
    "/agendas/2026/1.1/updates/1/",
    "/agendas/2026/issues/1/",
    "/agendas/2026/dashboard/",
    "/agendas/2026/1.1/updates/2/",
    "/agendas/2026/action-points/",
    "/agendas/2026/action-points.csv",
    "/agendas/2026/updates.csv",
    "/agendas/2026/milestones/",
    "/agendas/2026/note/",
    "/agendas/2026/note.md",
    "/agencies/WIPO/",
]


class Clock:
    """Save and delete things with history dates after START, each a day after the last."""

    def __init__(self) -> None:
        self.now = START
        self.turns = [START]
        """The moments at which all edits have been begun, and at which they have all been ended."""

    @property
    def days(self):
        """The days on which the pages may differ: the first one, that of each turn, and the last one."""
        return sorted({moment.date() for moment in [*self.turns, self.now]})

    def save(self, thing, **fields):
        self.now += timedelta(days=1)
        for name, value in fields.items():
            setattr(thing, name, value)
        thing._history_date = self.now
        thing.save()
        return thing

    def date_parts(self, point):
        """Date what was just changed in the responsibilities of an action point."""
        self.now += timedelta(days=1)
        recent = Responsibility.history.filter(action_point=point.pk, history_date__gt=START + timedelta(days=200))
        recent.update(history_date=self.now)

    def delete(self, thing):
        self.now += timedelta(days=1)
        thing._history_date = self.now
        thing.delete()


@pytest.fixture
def clock():
    return Clock()


def draft_agenda(clock, slug="2026"):
    """Create a draft agenda whose history begins as a draft."""
    agenda = personas.agenda(slug, state="draft")
    agenda.history.all().delete()
    return clock.save(agenda)


def date_creation(clock, thing):
    """Date the history of a new object to the next day of the clock."""
    clock.now += timedelta(days=1)
    thing.history.update(history_date=clock.now)
    return thing


# Each edit ends with what may be read. `play` begins all of them before it ends any, so that one day lies within all of them.


def reword_action_point(clock, point):
    clock.save(point, title="Hush title", description="Hush description")
    yield
    clock.save(point, title="Agreed title", description="Agreed description")


def reword_issue(clock, point):
    clock.save(point.issue, title="Hush issue", rationale="Hush because")
    yield
    clock.save(point.issue, title="Agreed issue", rationale="")


def reword_agenda(clock, point):
    clock.save(point.issue.agenda, title="Hush agenda")
    yield
    clock.save(point.issue.agenda, title="Agreed agenda")


def change_owners(clock, point):
    hush = personas.person("hush@example.org", name="Hush Person")
    personas.lead(point, personas.agency("ITU"), persons=[hush])
    personas.pause(point, date(2099, 1, 1), "Hush pause")
    clock.date_parts(point)
    yield
    personas.set_leads(point, personas.agency("UNDP"))
    clock.date_parts(point)


def end_a_lead(clock, point):
    """End a lead with a day that is after all days that the tests look at, so that only the history says that it ended before."""
    personas.lead(point, personas.agency("ITU"), persons=[personas.person("hush@example.org", name="Hush Person")])
    clock.date_parts(point)
    yield
    end_lead(point, personas.agency("ITU"), until=date(2026, 9, 1))
    clock.date_parts(point)


def reword_milestone(clock, point):
    milestone = date_creation(clock, personas.milestone(point, title="Hush milestone", due="2031"))
    yield
    clock.save(milestone, title="Agreed milestone")


def remove_milestone(clock, point):
    milestone = date_creation(clock, personas.milestone(point, title="Hush other milestone", due="2031"))
    yield
    clock.delete(milestone)


def remove_action_point(clock, point):
    other = date_creation(clock, personas.action_point(point.issue, 9, title="Hush other title"))
    yield
    clock.delete(other)


def remove_issue(clock, point):
    other = date_creation(clock, personas.issue(point.issue.agenda, 9, title="Hush other issue"))
    yield
    clock.delete(other)


def correct_update(clock, point):
    coordinator = personas.person("author@example.org", Role.COORDINATOR)
    update = personas.update(point, author=coordinator, now=clock.now, narrative="Hush update.")
    yield
    clock.now += timedelta(days=1)
    changed = personas.progress(narrative="Agreed update.")
    correct(update, changed, author=coordinator, now=clock.now)


def withdraw_update(clock, point):
    coordinator = personas.person("writer@example.org", Role.COORDINATOR)
    update = personas.update(point, author=coordinator, now=clock.now, narrative="Hush withdrawn.")
    yield
    clock.now += timedelta(days=1)
    withdraw(update, by=coordinator, reason="Hush mistake.", now=clock.now)


def play(clock, point, edits):
    begun = [edit(clock, point) for edit in edits]
    for _half in range(2):
        for edit in begun:
            next(edit, None)
        clock.turns.append(clock.now)


SECRETS = {
    reword_action_point: ["hush title", "hush description"],
    reword_issue: ["hush issue", "hush because"],
    change_owners: ["hush person", "hush pause", "itu since", "itu: led until"],
    reword_milestone: ["hush milestone"],
    remove_milestone: ["hush other milestone"],
    remove_action_point: ["hush other title"],
    remove_issue: ["hush other issue"],
    correct_update: ["hush update."],
    withdraw_update: ["hush withdrawn.", "hush mistake."],
}


def secrets_in(text):
    return [secret for secrets in SECRETS.values() for secret in secrets if secret in text]


ALL = [secret for secrets in SECRETS.values() for secret in secrets]


@pytest.fixture
def point(clock):
    agenda = draft_agenda(clock)
    return date_creation(clock, personas.action_point(date_creation(clock, personas.issue(agenda))))


def read_all(client, reader, clock):
    """Return all that PAGES and the changes since each day of the clock show the reader."""
    return read(client, reader, [*PAGES, *(f"/agendas/2026/changes/?since={day}" for day in clock.days)])


def read(client, reader, addresses):
    """Return all that the pages show the reader, as one lower-case text."""
    if reader.is_authenticated:
        personas.sign_in(client, reader)
    pages = [client.get(page) for page in addresses]
    assert {page.status_code for page in pages} <= {200, 302, 404}
    texts = [b"".join(page) if page.streaming else page.content for page in pages]
    return b" ".join(texts).decode().lower()


@pytest.mark.parametrize("reader", ["focal_point", "visitor"])
def test_edits_of_a_draft_are_hidden_from_people_who_could_not_read_it(request, client, clock, point, reader):
    play(clock, point, SECRETS)
    clock.save(point.issue.agenda, state="open", visible_to="everybody")
    clock.save(point, description="Reworded since.")

    shown = read_all(client, request.getfixturevalue(reader), clock)

    assert "reworded since." in shown
    assert secrets_in(shown) == []
    assert "hush" not in shown


@pytest.mark.parametrize(
    ("reader", "expected"), [("focal_point", []), ("visitor", []), ("coordinator", ["hush update.", "hush withdrawn."])]
)
@pytest.mark.parametrize("page", ["1.1/", "dashboard/"])
def test_past_date_hides_updates_replaced_in_a_draft(request, client, clock, point, reader, expected, page):
    play(clock, point, [correct_update, withdraw_update])
    clock.save(point.issue.agenda, state="open", visible_to="everybody")

    addresses = [f"/agendas/2026/{page}?as_of={day}&by=recorded" for day in clock.days]
    shown = read(client, request.getfixturevalue(reader), addresses)

    assert secrets_in(shown) == expected


HIDDEN = {"title", "description", "issue", "because", "milestone", "other milestone", "person", "agenda"}


@pytest.mark.parametrize(
    ("reader", "expected"),
    [("focal_point", set()), ("visitor", set()), ("coordinator", HIDDEN)],
)
def test_past_dates_hide_wording_persons_and_milestones_of_a_draft(request, client, clock, point, reader, expected):
    edits = [end_a_lead, reword_action_point, reword_issue, reword_milestone, remove_milestone, reword_agenda]
    play(clock, point, edits)
    clock.save(point.issue.agenda, state="open", visible_to="everybody")

    pages = ["", "1.1/", "action-points.csv"]
    shown = read(
        client,
        request.getfixturevalue(reader),
        [f"/agendas/2026/{page}?as_of={day}" for page in pages for day in clock.days]
        + [
            f"/agendas/2026/{page}?as_of={clock.days[1]}&by=recorded"
            for page in ("issues/1/", "action-points/", "dashboard/")
        ],
    )

    assert {words for words in HIDDEN if f"hush {words}" in shown} == expected
    assert ("/agencies/itu/" in shown) == bool(expected)


def test_past_dates_hide_the_draft_that_an_action_point_moved_from(client, clock, point, focal_point):
    clock.save(point.issue.agenda, state="open")
    other = date_creation(clock, personas.issue(draft_agenda(clock, "2027"), 3, title="Hush issue"))
    moved = date_creation(clock, personas.action_point(other, 8, title="Hush title", description="Hush description"))
    play(clock, moved, [end_a_lead, reword_milestone])
    clock.save(moved, issue=point.issue, number=2, title="Moved here", description="")

    pages = ["1.2/", "issues/1/", "action-points.csv"]
    shown = read(client, focal_point, [f"/agendas/2026/{page}?as_of={day}" for page in pages for day in clock.days])

    assert "moved here" in shown
    assert "hush" not in shown
    assert "/agencies/itu/" not in shown


def test_edits_of_a_draft_are_shown_to_people_who_read_drafts(client, clock, point, coordinator):
    play(clock, point, SECRETS)
    clock.save(point.issue.agenda, state="open")

    assert secrets_in(read_all(client, coordinator, clock)) == ALL


def test_edits_before_publication_are_hidden_from_visitors_only(client, clock, point, visitor, focal_point):
    clock.save(point.issue.agenda, state="open")
    play(clock, point, SECRETS)
    clock.save(point.issue.agenda, visible_to="everybody")

    assert "hush" not in read_all(client, visitor, clock)
    assert secrets_in(read_all(client, focal_point, clock)) == ALL


def test_wording_when_the_agenda_was_opened_is_shown(client, clock, point, focal_point):
    clock.save(point, title="Wording at the opening")
    clock.save(point.issue.agenda, state="open")
    opened = clock.now.date()
    clock.save(point, title="Another wording")

    for page in ("1.1/history/", f"changes/?since={opened}"):
        assert "wording at the opening" in read(client, focal_point, [f"/agendas/2026/{page}"]), page


def test_moved_action_point_hides_its_history_in_a_draft_agenda(client, clock, point, focal_point):
    clock.save(point.issue.agenda, state="open")
    other = date_creation(clock, personas.issue(draft_agenda(clock, "2027"), 3, title="Hush issue"))
    moved = date_creation(clock, personas.action_point(other, 8, title="Hush title"))
    play(clock, moved, [reword_milestone])
    clock.save(moved, issue=point.issue, number=2, title="Moved here")

    shown = read_all(client, focal_point, clock) + client.get("/agendas/2026/1.2/history/").content.decode().lower()

    assert "moved here" in shown
    assert "hush" not in shown


def test_edits_while_the_agenda_was_a_draft_again_are_hidden(client, clock, point, focal_point):
    clock.save(point.issue.agenda, state="open")
    clock.save(point.issue.agenda, state="draft")
    play(clock, point, [reword_action_point])
    clock.save(point.issue.agenda, state="open")

    assert "hush" not in read_all(client, focal_point, clock)


def test_agenda_is_readable_since_it_was_last_opened(clock, focal_point, coordinator):
    agenda = draft_agenda(clock)
    hidden = readable_since([agenda.pk], focal_point)
    clock.save(agenda, state="open")
    opened = clock.now
    clock.save(agenda, title="Reworded")

    assert hidden == {agenda.pk: NEVER}
    assert readable_since([agenda.pk], focal_point) == {agenda.pk: opened}
    assert readable_since([agenda.pk], coordinator) == {agenda.pk: ALWAYS}
    assert readable_since([agenda.pk], AnonymousUser()) == {agenda.pk: NEVER}
    assert readable_since([], focal_point) == {}


def test_agenda_without_history_is_always_readable(focal_point):
    agenda = personas.agenda()
    agenda.history.all().delete()

    assert readable_since([agenda.pk], focal_point) == {agenda.pk: ALWAYS}


@pytest.mark.parametrize("count", [1, 3])
def test_readable_since_needs_one_query(focal_point, django_assert_num_queries, count):
    agendas = [personas.agenda(str(2026 + number), state="draft").pk for number in range(count)]

    with django_assert_num_queries(1):
        readable_since(agendas, focal_point)
