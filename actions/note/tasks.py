"""What Celery runs for the note. Tasks may be run twice: a file is claimed before it is made."""

from celery import shared_task
from django.utils import timezone

from actions.note.export import background
from actions.note.models import NoteFile
from tracker.locking import repeat_once


@shared_task(name="note.make_file")
def make_file(pk: str) -> None:
    background.make(pk, timezone.now())


@shared_task(name="note.sweep")
@repeat_once
def sweep() -> None:
    """Every hour, by the scheduler."""
    NoteFile.forget(timezone.now())
