"""How coordinators word a part of the note. Append only: the newest version of each part counts, the others stay readable."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.models import User


class WordingQuerySet(models.QuerySet["Wording"]):
    def newest(self) -> "WordingQuerySet":
        """The version of each part that counts."""
        later = Wording.objects.filter(
            agenda=OuterRef("agenda"), part=OuterRef("part"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))


class Wording(models.Model):
    """One version of a part. `passages` is what `actions.note.blocks` reads: no passages, and the part is as it was reported."""

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="note_wordings")
    part = models.CharField(_("part"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    passages = models.JSONField(_("passages"), default=list, blank=True)
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="note_wordings")
    made_at = models.DateTimeField(_("made at"))

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["agenda", "part", "-version"]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "part", "version"], name="wording_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="wording_counts_from_one"),
            models.CheckConstraint(condition=~Q(part=""), name="wording_part_given"),
        ]

    def __str__(self) -> str:
        return f"{self.part} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Wordings are append only: store a new version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Wordings are never deleted: store a version without passages.")

    @classmethod
    def store(
        cls, agenda: Agenda, part: str, passages: list[dict[str, Any]], *, author: User, now: datetime
    ) -> "Wording | None":
        """Add a version, unless it says what the newest says already: then that one, None where there is none.

        Call it with the agenda locked, in the transaction in which the author's form was compared with the newest version.
        """
        newest = cls.objects.filter(agenda=agenda, part=part).order_by("-version").first()
        if passages == (newest.passages if newest else []):
            return newest
        version = newest.version + 1 if newest else 1
        return cls.objects.create(
            agenda=agenda, part=part, version=version, passages=passages, author=author, made_at=now
        )
