"""Rows as CSV, JSON or XLSX. Rows come in batches and leave as they come, so that memory stays flat however many there are."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, cast

import xlsxwriter
from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from tracker.text import without_unwanted

Rows = Iterable[Sequence[Sequence[Any]]]
"""Batches of rows; each row has a value a column: text, a whole number, a date, a moment in UTC, true or false, or None."""

XLSX_LIMIT = 100_000
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LIVE_OR_UNWANTED = frozenset("=+-@") | {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF]}
"""What a spreadsheet takes for a formula at the beginning of a cell, or what is left out and may have stood before that."""


def file_response(
    kind: str, name: str, columns: Sequence[str], rows: Rows, head: Mapping[str, str], count: Callable[[], int]
) -> HttpResponseBase:
    """The rows as a file of one of KINDS. Raises BadRequest for a workbook of more rows than XLSX_LIMIT, which `count` tells."""
    response: Any
    if kind == "xlsx":
        if count() > XLSX_LIMIT:
            raise BadRequest(_("A workbook holds 100,000 rows at most. Filter the list, or take CSV."))
        response = FileResponse(as_xlsx(columns, rows, head), content_type=KINDS[kind])
    else:
        stream = as_csv(columns, rows, head) if kind == "csv" else as_json(columns, rows, head)
        response = StreamingHttpResponse(stream, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return cast(HttpResponseBase, response)


def as_csv(columns: Sequence[str], rows: Rows, head: Mapping[str, str]) -> Iterator[bytes]:
    """UTF-8 with a mark that Excel knows it by. What the file is stands in lines that begin with `#`; text that looks like a formula is put
    behind an apostrophe.
    """
    sink, live = _Sink(), _LIVE_OR_UNWANTED
    writer = csv.writer(sink)
    yield "\ufeff".encode()
    for name, value in head.items():
        # A quotation mark would swallow the rows that follow, where a reader takes this line for one of them.
        sink.write(f"# {' '.join(f'{name}: {value}'.split())}\r\n".replace('"', "'"))
    writer.writerow(columns)
    yield sink.taken()
    for batch in rows:
        writer.writerows(
            [
                [value if not isinstance(value, str) or value[:1] not in live else f"'{value}" for value in row]
                for row in batch
            ]
        )
        yield sink.taken()


def as_json(columns: Sequence[str], rows: Rows, head: Mapping[str, str]) -> Iterator[bytes]:
    """One object: what the file is, then `rows`, a list of objects. Dates are ISO 8601."""
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
    """A workbook in a temporary file, open at its beginning: dates are dates, text is text, and a second sheet says what the file is."""
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
    for number, name in enumerate(columns):
        sheet.write_string(0, number, name, bold)
    sheet.freeze_panes(1, 0)
    line = 0
    for batch in rows:
        for row in batch:
            line += 1
            for number, value in enumerate(row):
                _write(sheet, line, number, value, day, moment)
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
    for number, (name, value) in enumerate(head.items()):
        about.write_string(number, 0, without_unwanted(name), bold)
        about.write_string(number, 1, without_unwanted(value))
    book.close()
    file.seek(0)
    return file


class _Sink:
    """Where the csv module writes to, emptied after each batch."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str) -> None:
        self._parts.append(text)

    def taken(self) -> bytes:
        text = "".join(self._parts)
        self._parts.clear()
        return without_unwanted(text).encode()


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value))


def _write(sheet: Any, line: int, number: int, value: Any, day: Any, moment: Any) -> None:
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
        sheet.write_string(line, number, without_unwanted(str(value))[:32_767])
