"""Addresses of an agenda's note: as a page and as files."""

from django.urls import path

from actions.note import views

urlpatterns = [
    path("agendas/<slug:slug>/note/", views.note, name="note"),
    path("agendas/<slug:slug>/note.md", views.note_markdown, name="note_markdown"),
    path("agendas/<slug:slug>/note.docx", views.note_word, name="note_word"),
    path("agendas/<slug:slug>/note.pdf", views.note_pdf, name="note_pdf"),
]
