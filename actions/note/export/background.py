"""Files of long notes: requested on a page, produced by a worker, fetched from the page."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from actions.note.export.process import TooLargeError, write_file
from actions.note.models import NoteFile, NoteVersion
from actions.note.serialization import sha256
from issues.models import Agenda
from tracker.whole_files import write_whole

logger = logging.getLogger(__name__)

Enqueue = Callable[[str], bool]
"""Hands the id of a file to a worker. False if the broker is away."""


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One file: of the draft or a version, for these readers."""

    agenda: Agenda
    version: NoteVersion | None
    content: str
    """Canonical JSON."""
    extension: str
    with_people: bool
    site: str


def request_file(request: FileRequest, *, now: datetime, enqueue: Enqueue) -> NoteFile:
    """Return the file. It is enqueued after the commit, unless it is ready, under way or known to be too large."""
    fields = {field: getattr(request, field) for field in ("agenda", "extension", "with_people", "site")}
    with transaction.atomic():
        file, is_new = NoteFile.objects.select_for_update().get_or_create(
            **fields,
            sha256=sha256(request.content),
            language=get_language() or "en",
            defaults={"version": request.version, "content": request.content, "asked_at": now},
        )
        if not is_new and not file.is_settled(now):
            file.restart(now)
            is_new = True
        if is_new:
            transaction.on_commit(lambda: _enqueue(file, enqueue))
    return file


def _enqueue(file: NoteFile, enqueue: Enqueue) -> None:
    """Mark the file as failed if the broker is away: its page says so, and the reader can try again."""
    if not enqueue(str(file.pk)):
        NoteFile.objects.filter(pk=file.pk).update(state=NoteFile.State.FAILED)


def produce_file(pk: UUID | str, now: datetime) -> None:
    """Write the file, unless another worker does. It appears whole or not at all."""
    file = NoteFile.objects.filter(pk=pk).first()
    if file is None or not file.claim(now):
        return
    state = NoteFile.State.FAILED
    try:
        content = write_file(file.content, extension=file.extension, language=file.language, site=file.site)
        file.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file.path, content, mode=0o666)  # less the umask: web processes read it
        state = NoteFile.State.READY
    except TooLargeError:
        logger.warning("The file %s needs more time or memory than it may have.", file.pk)
        state = NoteFile.State.TOO_LARGE
    except Exception:
        logger.exception("The file %s could not be written.", file.pk)
    file.finish(state, timezone.now())
