"""Files of long notes: requested, written by a worker, downloaded, deleted."""

import os
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from actions.note.export import background
from actions.note.models import NoteFile
from actions.note.tasks import make_file, sweep
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tests.servers import wait_until

pytestmark = pytest.mark.one_database

ASK = "/agendas/2026/note/files/"


@pytest.fixture
def long_note(db, coordinator):
    """Of more content than a web process makes a file of: narratives as long as they may be, with what breaks files."""
    for number in range(1, 16):
        point = personas.action_point(personas.issue(), number)
        personas.update(point, coordinator, narrative=f"{number} \U0001f600 " + "Long words. " * 1660)
    return personas.agenda()


@pytest.fixture
def enqueued(monkeypatch):
    """The ids of files that were enqueued; the test is the worker."""
    found: list[str] = []
    monkeypatch.setattr(make_file, "delay", found.append)
    return found


@pytest.fixture
def quick_worker(monkeypatch):
    """For tests that never open the file: a worker that does not start the process in which files are written."""
    monkeypatch.setattr(background, "write_file", lambda _content, **_options: b"The file.")


def ask(client, extension="pdf", **data):
    """Returns the address of the file's page."""
    answer = client.post(ASK, {"extension": extension} | data)
    assert answer.status_code == 302
    return answer["Location"]


def test_short_notes_are_served_at_once(as_focal_point, db):
    personas.action_point()

    answers = [as_focal_point.get(f"/agendas/2026/note.{kind}") for kind in ("pdf", "docx", "md")]

    assert ["attachment" in answer.get("Content-Disposition", "") for answer in answers] == [True] * 3


def test_long_notes_are_asked_for_on_a_page(as_focal_point, long_note):
    pages = [as_focal_point.get(f"/agendas/2026/note.{kind}") for kind in ("pdf", "docx")]

    assert ["Make the file" in text(page) for page in pages] == [True, True]
    assert as_focal_point.get("/agendas/2026/note.md")["Content-Type"].startswith("text/markdown")
    assert NoteFile.objects.count() == 0


@pytest.mark.parametrize("extension", ["pdf", "docx"])
def test_file_is_made_by_a_task_and_fetched(
    as_focal_point, long_note, enqueued, django_capture_on_commit_callbacks, extension
):
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point, extension)
    waiting = as_focal_point.get(page)
    early = as_focal_point.get(f"{page}content/")
    make_file(enqueued[0])
    ready = as_focal_point.get(page)
    fetched = as_focal_point.get(f"{page}content/")

    content = b"".join(fetched.streaming_content)
    assert "Waiting for its turn." in text(waiting)
    assert waiting["Refresh"] == "3"
    assert early["Location"] == page
    assert "Download the file" in text(ready)
    assert "Refresh" not in ready
    assert fetched["Content-Disposition"] == f'attachment; filename="note-2026.{extension}"'
    if extension == "pdf":
        assert len(PdfReader(BytesIO(content)).pages) > 50
    else:
        assert sum("Long words." in paragraph.text for paragraph in Document(BytesIO(content)).paragraphs) == 15


