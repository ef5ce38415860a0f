"""Test that a full disk is answered with 503, and that no file stays half-written.

A limit on the size of files stands for the full disk: the write fails in the middle, as it does there.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from actions.note.export.background import FileRequest, produce_file, request_file
from actions.note.models import NoteFile
from tests import personas
from tests.actions.pages import text
from tracker.mail.delivery import Courier, Outcome
from tracker.whole_files import write_whole

CONTENT = b"x" * 100_000


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond 8 kB."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.one_database
@pytest.mark.parametrize("before", [None, b"before"])
def test_file_is_whole_or_as_it_was(tmp_path, before):
    path = tmp_path / "file"
    if before:
        path.write_bytes(before)

    with full_disk(), pytest.raises(OSError, match="File too large"):
        write_whole(path, CONTENT)

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == ({"file": before} if before else {})


@pytest.mark.one_database
@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o600), (0o644, 0o644)])
def test_file_is_written_once_the_disk_has_room(tmp_path, mode, expected):
    write_whole(tmp_path / "file", CONTENT, mode=mode)

    assert [each.read_bytes() for each in tmp_path.iterdir()] == [CONTENT]
    assert (tmp_path / "file").stat().st_mode & 0o777 & ~expected == 0


@pytest.mark.one_database
def test_mail_folder_has_no_half_written_mail(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "tracker.mail.folder.FolderBackend", tmp_path
    mail = EmailMessage("Subject", "A line.\n" * 5_000, settings.DEFAULT_FROM_EMAIL, ["a@example.org"])

    with full_disk(), Courier() as courier:
        delivery = courier.deliver(mail, lambda: True)
    left = list(tmp_path.iterdir())
    with Courier() as courier:
        again = courier.deliver(mail, lambda: True)

    assert (delivery.outcome, left) == (Outcome.TEMPORARY, [])
    assert again.outcome == Outcome.ACCEPTED
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.django_db
def test_file_of_a_note_fails_without_a_trace(settings, tmp_path, monkeypatch):
    settings.NOTE_FILES_DIR = tmp_path
    monkeypatch.setattr("actions.note.export.background.write_file", lambda *args, **options: CONTENT)
    asked = FileRequest(personas.agenda(), None, "{}", "pdf", with_people=False, site="")
    file = request_file(asked, now=timezone.now(), enqueue=lambda pk: True)

    with full_disk():
        unwritable = write_fails(file)
    NoteFile.objects.update(state=NoteFile.State.WAITING)
    produce_file(file.pk, timezone.now())

    assert unwritable == []
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [CONTENT]


def write_fails(file: NoteFile) -> list[Path]:
    """Write the file, and return what is in the folder although that failed."""
    with pytest.raises(OSError, match="File too large"):
        write_whole(file.path, CONTENT)
    return list(file.path.parent.iterdir())


@pytest.mark.django_db
def test_page_that_needs_a_file_answers_503(client, focal_point, caplog):
    for number in range(1, 40):
        personas.action_point(number=number, title=f"Action point {number} " + "x" * 150)
    personas.sign_in(client, focal_point)
    client.raise_request_exception = False
    address = "/agendas/2026/action-points.xlsx"

    with full_disk():
        refused = client.get(address)
    answered = client.get(address)

    assert (refused.status_code, refused["Retry-After"], answered.status_code) == (503, "60", 200)
    assert "Its disk is full. Nothing was stored" in text(refused)
    assert [record.getMessage() for record in caplog.records if "disk is full" in record.getMessage()] == [
        f"Its disk is full ([Errno 27] File too large): {address}"
    ]
