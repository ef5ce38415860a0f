"""A long note, its sign-offs and comparisons page by page."""

import pytest

from actions.note import pages
from actions.note.views import sign_offs
from tests import personas
from tests.actions.pages import links, text

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

NOTE = "/agendas/2026/note/"


@pytest.fixture
def agenda(db, monkeypatch):
    """An agenda of four action points under two issues and an issue of none, on pages of two action points or so."""
    agenda = personas.agenda(introduction="Read this first.")
    for issue, numbers in ((1, [1, 2, 3]), (2, [1]), (3, [])):
        of_agenda = personas.issue(agenda, issue, rationale=f"It matters {issue}.")
        for number in numbers:
            personas.action_point(of_agenda, number, title=f"Train {issue}.{number}", description="x" * 1000)
    monkeypatch.setattr(pages, "PAGE_BYTES", 2500)
    return agenda


@pytest.fixture
def reader(client, agenda, focal_point):
    return personas.sign_in(client, focal_point)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["1.1", "1.2"]),
        ("?page=2", ["1.3", "2.1"]),
        ("?page=3", []),
        ("?at=action-point-1-3", ["1.3", "2.1"]),
        ("?at=issue-1", ["1.1", "1.2"]),
        ("?at=issue-2", ["1.3", "2.1"]),
        ("?at=issue-3", []),
    ],
)
def test_page_of_a_long_note_shows_some_action_points(reader, query, shown):
    page = reader.get(NOTE + query)

    content = text(page)
    assert page.status_code == 200
    assert [code for code in ("1.1", "1.2", "1.3", "2.1") if content.count(f"Train {code}") == 2] == shown


def test_page_of_a_long_note_leads_to_all_issues_and_annexes(reader):
    found = links(reader.get(f"{NOTE}?page=2"))

    assert {"#issue-1", "#action-point-1-3", "#issue-2", "?page=3#issue-3"} <= found
    assert {"?page=3#figures", "?page=3#directory", "?page=1", "?page=3"} <= found


def test_opening_is_on_the_first_page_and_annexes_are_on_the_last(reader):
    first, middle, last = (text(reader.get(f"{NOTE}?page={number}")) for number in (1, 2, 3))

    assert ["Read this first." in page for page in (first, middle, last)] == [True, False, False]
    assert ["It matters 1." in page for page in (first, middle, last)] == [True, False, False]
    assert ["Action points by issue and status" in page for page in (first, middle, last)] == [False, False, True]


def test_files_of_a_long_note_contain_everything(reader):
    file = reader.get("/agendas/2026/note.md").content.decode()

    assert all(f"Train {code}" in file for code in ("1.1", "1.2", "1.3", "2.1"))


@pytest.mark.parametrize("query", ["?page=4", "?page=x", "?page=0", "?at=issue-9", "?at=%00", "?at=action-point-9-9"])
def test_page_that_the_note_does_not_have_says_so(reader, query):
    page = reader.get(NOTE + query)

    assert page.status_code == 400
    assert '<p class="callout callout-warning" role="alert">' in page.content.decode()


def test_published_version_has_the_same_pages(reader, agenda, coordinator):
    version = personas.note_version(agenda, coordinator)

    assert "Train 2.1" in text(reader.get(f"{version.get_absolute_url()}?page=2"))
    assert reader.get(f"{version.get_absolute_url()}?page=9").status_code == 400


def test_many_contacts_are_counted_on_the_page_and_named_in_the_files(reader, agenda, focal_point, monkeypatch):
    personas.person("second@example.org", agency=focal_point.agency)
    monkeypatch.setattr(pages, "MAX_CONTACTS", 1)

    page = reader.get(f"{NOTE}?at=issue-3")

    assert "2 focal points" in text(page)
    assert "second@example.org" not in page.content.decode()
    assert "second@example.org" in reader.get("/agendas/2026/note.md").content.decode()


def test_comparison_has_pages(reader, agenda, coordinator):
    version = personas.note_version(agenda, coordinator)
    for issue in agenda.issues.all():
        for point in issue.action_points.all():
            point.description = "y" * 1000
            point.save()
    changes = f"{version.get_absolute_url()}changes/"

    first, second = reader.get(changes), reader.get(f"{changes}?page=2")

    assert "Train 1.1" in text(first)
    assert "Train 1.1" not in text(second)
    assert "?page=2" in links(first)
    assert reader.get(f"{changes}?page=99").status_code == 400


def test_pages_of_a_comparison_keep_what_is_compared(reader, agenda, coordinator):
    before = personas.note_version(agenda, coordinator)
    for point in agenda.issues.get(number=1).action_points.all():
        point.description = "y" * 1000
        point.save()
    personas.note_version(agenda, coordinator)

    assert "?to=2&page=2" in links(reader.get(f"{before.get_absolute_url()}changes/?to=2"))


def test_sign_offs_have_pages(reader, agenda, focal_point, monkeypatch):
    for point in agenda.issues.get(number=1).action_points.all():
        personas.lead(point, focal_point.agency)
    monkeypatch.setattr(sign_offs, "ACTION_POINTS", 3)
    monkeypatch.setattr(sign_offs, "MAX_WAITING", 2)

    first, second = reader.get(f"{NOTE}sign-offs/"), reader.get(f"{NOTE}sign-offs/?page=2")

    assert "And 1 more action point." in text(first)
    assert "Train 2.1" not in text(first)
    assert "Train 2.1" in text(second)
    assert f"{NOTE}?at=action-point-2-1#action-point-2-1" in links(second)
    assert reader.get(f"{NOTE}sign-offs/?page=3").status_code == 400
