"""Store what a coordinator prepares for an agenda: the pasted text with the answers about it, and invitations to be sent."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.people.mailboxes import MailboxField
from tracker.people.models import Agency, User
from tracker.text import NameField, validate_line


class PastedText(models.Model):
    """A text that somebody pasted into an agenda, and the answers about it so far. It stays after its action points were added."""

    agenda = models.OneToOneField(
        Agenda, verbose_name=_("agenda"), on_delete=models.CASCADE, related_name="pasted_text", editable=False
    )
    text = models.TextField(_("text"), blank=True)
    answers = models.JSONField(default=dict)
    """What was answered about doubtful passages, by the key of the passage."""
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    saved_at = models.DateTimeField(editable=False)
    added_at = models.DateTimeField(null=True, editable=False)
    """When its issues and action points were added to the agenda; None if they were not yet."""

    class Meta:
        verbose_name = _("pasted text")
        verbose_name_plural = _("pasted texts")

    def __str__(self) -> str:
        return f"{self.agenda.slug}: {self.text[:40]}"


class QueuedInvitation(models.Model):
    """A focal point who is invited when the agenda is opened. Until then nothing is sent, and the person is not in the directory."""

    agenda = models.ForeignKey(Agenda, on_delete=models.CASCADE, related_name="queued_invitations", editable=False)
    name = NameField(_("name"), max_length=150, validators=[validate_line])
    email = MailboxField(_("email"))
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    queued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["agency__acronym", "name", "pk"]
        verbose_name = _("queued invitation")
        verbose_name_plural = _("queued invitations")
        constraints = [
            models.UniqueConstraint("agenda", Lower("email"), name="queued_invitation_once_an_address"),
            models.CheckConstraint(condition=~models.Q(name=""), name="queued_invitation_name_given"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.agency})"
