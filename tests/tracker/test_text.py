"""Test the validators of text and of lines."""

import pytest
from django.core.exceptions import ValidationError

from tracker.text import NameField, is_blank, validate_line, validate_text


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000\n", "Ordinary.", "Two\nlines\tand a tab", "中文 عربي Русский", "👩‍🔬 ok"]
)
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


INVISIBLE = [
    "\u200b",
    "\u200b\u200c\u200d\u2060",
    "\ufeff \u00ad",
    "\u202e\u2066\u2069",
    "\u3000\u00a0\u200b",
    "\u3164",
    "\u115f\u1160\uffa0",
    "\u2800\u2800",
    "\u034f\ufe0f",
    "\u0301",
    "\U000e0041\U000e0100",
    "\u2065",
]
VISIBLE = ["a", ".", "-", "…", "中", "ا", "\u200ba", "e\u0301", "👩\u200d🔬", "\u0e33", "\u0903"]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
@pytest.mark.parametrize("validate", [validate_text, validate_line])
def test_text_in_which_nothing_can_be_seen_is_refused(validate, text):
    with pytest.raises(ValidationError) as refusal:
        validate(text)

    assert refusal.value.messages == ["This consists of characters that nobody can see. Type what others should read."]


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_text_in_which_something_can_be_seen_is_accepted(text):
    validate_line(text)

    assert not is_blank(text)


BIDI_CONTROLS = [chr(code) for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("control", BIDI_CONTROLS, ids=ascii)
def test_bidi_controls_are_removed_from_names(control):
    for field in (NameField(), NameField().formfield()):
        assert field.to_python(f"{control}Ada {control}Lovelace{control}") == "Ada Lovelace"


def test_joiners_and_scripts_written_from_right_to_left_stay_in_names():
    name = "نرگس\u200cخاتون क्\u200dष"

    assert NameField().to_python(name) == name
