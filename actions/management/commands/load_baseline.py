"""Run `manage.py load_baseline`, which adds the agenda of 2005 and its progress updates."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import models

from actions.baseline import load_baseline


class Command(BaseCommand):
    help = (
        "Add the parts of the 2005 baseline that are missing, and list what was added. Nothing that exists is changed, "
        "even if people have edited it, and nothing is deleted. You can run it again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show what would be added, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        loaded = load_baseline(dry_run=dry_run)
        self.stdout.write(f"{'Would be added' if dry_run else 'Added'}: {_format_counts(loaded.added)}.")
        self.stdout.write(f"Left alone: {_format_counts(loaded.left_alone)}.")
        if loaded.differing:
            self.stdout.write("Not as in the baseline, left as it is:")
        for each in loaded.differing:
            self.stdout.write(f"  {each.model._meta.verbose_name} {each.reference}: {', '.join(each.fields)}")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was written.")


def _format_counts(counts: Counter[type[models.Model]]) -> str:
    """Return the counts as text, in the order of the baseline: `1 agenda, 6 issues`."""
    return ", ".join(f"{count} {_model_name(model, count)}" for model, count in counts.items()) or "nothing"


def _model_name(model: type[models.Model], count: int) -> str:
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)
