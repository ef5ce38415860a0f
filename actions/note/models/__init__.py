"""What is stored of the note: coordinators' wordings, agencies' sign-offs, published versions. All else is gathered when it is read."""

from actions.note.models.sign_off import SignOff
from actions.note.models.version import NoteVersion
from actions.note.models.wording import Wording

__all__ = ["NoteVersion", "SignOff", "Wording"]
