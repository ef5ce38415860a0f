"""How much work a file of a note may be: at once in a web process, at most in a worker's process of its own."""

from collections.abc import Iterator

from actions.note.content import Note

AT_ONCE_BYTES = 250_000
"""Of canonical content. A PDF or Word file of as much takes a web process about half a second."""
AT_ONCE_SIZE = 2_500
"""Of `size`, which also bounds short texts that consist of many blocks."""

_MARKS = str.maketrans("", "", "\n*_`~[]<>&!\\")


def size(note: Note) -> int:
    """Count the blocks and styled runs that a file of the note has at most, without parsing its texts."""
    return sum(1 + len(text) - len(text.translate(_MARKS)) for text in _texts(note))


def _texts(note: Note) -> Iterator[str]:
    """All Markdown of the note, and the title of whatever is a line of its own."""
    yield note.introduction
    for issue in note.issues:
        yield issue.rationale
        for point in issue.points:
            yield point.description
            yield from (dissent.words for dissent in point.dissents)
            yield from (milestone.title for milestone in (*point.ahead, *point.passed))
            for entry in point.entries:
                yield entry.wording or ""
                yield from (evidence.title for evidence in entry.evidence)
                yield from (text for update in entry.items for text in (update.narrative, update.reason))
    for agency in note.directory:
        yield from (contact.name for contact in agency.contacts)
