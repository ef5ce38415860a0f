"""What the tests of the note work on."""

import pytest
from django.core.management import call_command

from issues.models import Agenda
from tests import personas

HOSTILE = [
    "# heading <script>alert(1)</script>\n\n---\n\n| a | b |\n| --- | --- |",
    '#import "x": * #eval("1+1") $x^2$ @label <label> \\u{41} // comment /* more */ = Heading',
    "{{ 7 * 7 }} {% now %} &amp; &lt; ]]> \" '",
    "**bold *both* ~~struck~~** `co``de` [link](https://example.org/?a=1&b=(2)) [bad](javascript:alert) <https://a.example/>",
    "1. one\n   - two\n\n     > three\n\n2. four\n\n1999\\. A year\n\\- no list",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 **\u0642\u0648\u064a**",
    "\u4f60\u597d\uff0c\u4e16\u754c",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eright to left\u202c",
    "bell \x07 escape \x1b vertical \x0b",
    "> " * 60 + "deep",
    "- " * 60 + "deep",
    "*" * 200 + "[" * 200,
    "word " * 4000,
    "x" * 20_000,
]
"""Narratives that have broken files before, or might."""


@pytest.fixture
def baseline(db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    return Agenda.objects.get(slug="2005")


@pytest.fixture
def hostile_agenda(db, coordinator):
    """The same in every text of it; one action point for each of HOSTILE."""
    agenda = personas.agenda("2026", title='#eval("1") <b>&', introduction="\n\n".join(HOSTILE[:9]))
    issue = personas.issue(agenda, title="*Issue* [x](y) \U0001f600", rationale=HOSTILE[0])
    for number, narrative in enumerate(HOSTILE, 1):
        point = personas.action_point(issue, number, title="$x$ | `y` \u4f60\u597d", description=narrative)
        personas.update(
            point,
            coordinator,
            narrative=narrative,
            attributed_to="<i>Who</i> & #who",
            evidence=[("https://example.org/a(b)?c=%20&d=#e", "A ] title \u202e")],
        )
        personas.milestone(point, title="#strong[x] \U0001f600", place="<here>")
    return agenda
