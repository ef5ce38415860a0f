"""Run `manage.py load_baseline`, which adds the agenda of 2005 and its progress updates, or brings an earlier version of it up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from actions.baseline import described, load_baseline


class Command(BaseCommand):
    help = (
        "Add the parts of the 2005 baseline that are missing. If the database has an earlier version of the baseline, list what is "
        "different, and change it with --apply. What people have edited is never changed. You can run it again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--apply", action="store_true", help="also change and remove what an earlier version loaded"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would be done, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_baseline(timezone.now(), apply=options["apply"], dry_run=options["dry_run"])
        lines = list(described(loaded))
        for line in lines or ["Nothing to do: the database has this version of the baseline."]:
            self.stdout.write(line)
        if not loaded.is_written:
            hint = " Run load_baseline --apply to make these changes." if loaded.changes_existing else ""
            self.stdout.write(f"Nothing was written.{hint}")
