"""The note as a PDF, opened again with pypdf."""

import json
import re
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from actions.models import ProgressUpdate
from actions.note.builder import build_note
from actions.note.export.pdf import _data, write_pdf
from actions.note.markdown_tree import parse
from tests import personas
from tests.note.test_markdown import words

pytestmark = pytest.mark.one_database  # files are written from plain data, whatever the database


def opened(content):
    return PdfReader(BytesIO(content))


def letters(text):
    """White space, hyphens of line ends, bullets and the spaces that let long words break do not count."""
    return re.sub(r"[\s\u200b\u00ad\u2010\u2022\u2023-]", "", text)


def text_of(reader):
    """The running text, without the page numbers at the foot."""
    pages = len(reader.pages)
    found = ""
    for number, page in enumerate(reader.pages, 1):
        found += letters(page.extract_text()).removesuffix(f"{number}/{pages}")
    return found


def addresses(reader):
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}


@pytest.fixture
def reader(client, focal_point, baseline):
    answer = personas.sign_in(client, focal_point).get("/agendas/2005/note.pdf")
    assert answer["Content-Type"] == "application/pdf"
    return opened(answer.content)


def test_pdf_is_tagged_and_says_that_it_conforms(reader):
    catalogue = reader.trailer["/Root"]

    assert reader.metadata.title == "Engaging with the Private Sector: the UN's Progress in 2005"
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data()


def test_pdf_has_an_outline_and_embedded_fonts(reader):
    headings = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]

    assert [heading[:3] for heading in headings if heading[0].isdigit()] == ["1. ", "2. ", "3. ", "4. ", "5. ", "6. "]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_pdf_contains_every_update_and_links_to_it(reader):
    text, links = text_of(reader), addresses(reader)

    for update in ProgressUpdate.objects.all():
        assert letters(" ".join(words(parse(update.narrative or update.reason)))) in text
        assert f"http://testserver{update.get_absolute_url()}" in links
    assert text.count("Noprogresssofar.") == 3
    assert text.count("Nothinghasbeenreported.") == 1


def test_pdf_numbers_its_pages(reader):
    pages = len(reader.pages)

    for number, page in enumerate(reader.pages, 1):
        assert letters(page.extract_text()).endswith(f"{number}/{pages}")


def test_hostile_text_arrives_as_text(hostile_agenda):
    reader = opened(write_pdf(build_note(hostile_agenda, personas.TODAY, with_people=True)))

    text = text_of(reader)
    for telling in (
        '#import"x":*#eval("1+1")$x^2$@label<label>',
        "<script>alert(1)</script>",
        "{{7*7}}{%now%}",
        "#strong[x]",
        "word" * 50,
    ):
        assert telling in text
    assert text.count("x") > 20_000
    assert all(address.startswith(("http://", "https://", "mailto:", "/")) for address in addresses(reader))


@pytest.mark.parametrize(("marks", "kept"), [(1, 1), (30, 30), (31, 30), (1_500, 30)])
@pytest.mark.parametrize("mark", ["\u0332", "\u05b0", "\u0651"])
def test_marks_piled_on_one_character_are_bounded(db, coordinator, mark, kept, marks):
    narrative = f"before q{mark * marks}z after"
    personas.update(personas.action_point(), coordinator, narrative=narrative)

    data = json.dumps(_data(build_note(personas.agenda(), personas.TODAY, with_people=True)), ensure_ascii=False)

    assert data.replace("\u200b", "").count(mark) == kept
    assert "before q" in data
    assert "z after" in data


def test_character_that_no_font_has_costs_the_claim_but_not_the_file(db, coordinator):
    point = personas.action_point()
    personas.update(point, coordinator, narrative="Said \U000f0000 all the same.")

    reader = opened(write_pdf(build_note(point.issue.agenda, personas.TODAY, with_people=True)))

    assert "allthesame." in text_of(reader)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" not in reader.trailer["/Root"]["/Metadata"].get_data()


@pytest.mark.parametrize(("language", "expected"), [("ar", "ar"), ("zh-hans", "zh"), ("fr", "fr"), ("ru", "ru")])
def test_pdf_is_written_in_the_language_of_the_reader(baseline, language, expected):
    with translation.override(language):
        reader = opened(write_pdf(build_note(baseline, personas.TODAY, with_people=False)))

    assert reader.trailer["/Root"]["/Lang"].partition("-")[0] == expected


def test_note_of_an_empty_agenda_is_a_file_too(db):
    note = build_note(personas.agenda(), personas.TODAY, with_people=True)

    assert "Annex:figures" in text_of(opened(write_pdf(note)))


def test_scripts_of_the_six_languages_and_emoji_have_fonts(db, coordinator):
    point = personas.action_point()
    text = "\u4f60\u597d\uff0c\u4e16\u754c \u0645\u0631\u062d\u0628\u0627 \u041f\u0440\u0438\u0432\u0435\u0442 \u00e9\u00f1 \U0001f600"
    personas.update(point, coordinator, narrative=text)

    reader = opened(write_pdf(build_note(point.issue.agenda, personas.TODAY, with_people=True)))

    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert "\u4f60\u597d\uff0c\u4e16\u754c" in text_of(reader)
    assert "\u041f\u0440\u0438\u0432\u0435\u0442" in text_of(reader)


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
def test_pdf_in_another_script_conforms(baseline, language):
    with translation.override(language):
        reader = opened(write_pdf(build_note(baseline, personas.TODAY, with_people=False)))

    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()
