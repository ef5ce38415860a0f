"""Count a text the same way in browser and server.

A limit is a number of characters: Unicode code points, as Python and PostgreSQL count them. A line break is one, and white space at either
end counts for nothing. Browsers send a line break as CR and LF, though they count it as LF. For `maxlength` they count UTF-16 units, so an
emoji is two, and cut a pasted text without a message. Fields therefore have a counter instead (`static/js/counter.js`), and the server
refuses a text that is too long and keeps it. A text in which nothing can be seen counts as empty, too.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict

from tracker.text import is_blank


class NormalizeLineBreaks:
    """Middleware that makes each line break of a form's values one LF, and each invisible value or line empty, before any view reads,
    checks or keeps them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST":
            request.POST = with_plain_line_breaks(request.POST)  # type: ignore[assignment]


def with_plain_line_breaks(data: QueryDict) -> QueryDict:
    """Return the same values with LF for CR LF and for CR, and with nothing for values and lines of invisible characters only."""
    if not any(_plain(value) != value for _name, values in data.lists() for value in values):
        return data
    plain = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        plain.setlist(name, [_plain(value) for value in values])
    plain._mutable = False
    return plain


def _plain(value: str) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    if plain.isascii():
        return plain
    return "" if is_blank(plain) else "\n".join("" if is_blank(line) else line for line in plain.split("\n"))
