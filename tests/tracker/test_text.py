"""What text is accepted, and how a refusal is worded."""

import pytest
from django.core.exceptions import ValidationError

from tracker.text import validate_line, validate_text


@pytest.mark.parametrize("text", ["", "Ordinary.", "Two\nlines\tand a tab", "中文 عربي Русский", "👩‍🔬 ok"])
def test_text_of_people_is_accepted(text):
    validate_text(text)


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\uffff"])
def test_text_with_a_control_character_is_refused_with_its_place(character):
    with pytest.raises(ValidationError) as refusal:
        validate_text(f"abc{character}def")

    assert "Character 4" in refusal.value.messages[0]


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\u2028", "\x00"])
def test_line_has_no_breaks(character):
    with pytest.raises(ValidationError):
        validate_line(f"abc{character}def")
