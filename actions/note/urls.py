"""Addresses of an agenda's note: as a page and as files, and what coordinators make of its parts."""

from django.urls import path

from actions.note.views import editing, reading, signing

_NOTE = "agendas/<slug:slug>/note/"
_POINT = f"{_NOTE}<number:issue>.<number:number>/"

urlpatterns = [
    path(_NOTE, reading.note, name="note"),
    path("agendas/<slug:slug>/note.md", reading.note_markdown, name="note_markdown"),
    path("agendas/<slug:slug>/note.docx", reading.note_word, name="note_word"),
    path("agendas/<slug:slug>/note.pdf", reading.note_pdf, name="note_pdf"),
    path(f"{_NOTE}parts/", editing.editing, name="note_editing"),
    path(f"{_NOTE}introduction/", editing.edit_introduction, name="note_introduction"),
    path(f"{_NOTE}issues/<number:number>/", editing.edit_rationale, name="note_rationale"),
    path(f"{_POINT}description/", editing.edit_description, name="note_description"),
    path(f"{_POINT}updates/", editing.edit_updates, name="note_updates"),
    path(f"{_NOTE}sign-offs/", signing.sign_offs, name="note_sign_offs"),
    path(f"{_POINT}sign-off/", signing.sign_off, name="note_sign_off"),
]
