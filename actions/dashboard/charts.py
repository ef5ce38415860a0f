"""Draw charts of an agenda as SVG files, for a meeting: readable on paper, from either direction, and by screen readers.

Everything is drawn with attributes, because the site allows no styles inside a document.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from actions.as_of import AsOf
from actions.dashboard.figures import Figure, StatusRow
from actions.dashboard.heat_map import HeatMap
from actions.models import ActionStatus
from issues.models import Agenda

WIDTH, MARGIN, HEAD, ROW, LABELS, COLUMN = 960, 24, 112, 34, 190, 126
"""Pixels: the width of a drawing, its margin, the space for title and legend, a row, the labels of rows, and a column of a table."""
MAX_TITLE = 90

INK, MUTED, LINE, DUE, DUE_SOFT, WHITE = "#16222c", "#51606b", "#d6dcdc", "#8a4a00", "#fcf0dc", "#ffffff"
COLOURS = {
    ActionStatus.COMPLETED: "#1a6639",
    ActionStatus.UNDER_WAY: "#00577f",
    ActionStatus.EXPLORING: "#5b3a9b",
    ActionStatus.NO_PROGRESS: "#8a4a00",
    ActionStatus.NOT_REPORTED: "#8b979c",
    ActionStatus.DISCONTINUED: "#44494f",
}


@dataclass(slots=True)
class Drawing:
    """Shapes and texts on a white sheet. In a language that is written from right to left everything is mirrored."""

    width: int
    height: int
    is_mirrored: bool = field(default_factory=get_language_bidi)
    shapes: list[SafeString] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        left = self.width - x - width if self.is_mirrored else x
        shape = '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
        self.shapes.append(format_html(shape, round(left, 1), round(y, 1), round(width, 1), round(height, 1), fill))

    def text(
        self, x: float, y: float, words: object, *, size: int = 15, fill: str = INK, anchor: str = "start"
    ) -> None:
        """Write the words beginning at x or, with another anchor, around it (`middle`) or up to it (`end`)."""
        x = self.width - x if self.is_mirrored else x
        weight = 600 if size > 15 or fill == DUE else 400
        shape = '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}" text-anchor="{}">{}</text>'
        self.shapes.append(format_html(shape, round(x, 1), round(y, 1), size, weight, fill, anchor, words))

    def count(self, x: float, y: float, figure: Figure) -> None:
        """Write the count of a segment around x, in a colour that can be read on that of its status."""
        fill = INK if figure.status == ActionStatus.NOT_REPORTED else WHITE
        self.text(x, y, figure.count, size=14, fill=fill, anchor="middle")

    def svg(self, title: str, description: str) -> str:
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" lang="{lang}" direction="{direction}" '
            'width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="Source Sans 3, Noto Sans, Noto Sans Arabic, Noto Sans SC, sans-serif">'
            '<title id="title">{title}</title><desc id="description">{description}</desc>'
            '<rect width="{width}" height="{height}" fill="#ffffff"/>'
        )
        opening = format_html(
            head,
            lang=get_language() or "en",
            direction="rtl" if self.is_mirrored else "ltr",
            width=self.width,
            height=self.height,
            title=title,
            description=description,
        )
        return opening + format_html_join("", "{}", ((shape,) for shape in self.shapes)) + mark_safe("</svg>")


def draw_bars(agenda: Agenda, as_of: AsOf, title: str, rows: Sequence[StatusRow]) -> str:
    """Draw a bar for each row, on one scale, with the count in each segment."""
    drawing = Drawing(WIDTH, HEAD + ROW * max(len(rows), 1) + MARGIN)
    _draw_head(drawing, agenda, as_of, title, rows[0].figures if rows else ())
    scale = (WIDTH - LABELS - 3 * MARGIN - 16) / max([1, *(row.total for row in rows)])
    for place, row in enumerate(rows):
        y, x = HEAD + ROW * place, float(MARGIN + LABELS)
        drawing.text(MARGIN, y + 20, row.label)
        for figure in row.figures:
            if figure.count:
                length = scale * figure.count
                drawing.rectangle(x, y + 3, max(length - 1.5, 1), ROW - 10, COLOURS[figure.status])
                if length > 18:
                    drawing.count(x + length / 2, y + 20, figure)
                x += length
        drawing.text(x + 8, y + 20, row.total, fill=MUTED)
    return drawing.svg(_full_title(agenda, as_of, title), _in_words(rows))


def draw_columns(agenda: Agenda, as_of: AsOf, title: str, rows: Sequence[StatusRow]) -> str:
    """Draw a column for each row, from the left to the right, with the count in each segment."""
    height = 300
    drawing = Drawing(WIDTH, HEAD + height + 2 * MARGIN)
    _draw_head(drawing, agenda, as_of, title, rows[0].figures if rows else ())
    scale = height / max([1, *(row.total for row in rows)])
    step = (WIDTH - 2 * MARGIN) / max(len(rows), 6)
    for place, row in enumerate(rows):
        x, y = MARGIN + step * place, float(HEAD + height)
        for figure in reversed(row.figures):
            if figure.count:
                length = scale * figure.count
                y -= length
                drawing.rectangle(x + 4, y, step - 12, max(length - 1.5, 1), COLOURS[figure.status])
                if length > 16:
                    middle = y + length / 2 + 5
                    drawing.count(x + step / 2 - 2, middle, figure)
        drawing.text(x + step / 2 - 2, HEAD + height + 20, row.short_label, size=12, anchor="middle")
    return drawing.svg(_full_title(agenda, as_of, title), _in_words(rows))


def draw_table(agenda: Agenda, as_of: AsOf, title: str, table: HeatMap) -> str:
    """Draw when each agency last reported under each issue. What is due is tinted and marked with "!"."""
    width = max(WIDTH, 2 * MARGIN + LABELS + COLUMN * len(table.issues))
    drawing = Drawing(width, HEAD + ROW * len(table.rows) + MARGIN)
    _draw_head(drawing, agenda, as_of, title, ())
    for column, head in enumerate(table.issues):
        x = MARGIN + LABELS + COLUMN * column
        drawing.text(x + 8, HEAD - 22, head.issue.number, size=13, fill=MUTED)
        drawing.text(x + 8, HEAD - 4, Truncator(head.short_title).chars(17), size=13, fill=MUTED)
    sentences = []
    for place, row in enumerate(table.rows):
        y = HEAD + ROW * place
        label = row.acronym or _("No lead agency")
        drawing.rectangle(MARGIN, y + 2, width - 2 * MARGIN, 1, LINE)
        drawing.text(MARGIN, y + 24, label)
        words = []
        for column, cell in enumerate(row.cells):
            if cell:
                x = MARGIN + LABELS + COLUMN * column
                text = f"{cell.words} ({cell.count})" if cell.count > 1 else cell.words
                if cell.is_due:
                    drawing.rectangle(x, y + 5, COLUMN - 6, ROW - 8, DUE_SOFT)
                    text = f"! {text}"
                drawing.text(x + 8, y + 24, text, size=13, fill=DUE if cell.is_due else INK)
                words.append(f"{cell.issue}: {text}")
        sentences.append(f"{label}: {'; '.join(words)}.")
    return drawing.svg(_full_title(agenda, as_of, title), " ".join(sentences))


def _draw_head(drawing: Drawing, agenda: Agenda, as_of: AsOf, title: str, legend: Sequence[Figure]) -> None:
    """Write the title, the agenda and the date, and a legend of the statuses."""
    drawing.text(MARGIN, 38, title, size=22)
    subtitle = f"{Truncator(agenda.title).chars(MAX_TITLE)} · {date_format(as_of.day)}"
    drawing.text(MARGIN, 62, subtitle, fill=MUTED)
    step = (WIDTH - 2 * MARGIN) / 6
    for place, figure in enumerate(legend):
        x = MARGIN + step * place
        drawing.rectangle(x, 80, 14, 14, COLOURS[figure.status])
        drawing.text(x + 21, 92, figure.status.label, size=14)


def _full_title(agenda: Agenda, as_of: AsOf, title: str) -> str:
    return f"{title} · {agenda.title} · {date_format(as_of.day)}"


def _in_words(rows: Sequence[StatusRow]) -> str:
    """Return what the chart shows: "1 Reform: 2 Under way, 1 Not reported." and so on."""
    return " ".join(
        f"{row.label}: {', '.join(f'{figure.count} {figure.status.label}' for figure in row.figures if figure.count)}."
        for row in rows
    )