def test_asking_twice_makes_one_file(
    as_focal_point, long_note, enqueued, quick_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = ask(as_focal_point)
        second = ask(as_focal_point)
    for _ in range(2):
        make_file(enqueued[0])

    assert first == second
    assert len(enqueued) == 1
    assert NoteFile.objects.get().state == NoteFile.State.READY


def test_changed_note_makes_another_file(
    as_focal_point, long_note, focal_point, enqueued, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = ask(as_focal_point)
        personas.update(long_note.issues.get().action_points.first(), focal_point, narrative="More.")
        second = ask(as_focal_point)

    assert first != second
    assert len(enqueued) == 2


def test_file_of_a_published_version_stays_as_published(
    as_focal_point, long_note, coordinator, enqueued, quick_worker, django_capture_on_commit_callbacks
):
    personas.note_version(long_note, coordinator)
    asks = text(as_focal_point.get("/agendas/2026/note/versions/1.pdf"))
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point, version="1")
    make_file(enqueued[0])

    assert "Make the file" in asks
    assert 'filename="note-2026-1.pdf"' in as_focal_point.get(f"{page}content/")["Content-Disposition"]


def test_visitors_get_files_without_people_and_none_of_others(
    client, as_focal_point, long_note, focal_point, enqueued, django_capture_on_commit_callbacks
):
    Agenda.objects.update(visible_to="everybody")
    with django_capture_on_commit_callbacks(execute=True):
        theirs = ask(as_focal_point, "docx")
        client.logout()
        own = ask(client, "docx")
    for pk in enqueued:
        make_file(pk)

    file = b"".join(client.get(f"{own}content/").streaming_content)
    text_of_file = " ".join(paragraph.text for paragraph in Document(BytesIO(file)).paragraphs)
    assert own != theirs
    assert focal_point.email not in text_of_file
    assert client.get(theirs).status_code == 302
    assert client.get(f"{theirs}content/").status_code == 302


def test_file_of_an_agenda_that_is_closed_to_visitors_again_is_not_found(
    client, long_note, enqueued, quick_worker, django_capture_on_commit_callbacks
):
    Agenda.objects.update(visible_to="everybody")
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(client)
    make_file(enqueued[0])
    Agenda.objects.update(visible_to="network")

    assert client.get(f"{page}content/").status_code == 302
    assert client.post(ASK, {"extension": "pdf"}).status_code == 302
    assert NoteFile.objects.count() == 1


def test_failed_file_says_so_and_can_be_asked_for_again(
    as_focal_point, long_note, enqueued, quick_worker, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point)
    with monkeypatch.context() as broken:
        broken.setattr(background, "write_file", lambda *_args, **_options: 1 / 0)
        make_file(enqueued[0])
    failed = text(as_focal_point.get(page))
    with django_capture_on_commit_callbacks(execute=True):
        again = ask(as_focal_point)
    make_file(enqueued[1])

    assert "The file is not there." in failed
    assert again == page
    assert "Download the file" in text(as_focal_point.get(page))


def test_page_says_that_the_broker_is_away(as_focal_point, long_note, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(make_file, "delay", lambda _pk: 1 / 0)

    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point)

    assert "The file is not there." in text(as_focal_point.get(page))


def test_file_whose_worker_died_can_be_asked_for_again(
    as_focal_point, long_note, enqueued, quick_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point)
    NoteFile.objects.get().claim(timezone.now() - timedelta(minutes=11))

    assert "The file is not there." in text(as_focal_point.get(page))
    with django_capture_on_commit_callbacks(execute=True):
        ask(as_focal_point)
    make_file(enqueued[1])
    assert NoteFile.objects.get().state == NoteFile.State.READY


def test_files_are_swept_after_a_day(
    as_focal_point, long_note, enqueued, quick_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(as_focal_point)
    make_file(enqueued[0])
    path = NoteFile.objects.get().path
    stray = path.with_name("stray.part")
    stray.touch()
    sweep()
    kept = path.exists()

    old = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(path, (old, old))
    os.utime(stray, (old, old))
    NoteFile.objects.update(asked_at=timezone.now() - timedelta(days=2))
    sweep()

    assert kept
    assert not path.exists()
    assert not stray.exists()
    assert as_focal_point.get(page).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"extension": "exe"},
        {"extension": "pdf", "version": "x"},
        {"extension": "pdf", "version": "\u0661"},
        {"extension": "pdf", "version": "99999999999999999999"},
    ],
)
def test_faulty_requests_are_refused(as_focal_point, long_note, data):
    assert as_focal_point.post(ASK, data).status_code == 400


def test_unknown_files_are_not_found(as_focal_point, long_note):
    assert as_focal_point.post(ASK, {"extension": "pdf", "version": "7"}).status_code == 404
    assert as_focal_point.get(f"{ASK}{uuid4()}/").status_code == 404
    assert as_focal_point.get(f"{ASK}{uuid4()}/content/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_real_worker_makes_the_file(celery_worker_process, client, coordinator):
    for number in range(1, 16):
        point = personas.action_point(personas.issue(), number)
        personas.update(point, coordinator, narrative=f"{number} " + "Long words. " * 1660)
    personas.sign_in(client, coordinator)

    page = ask(client)
    wait_until(lambda: NoteFile.objects.filter(state=NoteFile.State.READY).exists(), "the file")

    assert b"".join(client.get(f"{page}content/").streaming_content).startswith(b"%PDF")
