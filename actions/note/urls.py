"""Addresses of the note: its page and files, the editing of its sections, sign-offs and published versions."""

from django.urls import path

from actions.note.views import editing, files, publishing, reading, sign_offs
from tracker import converters  # noqa: F401 - registers <number:>

_NOTE = "agendas/<slug:slug>/note/"
_POINT = f"{_NOTE}<number:issue>.<number:number>/"

_SECTIONS = {
    f"{_NOTE}introduction/": editing.introduction,
    f"{_NOTE}issues/<number:number>/": editing.rationale,
    f"{_POINT}description/": editing.description,
    f"{_POINT}updates/": editing.updates,
}

_VERSION = f"{_NOTE}versions/<number:number>"

urlpatterns = [
    path(_NOTE, reading.note, name="note"),
    path("agendas/<slug:slug>/note.md", files.draft_file, {"extension": "md"}, name="note_markdown"),
    path("agendas/<slug:slug>/note.docx", files.draft_file, {"extension": "docx"}, name="note_word"),
    path("agendas/<slug:slug>/note.pdf", files.draft_file, {"extension": "pdf"}, name="note_pdf"),
    path(f"{_NOTE}parts/", editing.sections_list, name="note_editing"),
    *(
        path(f"{address}{end}", view, {"find": find}, name=f"note_{find.__name__}{name}")
        for address, find in _SECTIONS.items()
        for end, view, name in (("", editing.section, ""), ("<slug:key>/", editing.paragraph, "_paragraph"))
    ),
    path(f"{_NOTE}sign-offs/", sign_offs.sign_offs, name="note_sign_offs"),
    path(f"{_POINT}sign-off/", sign_offs.sign_off, name="note_sign_off"),
    path(f"{_NOTE}versions/", publishing.versions, name="note_versions"),
    path(f"{_NOTE}publication/", publishing.publish_note, name="note_publish"),
    path(f"{_VERSION}/", publishing.version, name="note_version"),
    path(f"{_VERSION}/audience/", publishing.version_audience, name="note_version_audience"),
    path(f"{_VERSION}/changes/", publishing.version_changes, name="note_changes"),
    path(f"{_VERSION}.json", publishing.version_json, name="note_version_json"),
    path(f"{_VERSION}.md", files.version_file, {"extension": "md"}, name="note_version_markdown"),
    path(f"{_VERSION}.docx", files.version_file, {"extension": "docx"}, name="note_version_word"),
    path(f"{_VERSION}.pdf", files.version_file, {"extension": "pdf"}, name="note_version_pdf"),
    path(f"{_NOTE}files/", files.ask_for_file, name="note_files"),
    path(f"{_NOTE}files/<uuid:pk>/", files.file_page, name="note_file"),
    path(f"{_NOTE}files/<uuid:pk>/content/", files.file_content, name="note_file_content"),
]
