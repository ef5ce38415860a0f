"""`manage.py rebuild_search`: fills the index of words anew. The database keeps it by itself; this is for after a repair of it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from actions.search.index import ensure_index, rebuild_index


class Command(BaseCommand):
    help = "Fill the index of words anew from what is stored."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_index(connection)
        rebuild_index(connection)
        self.stdout.write("The index of words is filled anew.")
