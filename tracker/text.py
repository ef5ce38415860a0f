"""Refuse text that cannot be stored or exported: one control character breaks spreadsheets, Word files and feeds."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNWANTED_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def validate_text(value: str) -> None:
    """Accept text of several lines. Raises ValidationError that names the character and its position."""
    _refuse(_UNWANTED, value)


def validate_line(value: str) -> None:
    """Accept text of one line: no line breaks, no tabs. Raises ValidationError like `validate_text`."""
    _refuse(_UNWANTED_IN_LINE, value)


def _refuse(unwanted: re.Pattern[str], value: str) -> None:
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
