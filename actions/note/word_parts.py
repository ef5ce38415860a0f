"""Parts of a Word file that python-docx has no words for: links, bookmarks, fields, lists that count anew, right to left."""

from collections.abc import Iterable
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from actions.note.rich_text import is_right_to_left

A4 = Cm(21), Cm(29.7)
TEXT_WIDTH = Cm(14.65)
"""Between the margins of the built-in template on that paper."""
LINK_STYLE = "Hyperlink"
HIGHEST_START = 32_767
"""Word counts no further."""


def prepare(document: Document, language: str) -> None:
    """Set paper and language, and add the styles that the built-in template lacks: links and the table of contents."""
    section = document.sections[0]
    section.page_width, section.page_height = A4
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)
    link: Any = document.styles.add_style(LINK_STYLE, WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor(0x0B, 0x4F, 0x8A), True
    for level in (1, 2):
        entry: Any = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        entry.base_style = document.styles["Normal"]
        entry.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        entry.paragraph_format.left_indent, entry.paragraph_format.space_after = Cm(0.8 * (level - 1)), Cm(0.1)


def add_link(paragraph: Paragraph, text: str, address: str) -> Run:
    """To a place outside of the file."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = _add_hyperlink(paragraph, text, "r:id", relation)
    return Run(link[0], paragraph)


def add_bookmark(paragraph: Paragraph, anchor: str, number: int) -> None:
    """Round all of the paragraph. `number` is the bookmark's own in the file."""
    start, end = _element("w:bookmarkStart", id=number, name=_bookmark(anchor)), _element("w:bookmarkEnd", id=number)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def add_table_of_contents(document: Document, entries: Iterable[tuple[int, str, str]]) -> None:
    """Of level, heading and anchor, each with the number of its page as a field: where a page ends only the reader's program knows.

    No TOC field around them: LibreOffice would take its content for mere text and show no numbers. The headings are real, so that
    Word makes such a table with two clicks.
    """
    for level, heading, anchor in entries:
        paragraph = document.add_paragraph(style=f"toc {level}")
        link = _add_hyperlink(paragraph, heading, "w:anchor", _bookmark(anchor))
        _add_page_of(link, _bookmark(anchor))


def _add_page_of(link: Any, bookmark: str) -> None:
    """At the end of the line, in the link of an entry. Marked to be brought up to date as soon as the file is opened."""
    for content in (
        [OxmlElement("w:tab")],
        [_element("w:fldChar", fldCharType="begin", dirty="true")],
        [_instruction(rf" PAGEREF {bookmark} \h ")],
        [_element("w:fldChar", fldCharType="separate")],
        [OxmlElement("w:t")],
        [_element("w:fldChar", fldCharType="end")],
    ):
        run = OxmlElement("w:r")
        run.extend(content)
        link.append(run)


def add_page_number(document: Document) -> None:
    """At the foot of each page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _begin_field(paragraph, " PAGE ")
    paragraph.add_run("1")
    _end_field(paragraph)


def new_numbering(document: Document, style: str, start: int) -> int:
    """The id of a numbering that looks like that of the style and begins at `start`; for `number_paragraph`."""
    numbering = document.part.numbering_part.element
    of_style = document.styles[style].element.find(f".//{qn('w:numId')}").get(qn("w:val"))
    abstract = numbering.num_having_numId(int(of_style)).abstractNumId.val
    added = numbering.add_num(abstract)
    added.add_lvlOverride(ilvl=0).add_startOverride(min(start, HIGHEST_START))
    return int(added.numId)


def number_paragraph(paragraph: Paragraph, numbering: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering


def turn(paragraph: Paragraph, text: str) -> None:
    """Let the paragraph run from right to left where its first letter does."""
    if not is_right_to_left(text):
        return
    paragraph._p.get_or_add_pPr().insert_element_before(
        _element("w:bidi"),
        "w:adjustRightInd",
        "w:snapToGrid",
        "w:spacing",
        "w:ind",
        "w:contextualSpacing",
        "w:jc",
        "w:rPr",
    )
    for run in paragraph._p.iter(qn("w:r")):
        run.get_or_add_rPr().insert_element_before(_element("w:rtl"), "w:cs", "w:em", "w:lang")


def mark_as_code(run: Run) -> None:
    run.font.name, run.font.highlight_color = "Courier New", WD_COLOR_INDEX.GRAY_25


def _add_hyperlink(paragraph: Paragraph, text: str, attribute: str, target: str) -> Any:
    """The element, with one run in it."""
    link = OxmlElement("w:hyperlink")
    link.set(qn(attribute), target)
    run = paragraph.add_run(text)
    run._r.style = LINK_STYLE
    link.append(run._r)
    paragraph._p.append(link)
    return link


def _begin_field(paragraph: Paragraph, instruction: str) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="begin"))
    paragraph.add_run()._r.append(_instruction(instruction))
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))


def _end_field(paragraph: Paragraph) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="end"))


def _instruction(told: str) -> Any:
    element = OxmlElement("w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = told
    return element


def _bookmark(anchor: str) -> str:
    return anchor.replace("-", "_")


def _element(tag: str, **attributes: str | int) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element
