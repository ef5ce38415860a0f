"""Notes of many small blocks: none of their files keeps a web process busy, or a worker without a bound."""

import time
from io import BytesIO

import pytest
from docx import Document

from actions.models import ActionStatus
from actions.note.content import Note, NoteEntry, NoteIssue, NotePoint, NoteUpdate
from actions.note.export import process
from actions.note.export.limits import AT_ONCE_SIZE, size
from actions.note.export.process import TooLargeError, write_file
from actions.note.export.word import write_word
from actions.note.markdown_tree import List, Paragraph, Quote, parse
from actions.note.models import NoteFile
from actions.note.serialization import to_json
from actions.note.tasks import make_file
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.note.conftest import HOSTILE
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # how long a file takes does not depend on the database

ASK = "/agendas/2026/note/files/"
MANY_ITEMS = "- a\n" * 5000
MANY_BLOCKS = [
    MANY_ITEMS,
    "1. a\n1) a\n" * 2000,  # each a list of its own
    "a\n\n" * 6600,
    "a\n" * 10_000,
    "*a* b " * 3300,
    "`a` " * 5000,
    "".join(f"[a](http://b/{number})\n" for number in range(1100)),
    "- \u0645\n" * 5000,
]


def agenda_with(narrative, updates):
    """An agenda that everybody may see, with an update of this narrative on each of its action points."""
    personas.agenda(visible_to=Agenda.Audience.EVERYBODY)
    for number in range(1, updates + 1):
        personas.update(personas.action_point(personas.issue(), number), narrative=narrative)
    return personas.agenda()


def note_with(narrative, updates):
    """The same as data, without a database."""
    day = PartialDate.parse("2026-11-23")
    points = []
    for number in range(1, updates + 1):
        update = NoteUpdate(number, "/", "under_way", None, day, "UNDP", (), False, narrative, "", ())
        entries = (NoteEntry((update,)),)
        status, code = ActionStatus.UNDER_WAY, f"1.{number}"
        points.append(NotePoint(code, code, "Title", "/", "", ("UNDP",), (), status, True, entries, (), ()))
    issues = (NoteIssue(1, "Issue", "/", "", tuple(points)),)
    return Note("2026", "Note", "Agenda", "/", "", None, None, personas.TODAY, issues, (), False)


@pytest.fixture
def long_agenda(db):
    return agenda_with(MANY_ITEMS, 9)


@pytest.fixture
def enqueued(monkeypatch):
    found: list[str] = []
    monkeypatch.setattr(make_file, "delay", found.append)
    return found


def seconds_of_word_file(note):
    """CPU time."""
    begun = time.process_time()
    write_word(note)
    return time.process_time() - begun


