"""Write rows as CSV, JSON or XLSX files, batch by batch, so that memory does not grow with their number."""

import csv
import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, cast

import xlsxwriter
from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from tracker.text import without_unwanted

Rows = Iterable[Sequence[Sequence[Any]]]
"""Batches of rows; each row has a value for each column: text, a whole number, a date, a moment in UTC, a boolean, or None."""

MAX_CELL = 32_767
"""Characters of a cell of a workbook, as Excel counts them: UTF-16 units, of which an emoji is two. It opens no file with more."""
_WIDTH = 24
"""Width of the columns of a workbook, in digits."""
MAX_WORKBOOK_ROWS = 100_000
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPED = (int, date, type(None))
"""Cells of these types are never read as formulas; all others are written as text."""
_FORMULA_MARKS = frozenset("=+-@\u2212")
"""A spreadsheet reads a cell that begins with one of these, in any width, as a formula."""
_CONTROLS = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Invisible characters that Unicode classifies as letters or symbols."""
_CELL_STARTS = re.compile(r"(?<=[;\t\r\n])(?![-+] )")
"""Where a cell begins in a spreadsheet that separates cells by semicolons or tabs. List items do not count."""


def file_response(
    kind: str, name: str, columns: Sequence[str], rows: Rows, head: Mapping[str, str], count: Callable[[], int]
) -> HttpResponseBase:
    """Answer with a file of one of KINDS. Raises BadRequest for a workbook if `count` returns more than MAX_WORKBOOK_ROWS."""
    response: Any
    if kind == "xlsx":
        if count() > MAX_WORKBOOK_ROWS:
            raise BadRequest(_("A workbook holds 100,000 rows at most. Filter the list, or download CSV."))
        response = FileResponse(as_xlsx(columns, rows, head), content_type=KINDS[kind])
    else:
        stream = as_csv(columns, rows, head) if kind == "csv" else as_json(columns, rows, head)
        response = StreamingHttpResponse(stream, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return cast(HttpResponseBase, response)


def as_csv(columns: Sequence[str], rows: Rows, head: Mapping[str, str]) -> Iterator[bytes]:
    """Write UTF-8 with a byte order mark, which Excel needs to recognise it.

    The file begins with a line of two cells for each entry of `head`, its name and value. The first of them begins with `#`.
    """
    file = _CsvFile()
    yield "\ufeff".encode()
    file.write_rows([f"# {name}", " ".join(value.split())] for name, value in head.items())
    file.write_rows([columns])
    yield file.take()
    for batch in rows:
        file.write_rows(batch)
        yield file.take()


def as_json(columns: Sequence[str], rows: Rows, head: Mapping[str, str]) -> Iterator[bytes]:
    """Write one object: the entries of `head`, then `rows`, a list of objects. Dates are ISO 8601."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_iso).encode
    yield (encode(dict(head))[:-1] + (", " if head else "") + '"rows": [').encode()
    separator = "\n"
    for batch in rows:
        texts = [encode(dict(zip(columns, row, strict=True))) for row in batch]
        if texts:
            yield (separator + ",\n".join(texts)).encode("utf-8", "replace")
            separator = ",\n"
    yield b"\n]}\n"


def as_xlsx(columns: Sequence[str], rows: Rows, head: Mapping[str, str]) -> IO[bytes]:
    """Write a workbook into a temporary file, open at its beginning. Dates are dates, text is text; a second sheet holds `head`."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet, about = book.add_worksheet("Rows"), book.add_worksheet("About")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    about.set_column(0, 1, 2 * _WIDTH)
    for number, name in enumerate(columns):
        sheet.write_string(0, number, name, bold)
    sheet.freeze_panes(1, 0)
    line = 0
    for batch in rows:
        for row in batch:
            line += 1
            for number, value in enumerate(row):
                _write(sheet, line, number, value, day, moment, wrapped)
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
    for number, cells in enumerate(head.items()):
        for place, cell in enumerate(cells):
            _write(about, number, place, cell, day, moment, wrapped)
    book.close()
    file.seek(0)
    return file


class _CsvFile:
    """Write all CSV lines, with formulas escaped. `take` returns and removes what was written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._writer = csv.writer(self)

    def write_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        self._writer.writerows(
            [cell if isinstance(cell, _TYPED) else _escape_formulas(str(cell)) for cell in row] for row in rows
        )

    def write(self, line: str) -> None:
        """Receive a finished line from the csv module."""
        self._lines.append(line)

    def take(self) -> bytes:
        text = "".join(self._lines)
        self._lines.clear()
        return text.encode()


def _escape_formulas(text: str) -> str:
    """Put an apostrophe before each formula."""
    cells = _CELL_STARTS.split(text)
    return without_unwanted("".join(f"'{cell}" if _is_formula(cell) else cell for cell in cells))


def _is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would read the cell as a formula: some skip invisible and control characters at its start.

    Quotation marks do not count: at the start of a cell they only enclose it.
    """
    visible = next((character for character in cell if _is_visible(character) and character != '"'), "")
    return cell[:1] in _CONTROLS or unicodedata.normalize("NFKC", visible) in _FORMULA_MARKS


def _is_visible(character: str) -> bool:
    """Return whether it is a letter, number, punctuation mark or symbol."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value))


def _write(sheet: Any, line: int, number: int, value: Any, day: Any, moment: Any, wrapped: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, int):
        sheet.write_number(line, number, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, number, value.replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(line, number, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
    else:
        sheet.write_string(line, number, _cut(without_unwanted(str(value))), wrapped)


def _cut(text: str) -> str:
    """Return the text, cut with an ellipsis at a whole character if it has more than MAX_CELL UTF-16 units."""
    if 2 * len(text) <= MAX_CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * (MAX_CELL - 1)].decode("utf-16-le", "ignore") + "…"
