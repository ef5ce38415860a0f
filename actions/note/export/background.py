"""Makes files of long notes: asked for on a page, made by a worker, fetched from the page."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from actions.note.export.process import TooLargeError, write_file
from actions.note.models import NoteFile, NoteVersion
from actions.note.serialization import sha256
from issues.models import Agenda
from tracker.locking import for_update

logger = logging.getLogger(__name__)


def ask(
    agenda: Agenda,
    version: NoteVersion | None,
    content: str,
    *,
    extension: str,
    with_people: bool,
    site: str,
    now: datetime,
    enqueue: Callable[[str], object],
) -> NoteFile:
    """The file of this canonical content: ready, under way or known to be too large; any other is enqueued after the commit."""
    with transaction.atomic():
        wanted = {"extension": extension, "language": get_language() or "en", "with_people": with_people, "site": site}
        file, is_new = for_update(NoteFile.objects.all()).get_or_create(
            agenda=agenda,
            sha256=sha256(content),
            **wanted,
            defaults={"version": version, "content": content, "asked_at": now},
        )
        if not is_new and not file.is_settled(now):
            file.begin_anew(now)
            is_new = True
        if is_new:
            transaction.on_commit(lambda: _enqueued(file, enqueue))
    return file


def _enqueued(file: NoteFile, enqueue: Callable[[str], object]) -> None:
    """A broker that is away makes a file that failed, and says so on its page: the reader asks again."""
    try:
        enqueue(str(file.pk))
    except Exception:
        logger.exception("The broker does not take the file %s.", file.pk)
        NoteFile.objects.filter(pk=file.pk).update(state=NoteFile.State.FAILED)


def make(pk: UUID | str, now: datetime) -> None:
    """Make the file, unless another worker does. It appears whole or not at all."""
    file = NoteFile.objects.filter(pk=pk).first()
    if file is None or not file.claim(now):
        return
    state = NoteFile.State.FAILED
    try:
        written = write_file(file.content, extension=file.extension, language=file.language, site=file.site)
        file.path.parent.mkdir(parents=True, exist_ok=True)
        half = file.path.with_suffix(".part")
        half.write_bytes(written)
        half.replace(file.path)
        state = NoteFile.State.READY
    except TooLargeError:
        logger.warning("The file %s needs more time or memory than it may have.", file.pk)
        state = NoteFile.State.TOO_LARGE
    except Exception:
        logger.exception("The file %s could not be made.", file.pk)
    file.finish(state, timezone.now())
