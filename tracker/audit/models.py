"""Store the entries of the audit trail."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet


class Event(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SIGN_IN_REFUSED = "sign_in_refused", _("Sign-in refused")
    REFUSED = "refused", _("Page refused")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    SECOND_FACTOR_REFUSED = "second_factor_refused", _("Code of a second factor refused")
    PERSON_ADDED = "person_added", _("Person added")
    ROLE_CHANGED = "role_changed", _("Role changed")
    DEACTIVATED = "deactivated", _("Deactivated")
    ACTIVATED = "activated", _("Activated")
    EXPORTED = "exported", _("File downloaded")


class AuditEntry(AppendOnlyModel):
    """Store one event. People are named by reference, never by a copy of their name or address."""

    at = models.DateTimeField(_("date and time"), default=timezone.now, db_index=True)
    event = models.CharField(_("event"), max_length=30, choices=Event)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Empty for visitors and commands."""
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("about"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Whose account the event is about, also if nobody was signed in."""
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    address = models.CharField(_("from address"), max_length=50, blank=True)
    """For IPv6 its network."""
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = AppendOnlyQuerySet["AuditEntry"].as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("entries of the audit trail")
        constraints = [
            models.CheckConstraint(condition=models.Q(event__in=Event.values), name="audit_event_known"),
        ]

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='seconds')} {self.event}"
