"""What coordinators made of a section of the note. Append only: the newest version counts, the others stay readable."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet
from tracker.people.models import User


class SectionEditQuerySet(AppendOnlyQuerySet["SectionEdit"]):
    def newest(self) -> "SectionEditQuerySet":
        """Keep the version of each section that counts."""
        later = SectionEdit.objects.filter(
            agenda=OuterRef("agenda"), section=OuterRef("section"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))


class SectionEdit(AppendOnlyModel):
    """One version of a section. `blocks` is the JSON of `actions.note.blocks`; without blocks the section is as reported."""

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="note_edits")
    section = models.CharField(_("section"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    blocks = models.JSONField(_("blocks"), default=list, blank=True)
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="note_edits")
    edited_at = models.DateTimeField(_("edited at"))

    objects = SectionEditQuerySet.as_manager()

    class Meta:
        ordering = ["agenda", "section", "-version"]
        verbose_name = _("edit of the note")
        verbose_name_plural = _("edits of the note")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "section", "version"], name="section_edit_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_edit_counts_from_one"),
            models.CheckConstraint(condition=~Q(section=""), name="section_edit_names_section"),
        ]

    def __str__(self) -> str:
        return f"{self.section} v{self.version}"

    @classmethod
    def store(
        cls, agenda: Agenda, section: str, blocks: list[dict[str, Any]], *, author: User, now: datetime
    ) -> "SectionEdit | None":
        """Add a version and return it. If the newest has the same blocks, return that one; None if there is none.

        Call it with the agenda locked, in the transaction in which the author's form was compared with the newest version.
        """
        newest = cls.objects.filter(agenda=agenda, section=section).order_by("-version").first()
        if blocks == (newest.blocks if newest else []):
            return newest
        version = newest.version + 1 if newest else 1
        return cls.objects.create(
            agenda=agenda, section=section, version=version, blocks=blocks, author=author, edited_at=now
        )
