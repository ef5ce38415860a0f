"""Store drafts of progress updates. Only the author can see a draft, and it does not affect the status."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from actions.models.action_point import ActionPoint
from tracker.people.models import User


class ProgressDraft(models.Model):
    """The values of one unpublished form, exactly as typed. A person may have several drafts on an action point."""

    action_point = models.ForeignKey(ActionPoint, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts")
    typed = models.JSONField(_("typed"), default=dict)
    submission = models.UUIDField(_("submission"), default=uuid.uuid4, editable=False)
    """Id of the form that continues the draft. Publishing that form removes the draft. Every save changes the id, so it also serves as the
    version of the draft.
    """
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
        """Return the reason and the narrative, in this order, without empty ones."""
        return [text for name in ("reason", "narrative") for text in self.typed.get(name, []) if text.strip()]

    def __str__(self) -> str:
        return f"{self.action_point_id} ({self.author_id})"
