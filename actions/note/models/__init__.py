"""What the database stores of the note: edits of sections, sign-offs, published versions, files. The rest is built when it is read."""

from actions.note.models.file import NoteFile
from actions.note.models.section_edit import SectionEdit
from actions.note.models.sign_off import SignOff
from actions.note.models.version import NoteVersion

__all__ = ["NoteFile", "NoteVersion", "SectionEdit", "SignOff"]
