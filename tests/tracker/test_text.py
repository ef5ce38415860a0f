"""Test the validators of text and of lines."""

import pytest
from django.core.exceptions import ValidationError

from tracker.text import validate_line, validate_text


@pytest.mark.parametrize("text", ["", "Ordinary.", "Two\nlines\tand a tab", "中文 عربي Русский", "👩‍🔬 ok"])
def test_validate_text_accepts_what_people_write(text):
    validate_text(text)


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\uffff"])
def test_validate_text_refuses_control_characters_and_names_their_position(character):
    with pytest.raises(ValidationError) as refusal:
        validate_text(f"abc{character}def")

    assert "Character 4" in refusal.value.messages[0]


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\u2028", "\x00"])
def test_validate_line_refuses_line_breaks(character):
    with pytest.raises(ValidationError):
        validate_line(f"abc{character}def")
