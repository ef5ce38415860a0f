"""Check the strings of pages and mails for words that words of the field have replaced."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
REPLACED = {
    "snooze": "pause reminders",
    "silent": "update due",
    "silence": "update due",
    "owner": "the people responsible",
    "nobody owns": "no one responsible",
    "shows? no progress": "needs attention",
    "stands?": "status",
    "a part only": "a piece of the work",
    "less than a day": "today",
    "go(es)? on with": "continue",
    "told": "another verb",
    "anew": "again",
    "so many": "a number",
    "thus far": "so far",
    "whoever": "anyone who",
    "still to come": "in the future",
    "gone by": "past",
    "in force": "valid",
    "hold back": "pause",
    "somebody was faster": "somebody else has changed it",
    "undated": "no date given",
    "ledger": "sent reminders",
}
"""Words that pages do not use any more, as regular expressions, and what they use instead."""


def template_strings() -> Iterator[tuple[str, str]]:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        text = path.read_text()
        blocks = re.findall(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate", text, re.DOTALL)
        for words in [*re.findall(r'\{% translate "([^"]*)"', text), *blocks]:
            yield path.name, re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", words)


def python_strings() -> Iterator[tuple[str, str]]:
    for package in ("tracker", "issues", "actions"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) in MARKERS:
                    for each in node.args:
                        if isinstance(each, ast.Constant) and isinstance(each.value, str):
                            yield path.name, re.sub(r"%\(\w+\)s", "", each.value)


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


STRINGS = [*template_strings(), *python_strings()]


def test_strings_of_templates_and_modules_are_found():
    assert {
        ("login.html", "Sign in"),
        ("status.py", "Update due"),
        ("_as_of.html", "As of today"),
    } <= set(STRINGS)


@pytest.mark.parametrize("words", REPLACED)
def test_no_string_uses_replaced_words(words):
    pattern = re.compile(rf"\b(?:{words})s?\b", re.IGNORECASE)

    assert [(name, text) for name, text in STRINGS if pattern.search(text)] == []
