"""Helpers that read a page: its text without tags, and its links."""

from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.add(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def text(response: Any) -> str:
    """Return the text of a page, with one space between words."""
    return " ".join(_read(response).words)


def links(response: Any) -> set[str]:
    return _read(response).links


def _read(response: Any) -> _Reader:
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader
