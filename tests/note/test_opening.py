"""Word files opened by LibreOffice, where it is installed: nothing to repair, every page number in its place."""

import re
import shutil
import subprocess
from io import BytesIO

import pytest
from pypdf import PdfReader

from actions.note.builder import build_note
from actions.note.content import Note
from actions.note.export.word import write_word
from tests import personas
from tests.note.test_pdf import letters

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed (on Debian: libreoffice-writer-nogui)")


def printed(note: Note, folder) -> PdfReader:
    """The Word file as LibreOffice prints it."""
    (folder / "note.docx").write_bytes(write_word(note))
    subprocess.run(
        [
            str(OFFICE),
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "note.docx",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return PdfReader(BytesIO((folder / "note.pdf").read_bytes()))


def test_contents_of_the_baseline_have_the_numbers_of_their_pages(baseline, tmp_path):
    note = build_note(baseline, personas.TODAY, with_people=True)

    reader = printed(note, tmp_path)

    pages = [letters(page.extract_text()) for page in reader.pages]
    for issue in note.issues:
        listed = re.search(rf"{re.escape(letters(issue.heading))}\.*(\d)", pages[0] + pages[1])
        assert listed, issue.heading
        assert letters(issue.heading) in pages[int(listed[1]) - 1]


def test_hostile_note_opens(hostile_agenda, tmp_path):
    reader = printed(build_note(hostile_agenda, personas.TODAY, with_people=True), tmp_path)

    text = "".join(page.extract_text() for page in reader.pages)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text
