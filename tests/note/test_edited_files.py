"""Every output of an edited note: the edited texts are in it, what was left out is not, and nothing that people type breaks one."""

from datetime import timedelta

import pytest

from actions.note.builder import build_note
from actions.note.export.markdown import write_markdown
from actions.note.markdown_tree import parse
from actions.note.models import SectionEdit, SignOff
from tests import personas
from tests.note import test_pdf, test_word
from tests.note.conftest import HOSTILE
from tests.note.test_markdown import words, words_of_commonmark

pytestmark = pytest.mark.one_database  # files are written from plain data

FILES = {"md": "text/markdown", "docx": "application/vnd", "pdf": "application/pdf"}


def store(point, section, *blocks, by):
    stored = [{"covers": covers, "text": text, "left_out": left_out} for covers, text, left_out in blocks]
    now = personas.NOW + timedelta(seconds=1)
    SectionEdit.store(point.issue.agenda, section, stored, author=by, now=now)


def file_texts(client, address):
    """The words of each file at `address`, without white space."""
    markdown, _kinds = words_of_commonmark(client.get(f"{address}.md").content.decode())
    word = test_word.text_of(test_word.opened(client.get(f"{address}.docx").content))
    pdf = test_pdf.text_of(test_pdf.opened(client.get(f"{address}.pdf").content))
    return [test_pdf.letters(text) for text in (" ".join(markdown), word, pdf)]


@pytest.fixture
def point(db, coordinator):
    point = personas.action_point(description="Agreed.")
    for number in range(1, 5):
        evidence = [(f"https://example.org/{number}", f"Evidence {number}")]
        personas.update(point, coordinator, narrative=f"Narrative {number}.", evidence=evidence)
    merged = ([["1", "x", ""], ["3", "x", ""]], "One and three, **merged**.\n\n- a list", False)
    left_out = ([["2", "x", ""]], None, True)
    own: tuple[list[list[str]], str, bool] = ([], "A paragraph of our own.", False)
    store(point, f"updates:{point.pk}", own, merged, left_out, by=coordinator)
    store(point, f"description:{point.pk}", ([], "Edited agreement.", False), by=coordinator)
    store(point, "introduction", ([], "Edited introduction.", False), by=coordinator)
    return point


@pytest.mark.parametrize("version", [False, True])
def test_every_file_contains_the_edited_texts(client, coordinator, point, version):
    personas.sign_in(client, coordinator)
    if version:
        personas.note_version(point.issue.agenda, coordinator)
        personas.update(point, coordinator, narrative="Later.")

    files = file_texts(client, "/agendas/2026/note/versions/1" if version else "/agendas/2026/note")

    order = [
        "Edited introduction.",
        "Agreed.",
        "Edited agreement.",
        "A paragraph of our own.",
        "One and three, merged.",
    ]
    for text in files:
        places = [text.index(test_pdf.letters(words)) for words in [*order, "Narrative 4."]]
        assert places == sorted(places)
        assert "Narrative2" not in text
        assert "Evidence2" not in text
        assert "Evidence1" in text
        assert "Evidence3" in text
        assert "Later" not in text


def test_files_link_to_every_update_that_a_merged_text_covers(client, coordinator, point):
    personas.sign_in(client, coordinator)

    pdf = test_pdf.addresses(test_pdf.opened(client.get("/agendas/2026/note.pdf").content))
    markdown = client.get("/agendas/2026/note.md").content.decode()

    for number, is_covered in ((1, True), (2, False), (3, True), (4, True)):
        address = f"http://testserver/agendas/2026/1.1/updates/{number}/"
        assert (address in pdf, f"<{address}>" in markdown) == (is_covered, is_covered)


@pytest.fixture
def hostile_wordings(db, coordinator):
    """All of HOSTILE as a merged text, a paragraph of one's own and a dissent, in one action point each."""
    for number, text in enumerate(HOSTILE, 1):
        point = personas.action_point(number=number)
        personas.update(point, coordinator, narrative="One.")
        personas.update(point, coordinator, narrative="Two.")
        merged = ([["1", "x", ""], ["2", "x", ""]], text, False)
        store(point, f"updates:{point.pk}", merged, ([], text, False), by=coordinator)
        SignOff.store(
            point, [personas.agency()], person=coordinator, fingerprint="x", dissent=text[:2000], now=personas.NOW
        )
    return personas.agenda()


def test_hostile_words_break_no_output(client, coordinator, hostile_wordings):
    personas.sign_in(client, coordinator)
    personas.note_version(hostile_wordings, coordinator)

    answers = {
        f"{address}{kind}": client.get(f"{address}{kind}")
        for address in ("/agendas/2026/note", "/agendas/2026/note/versions/1")
        for kind in (".md", ".docx", ".pdf", "/")
    }

    assert {answer.status_code for answer in answers.values()} == {200}
    for address, answer in answers.items():
        if address.endswith("/"):
            assert "<script>alert" not in answer.content.decode()
        else:
            assert answer["Content-Type"].startswith(FILES[address.rpartition(".")[2]])


def test_hostile_words_arrive_as_words(hostile_wordings):
    note = build_note(hostile_wordings, personas.TODAY, with_people=True)

    found, kinds = words_of_commonmark(write_markdown(note))

    content = " ".join(found)
    assert kinds.isdisjoint({"html_block", "html_inline", "fence", "code_block", "hr"})
    for text in HOSTILE[:10]:
        clean = text.replace("\x07", "").replace("\x1b", "").replace("\x0b", "")
        assert content.count(" ".join(words(parse(clean)))) >= 2
