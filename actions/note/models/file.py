"""Files of long notes, which a worker writes. They are a cache: each can be written again, and is deleted after a day."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actions.note.models.version import NoteVersion
from issues.models import Agenda

KEEP_FOR = timedelta(days=1)
STALE_AFTER = timedelta(minutes=10)
"""No file takes as long: its worker has ended."""


class NoteFileQuerySet(models.QuerySet["NoteFile"]):
    def expired(self, now: datetime) -> "NoteFileQuerySet":
        """Keep those older than KEEP_FOR."""
        return self.filter(asked_at__lte=now - KEEP_FOR)


class NoteFile(models.Model):
    """One file: of this content, in this format and language, for these readers.

    waiting -> working (a worker has claimed it) -> ready | failed | too_large. One that failed or is stale starts over when somebody
    asks again; one that is too large does not, until it is deleted.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        WORKING = "working", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("It could not be made")
        TOO_LARGE = "too_large", _("Too long for this kind of file")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.CASCADE, related_name="note_files")
    version = models.ForeignKey(
        NoteVersion, verbose_name=_("version"), on_delete=models.CASCADE, null=True, related_name="files"
    )
    extension = models.CharField(_("format"), max_length=4)
    language = models.CharField(_("language"), max_length=10)
    with_people = models.BooleanField(_("names people"))
    site = models.CharField(_("site"), max_length=300)
    sha256 = models.CharField(_("SHA-256 of its content"), max_length=64)
    content = models.TextField(_("content"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked at"))
    begun_at = models.DateTimeField(_("begun at"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    objects = NoteFileQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("file of the note")
        verbose_name_plural = _("files of the note")
        constraints = [
            models.UniqueConstraint(
                fields=["agenda", "sha256", "extension", "language", "with_people", "site"], name="note_file_made_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "working", "ready", "failed", "too_large"]),
                name="note_file_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}.{self.extension}"

    def get_absolute_url(self) -> str:
        """Costs a query unless the agenda is loaded."""
        return reverse("note_file", args=[self.agenda.slug, self.pk])

    @property
    def path(self) -> Path:
        return Path(settings.NOTE_FILES_DIR) / str(self)

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY and self.path.exists()

    def is_under_way(self, now: datetime) -> bool:
        """Whether it is waiting, or a worker that may still be running writes it."""
        since = self.begun_at or self.asked_at
        return self.state in {self.State.WAITING, self.State.WORKING} and now - since < STALE_AFTER

    @property
    def is_too_large(self) -> bool:
        return self.state == self.State.TOO_LARGE

    def is_settled(self, now: datetime) -> bool:
        """Whether another request would change nothing."""
        return self.is_ready or self.is_too_large or self.is_under_way(now)

    def restart(self, now: datetime) -> None:
        self.state, self.asked_at, self.begun_at, self.done_at = self.State.WAITING, now, None, None
        self.save(update_fields=["state", "asked_at", "begun_at", "done_at"])

    def claim(self, now: datetime) -> bool:
        """Take the file for this worker: true once only, however often the task is delivered."""
        waiting = type(self).objects.filter(pk=self.pk, state=self.State.WAITING)
        return bool(waiting.update(state=self.State.WORKING, begun_at=now))

    def finish(self, state: "NoteFile.State", now: datetime) -> None:
        type(self).objects.filter(pk=self.pk, state=self.State.WORKING).update(state=state, done_at=now)

    @classmethod
    def delete_expired(cls, now: datetime) -> int:
        """Delete the expired rows and every file without a row; return the number of rows."""
        deleted, _by_model = cls.objects.expired(now).delete()
        folder = Path(settings.NOTE_FILES_DIR)
        known = {f"{pk}.{extension}" for pk, extension in cls.objects.values_list("pk", "extension")}
        oldest = (now - KEEP_FOR).timestamp()
        for file in folder.glob("*") if folder.is_dir() else ():
            if file.name not in known and file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
        return deleted
