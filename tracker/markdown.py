"""Render Markdown that people typed as safe HTML."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Complete an address without a scheme, `//host/page`: it leads to another host, on pages and in files alike."""
        return super().normalizeLink(f"https:{url}" if url.startswith("//") else url)


# Only what a narrative needs. No raw HTML, no images (browsers would fetch them from other servers), no headings (pages have their own).
_markdown = _Markdown("zero", {"html": False, "linkify": False, "breaks": True}).enable(
    [
        "paragraph",
        "newline",
        "emphasis",
        "strikethrough",
        "link",
        "autolink",
        "list",
        "blockquote",
        "backticks",
        "escape",
        "entity",
    ]
)
_TAGS = {"p", "br", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "code"}
_BREAKS = {"softbreak": "\n", "hardbreak": "\n"}
LINKS = {"http", "https", "mailto"}


@lru_cache(maxsize=2048)
def to_html(text: str) -> SafeString:
    """Return a narrative as sanitised HTML. Results are cached."""
    rendered = _markdown.render(text)
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=LINKS,
        link_rel="noopener nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


@lru_cache(maxsize=2048)
def to_plain(text: str) -> str:
    """Return a narrative as plain text with the line breaks of the page. Links lose their address. Escape it before use in HTML."""
    paragraphs = (token.children or [] for token in tokens(text) if token.type == "inline")
    return "\n".join("".join(_BREAKS.get(piece.type, piece.content) for piece in pieces) for pieces in paragraphs)


def tokens(text: str) -> list[Token]:
    """Parse a narrative by the same rules, for other formats than HTML. Links are not checked: see `LINKS`."""
    return _markdown.parse(text)


def split_first_paragraph(text: str) -> tuple[str, str]:
    """Split a text after its first paragraph; either half may be empty."""
    ends = [token.map[1] for token in tokens(text) if token.type == "paragraph_open" and not token.level and token.map]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = ends[0] if ends else len(lines)
    return "\n".join(lines[:first]).strip(), "\n".join(lines[first:]).strip()
