"""Decide which files of a note a web process writes at once."""

from actions.note.content import Note
from actions.note.texts import texts_of_note

AT_ONCE_BYTES = 250_000
"""Bytes of canonical JSON. A PDF or Word file of that length takes about half a second."""
AT_ONCE_SIZE = 2_500
"""Upper bound of `size`: short texts may consist of many blocks."""

_MARKS = str.maketrans("", "", "\n*_`~[]<>&!\\")


def size(note: Note) -> int:
    """Count the blocks and styled runs that a file of the note has at most, without parsing its texts."""
    return sum(1 + len(text) - len(text.translate(_MARKS)) for text in texts_of_note(note))
