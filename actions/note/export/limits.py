"""Decides which files of a note a web process writes at once."""

from collections.abc import Iterator

from actions.note.content import Note

AT_ONCE_BYTES = 250_000
"""Bytes of canonical JSON. A PDF or Word file of that length takes about half a second."""
AT_ONCE_SIZE = 2_500
"""Upper bound of `size`: short texts may consist of many blocks."""

_MARKS = str.maketrans("", "", "\n*_`~[]<>&!\\")


def size(note: Note) -> int:
    """Count the blocks and styled runs that a file of the note has at most, without parsing its texts."""
    return sum(1 + len(text) - len(text.translate(_MARKS)) for text in _texts(note))


def _texts(note: Note) -> Iterator[str]:
    """Return all Markdown of the note, and all titles that are lines of their own."""
    yield note.introduction
    for issue in note.issues:
        yield issue.rationale
        for point in issue.points:
            yield from point.texts
    for agency in note.directory:
        yield from (contact.name for contact in agency.contacts)
