"""Write several words one after the other, with the comma of the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext


def comma_separated(words: Iterable[object]) -> str:
    """Return the words with commas between them: "UNDP, GCO" in English, "UNDP، GCO" in Arabic."""
    return gettext(", ").join(map(str, words))
