from typing import Any

from django import forms
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _

from tracker import checks as checks  # registers them


class TrackerConfig(AppConfig):
    name = "tracker"
    default = True

    def ready(self) -> None:
        """Let forms say what to do next, not only what is wrong."""
        forms.Field.default_error_messages["required"] = _("This is needed: fill it in, or choose.")
        for field in (
            forms.ChoiceField,
            forms.MultipleChoiceField,
            forms.ModelChoiceField,
            forms.ModelMultipleChoiceField,
        ):
            messages: dict[str, Any] = field.default_error_messages
            messages["invalid_choice"] = _("“%(value)s” is not one of the choices. Choose from the list.")


class AdminSiteConfig(admin_apps.AdminConfig):
    """Configure Django's admin site with the tracker's sign-in."""

    default = False
    default_site = "tracker.admin_site.AdminSite"
