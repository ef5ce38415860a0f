from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "actions.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        post_migrate.connect(_build_index, sender=self)


def _build_index(using: str, **options: Any) -> None:
    """After each `migrate`: a migration that remakes a table of SQLite takes its triggers away."""
    from actions.search.index import ensure_index  # models are there only now

    ensure_index(connections[using])
