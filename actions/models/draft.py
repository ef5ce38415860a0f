"""Drafts of progress updates: what a person has typed and not published. A draft counts for nothing and is never lost."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from actions.models.action_point import ActionPoint
from tracker.people.models import User


class ProgressDraft(models.Model):
    """One form that a person has not published, exactly as it was typed. A person may keep several on an action point."""

    action_point = models.ForeignKey(ActionPoint, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts")
    typed = models.JSONField(_("typed"), default=dict)
    submission = models.UUIDField(_("submission"), default=uuid.uuid4, editable=False)
    """The form that continues it: publishing that form removes the draft. Every save changes it, so it is also the draft's version."""
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["action_point", "author", "submission"], name="draft_unique_per_form"),
        ]

    @property
    def texts(self) -> list[str]:
        """Return the reason, then the narrative; an empty one is left out."""
        return [text for name in ("reason", "narrative") for text in self.typed.get(name, []) if text.strip()]

    def __str__(self) -> str:
        return f"{self.action_point_id} ({self.author_id})"
