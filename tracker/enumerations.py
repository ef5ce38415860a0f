"""Write several words one after the other, with the comma of the reader's language."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

COMMAS = ",;،؛、，；"
"""What people type between the words of an enumeration, in all languages."""


def split_at_commas(text: str) -> list[str]:
    """Return what stands between the commas, without the spaces around it and without what is empty."""
    return [word for piece in re.split(f"[{COMMAS}]", text) if (word := piece.strip())]


def comma_separated(words: Iterable[object]) -> str:
    """Return the words with commas between them: "UNDP, GCO" in English, "UNDP، GCO" in Arabic."""
    return gettext(", ").join(map(str, words))


def comma_separated_html(words: Iterable[Any]) -> SafeString:
    """Return the same as HTML. Words that are not HTML already are escaped."""
    return mark_safe(comma_separated(conditional_escape(word) for word in words))  # noqa: S308 - each word is escaped
