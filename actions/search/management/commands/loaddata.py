"""`manage.py loaddata`: Django's own, then `rebuild_search`, because fixtures are stored without the text that the search matches."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import loaddata


class Command(loaddata.Command):
    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        super().handle(*fixture_labels, **options)
        call_command("rebuild_search", verbosity=0)
