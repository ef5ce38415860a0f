from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "tracker.audit"
    label = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        """Listen to what the libraries report."""
        from tracker.audit import events as events
