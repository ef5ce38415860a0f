"""The kinds of file that the note comes as."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from actions.note import as_markdown, as_pdf, as_word
from actions.note.content import Note


@dataclass(frozen=True, slots=True)
class Format:
    extension: str
    label: str
    content_type: str
    write: Callable[[Note], str | bytes]

    def name(self, note: Note) -> str:
        """`note-2005.pdf`, or `note-2005-2.pdf` of its second version."""
        version = f"-{note.version}" if note.version else ""
        return f"note-{note.slug}{version}.{self.extension}"

    def response(self, note: Note, content: str | bytes) -> HttpResponse:
        headers = {"Content-Disposition": f'attachment; filename="{self.name(note)}"'}
        return HttpResponse(content, content_type=self.content_type, headers=headers)


MARKDOWN = Format("md", "Markdown", "text/markdown; charset=utf-8", as_markdown.write)
WORD = Format("docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_word.write)
PDF = Format("pdf", "PDF", "application/pdf", as_pdf.write)
