"""The kinds of file in which the note is offered."""

from collections.abc import Callable
from dataclasses import dataclass

from actions.note.content import Note
from actions.note.export.markdown import write_markdown
from actions.note.export.pdf import write_pdf
from actions.note.export.word import write_word


@dataclass(frozen=True, slots=True)
class Format:
    extension: str
    label: str
    content_type: str
    write: Callable[[Note], str | bytes]
    largest: int
    """Upper bound of `limits.size`. A longer note is refused this kind of file."""
    is_quick: bool = False
    """Written at once however many bytes the note has."""


FORMATS = {
    "md": Format("md", "Markdown", "text/markdown; charset=utf-8", write_markdown, largest=1_000_000, is_quick=True),
    "docx": Format(
        "docx",
        "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        write_word,
        largest=200_000,
    ),
    "pdf": Format("pdf", "PDF", "application/pdf", write_pdf, largest=40_000),
}


def file_name(slug: str, version: int | None, extension: str) -> str:
    """Return `note-2005.pdf`, or `note-2005-2.pdf` for the second version."""
    return f"note-{slug}-{version}.{extension}" if version else f"note-{slug}.{extension}"
