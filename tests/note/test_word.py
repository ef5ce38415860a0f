"""The note as a Word file, opened again with python-docx."""

from io import BytesIO

import pytest
from django.utils import translation
from docx import Document
from docx.oxml.ns import qn

from actions.models import ProgressUpdate
from actions.note.builder import build_note
from actions.note.export.word import write_word
from actions.note.markdown_tree import parse
from tests import personas
from tests.note.test_markdown import words

pytestmark = pytest.mark.one_database  # files are written from plain data, whatever the database


def opened(content):
    return Document(BytesIO(content))


def text_of(document):
    return " ".join(" ".join(paragraph.text.split()) for paragraph in document.paragraphs)


@pytest.fixture
def document(client, focal_point, baseline):
    return opened(personas.sign_in(client, focal_point).get("/agendas/2005/note.docx").content)


def styled(document, style):
    """Texts; those of the table of contents without the place of the page number."""
    return [paragraph.text.rstrip("\t") for paragraph in document.paragraphs if paragraph.style.name == style]


def test_word_file_has_the_agenda_in_real_styles(document):
    assert styled(document, "Title") == ["Engaging with the Private Sector: the UN's Progress in 2005"]
    assert len(styled(document, "Heading 1")) == 6 + 2
    assert len(styled(document, "Heading 2")) == 17
    assert styled(document, "toc 1") == styled(document, "Heading 1")
    assert styled(document, "toc 2") == styled(document, "Heading 2")
    assert document.core_properties.title == styled(document, "Title")[0]
    assert document.core_properties.language == "en"


def test_word_file_contains_every_update_and_links_to_it(document):
    text = text_of(document)
    addresses = {relation.target_ref for relation in document.part.rels.values() if relation.is_external}

    for update in ProgressUpdate.objects.all():
        assert " ".join(words(parse(update.narrative or update.reason))) in text
        assert f"http://testserver{update.get_absolute_url()}" in addresses
    assert text.count("No progress so far.") == 3
    assert text.count("Nothing has been reported.") == 1


def test_word_file_has_the_figures(document):
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]

    assert len(rows) == 8
    assert rows[-1] == ["All", "1", "2", "3", "11", "0", "0", "17"]


def test_contents_of_the_word_file_link_to_its_headings(document):
    body = document.element.body
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor"))]
    bookmarks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]

    assert anchors == bookmarks
    assert len(set(bookmarks)) == 25


def test_contents_of_the_word_file_number_the_pages_by_fields(document):
    fields = [element.text.strip() for element in document.element.body.iter(qn("w:instrText"))]
    anchors = [mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))]
    ends = [mark.get(qn("w:fldCharType")) for mark in document.element.body.iter(qn("w:fldChar"))]

    assert fields == [rf"PAGEREF {anchor} \h" for anchor in anchors]
    assert ends.count("begin") == ends.count("separate") == ends.count("end") == len(fields)


def test_each_ordered_list_counts_from_its_own_start(db, coordinator):
    point = personas.action_point()
    personas.update(point, coordinator, narrative="1. a\n2. b\n\ntext\n\n7. c")

    document = opened(write_word(build_note(point.issue.agenda, personas.TODAY, with_people=True)))

    numbers = [item._p.pPr.numPr.numId.val for item in document.paragraphs if item.style.name == "List Number 2"]
    assert len(numbers) == 3
    assert numbers[0] == numbers[1] != numbers[2]


def test_hostile_text_arrives_as_text(hostile_agenda):
    document = opened(write_word(build_note(hostile_agenda, personas.TODAY, with_people=True)))

    text = text_of(document)
    for update in ProgressUpdate.objects.all():
        narrative = update.narrative.replace("\x07", "").replace("\x1b", "").replace("\x0b", "")
        assert " ".join(words(parse(narrative))) in text
    assert "<script>alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text


def test_right_to_left_text_runs_from_right_to_left(hostile_agenda):
    document = opened(write_word(build_note(hostile_agenda, personas.TODAY, with_people=True)))

    turned = [item.text for item in document.paragraphs if item._p.find(f".//{qn('w:bidi')}") is not None]
    assert turned
    assert all("\u0645\u0631\u062d\u0628\u0627" in text for text in turned)


@pytest.mark.parametrize("language", ["ar", "zh-hans", "fr"])
def test_word_file_is_written_in_the_language_of_the_reader(baseline, language):
    with translation.override(language):
        document = opened(write_word(build_note(baseline, personas.TODAY, with_people=False)))

    assert document.core_properties.language == language
