"""A text is checked, counted and stored with one character for a line break, whatever form it was typed into."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from actions.models.progress_update import NARRATIVE_LIMIT
from tests import personas
from tracker.web.line_breaks import with_plain_line_breaks

LINES = "é\n" * (NARRATIVE_LIMIT // 2 - 1) + "éé"
FULL = [LINES, "😀" * NARRATIVE_LIMIT, "😀\n" * (NARRATIVE_LIMIT // 2 - 1) + "👩🏽", "ب" * NARRATIVE_LIMIT]
"""Texts with exactly as many characters as a narrative may have."""


def as_browsers_send_it(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.fixture
def narrative_form(client, focal_point) -> Any:
    """Send a narrative; return the response and the action point."""
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    personas.sign_in(client, focal_point)

    def send(narrative: str) -> tuple[Any, Any]:
        sent = {"status": "under_way", "narrative": narrative, "agency": focal_point.agency_id, "version": "0"}
        return client.post(reverse("log_progress", args=["2026", 1, 1]), sent), point

    return send


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (["a\r\nb"], ["a\nb"]),
        (["a\rb", "a\n\rb", "\r\n"], ["a\nb", "a\n\nb", "\n"]),
        (["a\nb", ""], ["a\nb", ""]),
        ([], []),
        (["one\r\n\u200b\r\n中\u3164\r\n\u2003"], ["one\n\n中\u3164\n"]),
        (["\u200b\r\n\u2060", "\u3164", "\u00a0"], ["", "", ""]),
        (["\u200ba", "e\u0301", " ", ""], ["\u200ba", "e\u0301", " ", ""]),
    ],
)
def test_line_breaks_of_a_form_become_one_character(typed, plain):
    data = QueryDict(mutable=True)
    data.setlist("text", typed)
    data["other"] = "x"

    found = with_plain_line_breaks(data)

    assert (found.getlist("text"), found["other"]) == (plain, "x")


def test_form_with_plain_line_breaks_stays_immutable():
    with pytest.raises(AttributeError):
        with_plain_line_breaks(QueryDict("text=a%0D%0Ab"))["text"] = "c"


@pytest.mark.django_db
@pytest.mark.parametrize("text", FULL)
def test_narrative_of_exactly_the_limit_is_stored(narrative_form, text):
    response, point = narrative_form(as_browsers_send_it(text))

    assert response.status_code == 302
    assert point.progress_updates.get().narrative == text


@pytest.mark.django_db
@pytest.mark.parametrize("text", FULL)
def test_narrative_of_one_character_more_is_refused_and_kept(narrative_form, text):
    response, point = narrative_form(as_browsers_send_it(text + "é"))

    assert response.status_code == 400
    assert f"it has {NARRATIVE_LIMIT + 1}" in response.text
    assert point.drafts.get().texts == [text + "é"]


@pytest.mark.django_db
def test_line_breaks_of_a_model_form_are_plain(client, coordinator):
    point = personas.action_point()
    url = reverse("action_point_edit", args=["2026", 1, 1])
    sent = {"title": "Train", "description": "One.\r\nTwo.", "version": ""}

    assert personas.sign_in(client, coordinator).post(url, sent).status_code == 302
    point.refresh_from_db()
    assert point.description == "One.\nTwo."


@pytest.mark.django_db
def test_pasted_agenda_of_exactly_the_limit_is_read(client, coordinator):
    personas.agenda()
    lines = "7. Impact\n7.1 Measure it\n"
    text = lines + "x\n" * ((100_000 - len(lines)) // 2 - 1) + "x" * 2 + "x" * ((100_000 - len(lines)) % 2)
    url = reverse("paste_agenda", args=["2026"])

    page = personas.sign_in(client, coordinator).post(url, {"text": as_browsers_send_it(text)})

    assert len(text) == 100_000
    assert "text" not in page.context["form"].errors or "characters" not in str(page.context["form"].errors["text"])


@pytest.mark.parametrize("widget", [forms.TextInput, forms.Textarea, forms.EmailInput])
def test_fields_have_a_counter_and_no_maxlength(widget):
    class Form(forms.Form):
        text = forms.CharField(max_length=7, widget=widget)

    html = str(Form()["text"])

    assert 'data-counter="7"' in html
    assert "maxlength" not in html
