from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "actions.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        pre_migrate.connect(_remove_index, sender=self)
        post_migrate.connect(_build_index, sender=self)


def _remove_index(using: str, plan: Any = (), **options: Any) -> None:
    """SQLite removes no column that triggers name. PostgreSQL looks after its indexes itself."""
    from actions.search.index import remove_index  # models are there only now

    if plan and connections[using].vendor == "sqlite":
        remove_index(connections[using])


def _build_index(using: str, **options: Any) -> None:
    """After each `migrate`, also where PostgreSQL took an index away together with its column."""
    from actions.search.index import ensure_index  # models are there only now

    ensure_index(connections[using])
