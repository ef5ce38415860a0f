"""`manage.py rebuild_search`: brings the text that the search matches up to date with what is stored."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from actions.search.search import SEARCHED
from tracker.searchable import rebuild


class Command(BaseCommand):
    help = (
        "Bring the search up to date. Needed after action points, updates, agencies or people were written in another way "
        "than by the tracker, such as by SQL."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        changed = sum(rebuild(model) for model in SEARCHED)
        if options["verbosity"]:
            self.stdout.write(f"The search is up to date. Rows that were missing or outdated: {changed}.")
