"""Mail the admins if reminders have stopped. `start` runs it every minute; in production something like cron has to."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from actions.reminders.alarm import alert_admins_of_standstill


class Command(BaseCommand):
    help = "Mail the admins, once, if no scheduler and worker have planned digests for some minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        if since := alert_admins_of_standstill(timezone.now()):
            self.stdout.write(f"Reminders have stopped: the last tick was at {since:%Y-%m-%d %H:%M} UTC.")
