"""The note as a page: what it says, where it leads, who may read it."""

import pytest

from actions.models import ProgressUpdate
from actions.note import builder
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text

pytestmark = pytest.mark.one_database  # what pages say does not depend on the database

NOTE = "/agendas/2005/note/"


def test_page_contains_the_whole_agenda(client, focal_point, baseline):
    page = personas.sign_in(client, focal_point).get(NOTE)

    content = text(page)
    assert content.count("No progress so far.") == 3
    assert content.count("Nothing has been reported.") == 1
    assert content.index("Nothing has been reported.") < content.index("No progress so far.")
    for update in ProgressUpdate.objects.all():
        assert f'href="{update.get_absolute_url()}"' in page.content.decode()


def test_contents_of_the_page_link_to_each_action_point(client, focal_point, baseline):
    html = personas.sign_in(client, focal_point).get(NOTE).content.decode()

    for anchor in ("issue-1", "issue-6", "action-point-1-1", "action-point-6-2", "figures", "directory"):
        assert html.count(f'href="#{anchor}"') == 1
        assert html.count(f'id="{anchor}"') == 1


def test_visitor_reads_the_note_of_an_agenda_for_everybody_without_people(client, focal_point, baseline):
    baseline.visible_to = Agenda.Audience.EVERYBODY
    baseline.save()

    page = client.get(NOTE)

    assert page.status_code == 200
    assert focal_point.email not in page.content.decode()
    assert focal_point.email in personas.sign_in(client, focal_point).get(NOTE).content.decode()


def test_note_of_a_draft_is_not_found_by_focal_points(client, focal_point, db):
    personas.agenda("2027", state=Agenda.State.DRAFT)

    answer = personas.sign_in(client, focal_point).get("/agendas/2027/note/")

    assert answer.status_code == 404


def test_note_of_an_empty_agenda_says_so(client, focal_point, db):
    personas.agenda("2027")

    assert "This agenda has no issues yet" in text(personas.sign_in(client, focal_point).get("/agendas/2027/note/"))


def test_hostile_text_stays_text(client, focal_point, db):
    point = personas.action_point(title="<script>alert(1)</script>")
    personas.update(point, narrative="<img src=x onerror=alert(1)> [x](javascript:alert(1)) \u202eevil \U0001f600")

    html = personas.sign_in(client, focal_point).get("/agendas/2026/note/").content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("page", ["note/", "note.md", "note.pdf", "note/sign-offs/", "note/publication/"])
def test_note_of_too_much_says_where_else_to_look(client, coordinator, monkeypatch, page):
    monkeypatch.setattr(builder, "MAX_ACTION_POINTS", 1)
    for number in (1, 2):
        personas.action_point(number=number)

    answer = personas.sign_in(client, coordinator).get(f"/agendas/2026/{page}")

    assert answer.status_code == 400
    assert "too long for a note" in text(answer)
    assert coordinator.name in text(answer)
