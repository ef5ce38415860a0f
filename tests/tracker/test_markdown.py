"""Test the Markdown that people may write, and that unsafe HTML does not reach a page."""

import time

import pytest

from tracker.markdown import split_first_paragraph, to_html, to_plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        (
            "[report](https://www.example.org/)",
            '<p><a href="https://www.example.org/" rel="noopener nofollow">report</a></p>',
        ),
        ("A/RES/60/215 & more", "<p>A/RES/60/215 &amp; more</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(text, html):
    assert to_html(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://www.example.org/pixel.png)",
        '<a href="https://www.example.org" onclick="alert(1)">x</a>',
        "<img src=x onerror=alert(1)>",
        "<style>*{display:none}</style>",
    ],
)
def test_markdown_escapes_html(text):
    html = to_html(text)

    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href" not in html or "onclick" not in html.partition(">")[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Screening is **complete** *everywhere*, ~~nearly~~.", "Screening is complete everywhere, nearly."),
        ("- one\n- `two`\n\n> three\nfour  \nfive", "one\ntwo\nthree\nfour\nfive"),
        ("1. first\n2. second", "first\nsecond"),
        ("The [report](https://www.example.org/), <https://www.example.org/>", "The report, https://www.example.org/"),
        (r"2 \* 3 = 6 &amp; snake_case * # <b>", "2 * 3 = 6 & snake_case * # <b>"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_text(text, plain):
    assert to_plain(text) == plain


@pytest.mark.parametrize("text", ["[" * 10_000, "*" * 20_000, "> " * 5_000, "`" * 20_000, "[a](" * 5_000])
def test_markdown_is_rendered_quickly(text):
    """Some parsers need many seconds for these texts."""
    began = time.process_time()

    to_html(text)

    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", "")),
        ("One\nline.", ("One\nline.", "")),
        ("One.\r\n\r\nTwo.\n\nThree.", ("One.", "Two.\n\nThree.")),
        ("- a\n\n- b\n\nOne.\n\nTwo.", ("- a\n\n- b\n\nOne.", "Two.")),
        ("> quoted", ("> quoted", "")),
        ("One.\x0bstill one.\n\nTwo.", ("One.\x0bstill one.", "Two.")),
        ("One.\u2028still one.\n\nTwo.", ("One.\u2028still one.", "Two.")),
    ],
)
def test_text_is_split_after_its_first_paragraph(text, expected):
    assert split_first_paragraph(text) == expected


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("//host.example/page", "https://host.example/page"),
        ("https://host.example/page", "https://host.example/page"),
        ("/agendas/2026/", "/agendas/2026/"),
    ],
)
def test_address_without_a_scheme_leads_to_another_host(address, href):
    assert f'<a href="{href}" rel="noopener nofollow">' in to_html(f"[a]({address})")
