"""`manage.py rebuild_search`: brings what the search looks in up to date with what is stored."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from actions.search.search import SEARCHED
from tracker.searchable import rebuild


class Command(BaseCommand):
    help = "Fold the wording of all action points, updates, agencies and people for the search, after they were imported in bulk."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        changed = sum(rebuild(model) for model in SEARCHED)
        if options["verbosity"]:
            self.stdout.write(f"The search is up to date; {changed} texts were missing or outdated.")
