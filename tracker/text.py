"""Refuse text that cannot be stored, exported or seen: one control character breaks spreadsheets, Word files and feeds."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNWANTED_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
_BLANK_LETTERS = frozenset("\u115f\u1160\u2065\u2800\u3164\uffa0")
"""Fillers and a pattern without dots: letters and signs for Unicode, but nothing to see."""


def is_blank(text: str) -> bool:
    """Return whether nothing of the text can be seen: it has no characters but spaces, formatting, lone accents and fillers."""
    return not any(map(_is_visible, text))


def _is_visible(character: str) -> bool:
    if unicodedata.category(character) in _INVISIBLE or character in _BLANK_LETTERS:
        return False
    return not 0xE0000 <= ord(character) <= 0xE0FFF  # tags and other characters that are never drawn


def without_bidi_controls(value: Any) -> Any:
    """Return a name without the characters that reverse the text around them: with one it looks like another name, or garbles its line."""
    return _BIDI_CONTROLS.sub("", value).strip() if isinstance(value, str) else value


class _NameFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return without_bidi_controls(super().to_python(value))


class NameField(models.CharField):
    """Store a name without bidirectional controls."""

    def to_python(self, value: Any) -> Any:
        return without_bidi_controls(super().to_python(value))

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**({"form_class": _NameFormField} | options))


def validate_text(value: str) -> None:
    """Accept text of several lines. Raises ValidationError that names the character and its position."""
    _refuse(_UNWANTED, value)


def validate_line(value: str) -> None:
    """Accept text of one line: no line breaks, no tabs. Raises ValidationError like `validate_text`."""
    _refuse(_UNWANTED_IN_LINE, value)


def _refuse(unwanted: re.Pattern[str], value: str) -> None:
    if value.strip() and is_blank(value):  # white space is left to the fields
        raise ValidationError(
            _("This consists of characters that nobody can see. Type what others should read."), code="invisible"
        )
    if match := unwanted.search(value):
        character = match.group()
        raise ValidationError(
            _("Character %(position)s cannot be stored (%(name)s). Please delete it; the rest of the text was kept."),
            code="control_character",
            params={
                "position": match.start() + 1,
                "name": unicodedata.name(character, f"U+{ord(character):04X}"),
            },
        )


def without_unwanted(value: str) -> str:
    """Return the text without the characters that `validate_text` refuses, to be written into files."""
    return _UNWANTED.sub("", value)
