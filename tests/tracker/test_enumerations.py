"""Tests of words that are written one after the other."""

from django.template import Context, Template
from django.utils.safestring import mark_safe

from tracker.enumerations import comma_separated


def test_words_are_separated_by_commas():
    assert comma_separated(["UNDP", 7, "GCO"]) == "UNDP, 7, GCO"
    assert comma_separated([]) == ""


def test_template_escapes_each_word_once():
    template = Template("{% load wording %}{{ words|comma_separated }}")

    found = template.render(Context({"words": ["<b>", "R&D", mark_safe("&amp;")]}))

    assert found == "&lt;b&gt;, R&amp;D, &amp;"
