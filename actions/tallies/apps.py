from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class TalliesConfig(AppConfig):
    name = "actions.tallies"
    label = "tallies"
    verbose_name = _("Tallies")

    def ready(self) -> None:
        pre_migrate.connect(_before, sender=self)
        post_migrate.connect(_after, sender=self)


def _before(using: str, plan: Any = (), **options: Any) -> None:
    """SQLite cannot remake a table, nor PostgreSQL alter a column, that triggers name: `_after` makes them anew."""
    from actions.tallies.triggers import remove_triggers

    if plan:
        remove_triggers(connections[using])


def _after(using: str, **options: Any) -> None:
    """After each `migrate`, also back, and after `flush`, which empties tables in any order."""
    from actions.tallies.rebuilding import change, rebuild  # models are there only now
    from actions.tallies.triggers import ensure_triggers, remove_triggers

    connection = connections[using]
    if "tallies_entry" not in connection.introspection.table_names():
        remove_triggers(connection)
    elif ensure_triggers(connection, anew=bool(options.get("plan"))) or "plan" not in options:
        rebuild(connection)
    else:  # a new version of the tracker may show the same otherwise
        change(connection)
