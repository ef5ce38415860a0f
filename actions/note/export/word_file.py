"""A Word file that is written from beginning to end, with what python-docx lacks: links, bookmarks, fields, right-to-left text.

python-docx searches the whole file each time a paragraph, a link or a numbering is added, so that the time grows with the square of
the length. `WordFile` remembers instead what it has added.
"""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.numbering import CT_Num
from docx.shared import Cm, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from actions.note.markdown_tree import is_right_to_left

A4 = Cm(21), Cm(29.7)
TEXT_WIDTH = Cm(14.65)
"""Between the margins of the built-in template on that paper."""
LINK_STYLE = "Hyperlink"
HIGHEST_START = 32_767
"""Word accepts no higher number."""


class WordFile:
    """One Word file, from its beginning to its end. Each addition takes the same time however long the file is."""

    def __init__(self, language: str) -> None:
        self.document = Document()
        self.document.core_properties.language = language
        self._set_up_page_and_styles(language)
        self._add_page_number()
        self._style_ids = {str(style.name): style.style_id for style in self.document.styles}
        self._end_of_body = self.document.element.body.sectPr
        self._link_ids: dict[str, str] = {}
        self._bookmarks = 0
        self._numberings = max(number.numId for number in self._numbering_element.num_lst)
        self._abstract_numbering = cache(self._find_abstract_numbering)

    def bytes(self) -> bytes:
        """Return the content of the .docx file."""
        file = BytesIO()
        self.document.save(file)
        return file.getvalue()

    def add_paragraph(self, style: str) -> Paragraph:
        element = OxmlElement("w:p")
        self._end_of_body.addprevious(element)
        paragraph = Paragraph(element, self.document._body)
        paragraph._p.style = self._style_ids[style]
        return paragraph

    def add_link(self, paragraph: Paragraph, text: str, address: str) -> Run:
        """Add a link to a place outside of the file."""
        link = _add_hyperlink(paragraph, text, "r:id", self._link_id(address))
        return Run(link[0], paragraph)

    def add_bookmark(self, paragraph: Paragraph, anchor: str) -> None:
        """Put a bookmark around all of the paragraph."""
        self._bookmarks += 1
        start = _element("w:bookmarkStart", id=self._bookmarks, name=_bookmark(anchor))
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(_element("w:bookmarkEnd", id=self._bookmarks))

    def add_table_of_contents(self, entries: Iterable[tuple[int, str, str]]) -> None:
        """Add a line for each level, heading and anchor, with the number of its page as a field: only the reader's program knows it.

        No TOC field around them: LibreOffice would take its content for mere text and show no numbers. The headings are real, so
        that Word makes such a table with two clicks.
        """
        for level, heading, anchor in entries:
            link = _add_hyperlink(self.add_paragraph(f"toc {level}"), heading, "w:anchor", _bookmark(anchor))
            _add_page_of(link, _bookmark(anchor))

    def new_numbering(self, style: str, start: int) -> int:
        """Return the id of a numbering that looks like that of the style and begins at `start`; for `number_paragraph`."""
        self._numberings += 1
        numbering = CT_Num.new(self._numberings, self._abstract_numbering(style))
        numbering.add_lvlOverride(ilvl=0).add_startOverride(min(start, HIGHEST_START))
        self._numbering_element.append(numbering)
        return self._numberings

    @property
    def _numbering_element(self) -> Any:
        return self.document.part.numbering_part.element

    def _find_abstract_numbering(self, style: str) -> int:
        of_style = self.document.styles[style].element.find(f".//{qn('w:numId')}").get(qn("w:val"))
        return int(self._numbering_element.num_having_numId(int(of_style)).abstractNumId.val)

    def _link_id(self, address: str) -> str:
        if address not in self._link_ids:
            self._link_ids[address] = f"link{len(self._link_ids) + 1}"
            relations = self.document.part.rels
            relations.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, address, self._link_ids[address], is_external=True)
        return self._link_ids[address]

    def _set_up_page_and_styles(self, language: str) -> None:
        """Set paper and language, and add the styles that the built-in template lacks: links and the table of contents."""
        section, styles = self.document.sections[0], self.document.styles
        section.page_width, section.page_height = A4
        for element in styles.element.iter(qn("w:lang")):
            element.set(qn("w:val"), language)
        link: Any = styles.add_style(LINK_STYLE, WD_STYLE_TYPE.CHARACTER)
        link.font.color.rgb, link.font.underline = RGBColor(0x0B, 0x4F, 0x8A), True
        for level in (1, 2):
            entry: Any = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
            entry.base_style = styles["Normal"]
            entry.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            entry.paragraph_format.left_indent, entry.paragraph_format.space_after = Cm(0.8 * (level - 1)), Cm(0.1)

    def _add_page_number(self) -> None:
        """Show it at the foot of each page."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _begin_field(paragraph, " PAGE ")
        paragraph.add_run("1")
        _end_field(paragraph)


def _add_page_of(link: Any, bookmark: str) -> None:
    """Add the number of the page to an entry, as a field that is updated when the file is opened."""
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


def number_paragraph(paragraph: Paragraph, numbering: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering


def set_direction(paragraph: Paragraph, text: str) -> None:
    """Set the paragraph right to left if its first letter is."""
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
    """Return the new element, which contains one run."""
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


def _instruction(text: str) -> Any:
    element = OxmlElement("w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = text
    return element


def _bookmark(anchor: str) -> str:
    return anchor.replace("-", "_")


def _element(tag: str, **attributes: str | int) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element
