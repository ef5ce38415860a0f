"""Collect the texts of a note, from which its length is measured."""

from collections.abc import Iterator

from actions.note.content import Note, NotePoint


def texts_of_note(note: Note) -> Iterator[str]:
    """Return all Markdown of the note, and all titles that are lines of their own."""
    yield note.introduction
    for issue in note.issues:
        yield issue.rationale
        for point in issue.points:
            yield from texts_of_point(point)
    for agency in note.directory:
        yield from (contact.name for contact in agency.contacts)


def texts_of_point(point: NotePoint) -> Iterator[str]:
    """Return the same of one action point."""
    yield point.description
    yield from (dissent.words for dissent in point.dissents)
    yield from (milestone.title for milestone in (*point.ahead, *point.passed))
    for entry in point.entries:
        yield entry.wording or ""
        yield from (evidence.title for evidence in entry.evidence)
        yield from (text for update in entry.items for text in (update.narrative, update.reason))
