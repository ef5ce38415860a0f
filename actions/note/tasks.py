"""The Celery tasks of the note. Each may run twice: a file is claimed before it is written."""

from celery import shared_task
from django.utils import timezone

from actions.note.export.background import produce_file
from actions.note.models import NoteFile
from tracker.transactions import repeat_once


@shared_task(name="note.make_file")
def make_file(pk: str) -> None:
    produce_file(pk, timezone.now())


@shared_task(name="note.sweep")
@repeat_once
def sweep() -> None:
    """Run every hour by the scheduler."""
    NoteFile.delete_expired(timezone.now())
