from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoteConfig(AppConfig):
    name = "actions.note"
    label = "note"
    verbose_name = _("Background note")
