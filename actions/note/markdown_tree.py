"""Markdown as a small tree from which each kind of file is written, parsed by the rules of the page."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Union
from urllib.parse import quote, urlsplit

from markdown_it.token import Token

from tracker.markdown import LINKS, tokens

LINK_LIMIT = 2000
"""Readers of PDF and Word files refuse longer addresses: they are shown as text."""


@dataclass(frozen=True, slots=True)
class Run:
    """A text in one style. A line break is a run of its own: `\\n`."""

    text: str
    strong: bool = False
    emphasis: bool = False
    struck: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[tuple["Block", ...], ...]
    start: int | None = None
    """The first number; None for bullets."""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple["Block", ...]


Block = Union[Paragraph, List, Quote]  # noqa: UP007 - the classes name it before it is there


def parse(text: str) -> tuple[Block, ...]:
    """Parse Markdown. Links to anything but the web and mail keep their text and lose their address."""
    return _blocks(iter(tokens(text)), "")


def _blocks(stream: Iterator[Token], end: str) -> tuple[Block, ...]:
    """Read the stream up to the token `end`, which is consumed."""
    found: list[Block] = []
    for token in stream:
        if token.type == end:
            break
        if token.type == "inline":
            found.append(Paragraph(_runs(token.children or [])))
        elif token.type == "bullet_list_open":
            found += _list(stream, "bullet_list_close", None)
        elif token.type == "ordered_list_open":
            found += _list(stream, "ordered_list_close", int(token.attrs.get("start", 1)))
        elif token.type == "blockquote_open" and (quoted := _blocks(stream, "blockquote_close")):
            found.append(Quote(quoted))
    return tuple(found)


def _list(stream: Iterator[Token], end: str, start: int | None) -> list[List]:
    """Read a list; return no list if all its items are empty."""
    items = []
    for token in stream:
        if token.type == end:
            break
        if item := _blocks(stream, "list_item_close"):
            items.append(item)
    return [List(tuple(items), start)] if items else []


_STYLES = {"strong": "strong", "em": "emphasis", "s": "struck"}


def _runs(inline: list[Token]) -> tuple[Run, ...]:
    runs: list[Run] = []
    depth = dict.fromkeys(_STYLES.values(), 0)
    href = ""
    for token in inline:
        if token.type in {"softbreak", "hardbreak"}:
            runs.append(Run("\n"))
        elif token.type == "link_open":
            href = web_address(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            href = ""
        elif token.tag in _STYLES:
            depth[_STYLES[token.tag]] += token.nesting
        elif token.content:
            style = {name: count > 0 for name, count in depth.items()}
            _join(runs, Run(token.content, **style, code=token.type == "code_inline", href=href))
    return tuple(runs)


def _join(runs: list[Run], run: Run) -> None:
    """Append the run, or extend the last one of the same style: markdown-it splits text at each special character."""
    if runs and runs[-1].text != "\n" and replace(runs[-1], text=run.text) == run:
        run = replace(run, text=runs.pop().text + run.text)
    runs.append(run)


def web_address(text: str) -> str:
    """Return an address that every kind of file accepts: in ASCII, of the web or of mail; empty if there is none."""
    address = quote(text, safe="%/:?#[]@!$&'()*+,;=~")
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    return address if scheme in LINKS and len(address) <= LINK_LIMIT else ""


def is_right_to_left(text: str) -> bool:
    """Whether the first letter belongs to a right-to-left script."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
