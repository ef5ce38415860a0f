"""What is stored of the note: wordings, sign-offs, published versions, files under way. All else is gathered when it is read."""

from actions.note.models.file import NoteFile
from actions.note.models.section_edit import Wording
from actions.note.models.sign_off import SignOff
from actions.note.models.version import NoteVersion

__all__ = ["NoteFile", "NoteVersion", "SignOff", "Wording"]
