"""`manage.py rebuild_tallies`: makes what lists and dashboards count by anew.

The database keeps it by itself; this is for after a repair of it.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from actions.tallies.rebuilding import differences, rebuild
from actions.tallies.triggers import ensure_triggers


class Command(BaseCommand):
    help = "Make what lists and dashboards count by anew from what is stored; with --check only compare."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail where something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            if found := differences(connection):
                raise CommandError(
                    f"{found} rows differ from what is stored. Run it without --check to make them anew."
                )
            self.stdout.write("What lists and dashboards count by is as it should be.")
            return
        ensure_triggers(connection, anew=True)
        rebuild(connection)
        self.stdout.write("What lists and dashboards count by is made anew.")