@pytest.mark.parametrize("narrative", MANY_BLOCKS[::3])
def test_word_file_of_many_blocks_takes_time_in_proportion(narrative):
    """Sixteen times the text takes some 10 times as long, on a machine of any speed; some 28 times if each block is searched for in
    the document. The slowest of the short ones counts, so that a machine that slows down meanwhile does not fail.
    """
    lines = narrative.splitlines(keepends=True)
    short = note_with("".join(lines[: len(lines) // 8]), 1)

    notes = [short, short, note_with(narrative, 2), short, short]
    before, again, long, after, last = (seconds_of_word_file(note) for note in notes)

    assert long < 24 * max(before, again, after, last)


def test_word_file_has_every_item():
    document = Document(BytesIO(write_word(note_with(MANY_ITEMS, 1))))

    assert [paragraph.text for paragraph in document.paragraphs].count("a") == 5000


def blocks_and_runs(blocks):
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from (block, *block.runs)
        elif isinstance(block, Quote):
            yield from (block, *blocks_and_runs(block.blocks))
        elif isinstance(block, List):
            yield block
            for item in block.items:
                yield from blocks_and_runs(item)


@pytest.mark.parametrize("narrative", [*MANY_BLOCKS, *HOSTILE])
def test_size_bounds_what_parsing_finds(narrative):
    measured = size(note_with(narrative, 1))

    # A block of text has a run in it, and so has the text between two runs with a style.
    assert sum(1 for _ in blocks_and_runs(parse(narrative))) <= 3 * measured


@pytest.mark.parametrize("extension", ["docx", "pdf", "md"])
@pytest.mark.parametrize("narrative", MANY_BLOCKS[:3])
def test_visitor_gets_no_long_file_at_once(client, db, extension, narrative):
    agenda_with(narrative, 1)

    response = client.get(f"/agendas/2026/note.{extension}")

    assert "Make the file" in text(response)
    assert "Content-Disposition" not in response
    assert NoteFile.objects.count() == 0


@pytest.mark.parametrize("extension", ["docx", "pdf", "md"])
def test_note_just_below_the_bound_is_a_file_at_once(client, db, extension):
    agenda_with("- a\n" * (AT_ONCE_SIZE - 100), 1)

    assert "attachment" in client.get(f"/agendas/2026/note.{extension}")["Content-Disposition"]


@pytest.mark.parametrize("extension", ["docx", "md"])
def test_worker_makes_the_files_of_a_long_note(client, db, enqueued, extension, django_capture_on_commit_callbacks):
    agenda_with(MANY_ITEMS, 1)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(ASK, {"extension": extension})["Location"]
    make_file(enqueued[0])

    written = b"".join(client.get(f"{page}content/").streaming_content)
    assert NoteFile.objects.get().state == NoteFile.State.READY
    assert len(written) > 15_000


def test_note_too_long_for_a_pdf_says_what_to_do(client, long_agenda, enqueued):
    responses = [client.get("/agendas/2026/note.pdf"), client.post(ASK, {"extension": "pdf"})]

    for response in responses:
        assert response.status_code == 422
        assert "This note is too long for a PDF file." in text(response)
        assert {"/agendas/2026/note.md", "/agendas/2026/note.docx", "/agendas/2026/note/"} <= links(response)
    assert enqueued == []
    assert NoteFile.objects.count() == 0


def test_published_version_too_long_for_a_pdf_says_what_to_do(client, long_agenda, coordinator):
    personas.note_version(long_agenda, coordinator, audience=Agenda.Audience.EVERYBODY)

    response = client.get("/agendas/2026/note/versions/1.pdf")

    assert response.status_code == 422
    assert "/agendas/2026/note/versions/1.md" in links(response)


@pytest.mark.parametrize(
    ("bound", "value", "extension"),
    [("MEMORY", 400 * 1024 * 1024, "pdf"), ("SECONDS", 1, "pdf")],
)
def test_process_ends_at_its_bound(monkeypatch, bound, value, extension):
    content = to_json(note_with(MANY_ITEMS, 3))
    monkeypatch.setattr(process, bound, value)

    with pytest.raises(TooLargeError):
        write_file(content, extension=extension, language="en", site="http://testserver")


def test_process_that_fails_otherwise_says_why():
    with pytest.raises(RuntimeError, match="JSONDecodeError"):
        write_file("no note", extension="docx", language="en", site="")


def test_file_beyond_its_bound_says_what_to_do_and_is_not_tried_again(
    client, db, enqueued, monkeypatch, django_capture_on_commit_callbacks
):
    agenda_with(MANY_ITEMS, 2)
    monkeypatch.setattr(process, "MEMORY", 300 * 1024 * 1024)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(ASK, {"extension": "pdf"})["Location"]
    make_file(enqueued[0])
    with django_capture_on_commit_callbacks(execute=True):
        again = client.post(ASK, {"extension": "pdf"})["Location"]

    response = client.get(page)
    assert NoteFile.objects.get().state == NoteFile.State.TOO_LARGE
    assert "This note is too long for a PDF file." in text(response)
    assert "/agendas/2026/note.md" in links(response)
    assert again == page
    assert len(enqueued) == 1
