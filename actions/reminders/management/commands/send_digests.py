"""`manage.py send_digests`: show who gets which digest, or send them now without waiting for their day."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from actions.reminders import planning, sending
from actions.reminders.email import reasons_of
from actions.reminders.models import Digest, DigestQuerySet, ReminderSchedule
from actions.reminders.models.entry import DigestEntry
from actions.reminders.periods import Period, latest_period
from issues.models import Agenda
from tracker.mail.delivery import Courier
from tracker.people.models import User
from tracker.people.time_zones import zone_named

DueRound = tuple[ReminderSchedule, str, Period]
"""Schedule, time zone and present period."""


class Command(BaseCommand):
    help = "Send the digest of the present period to everybody who has not got it yet. Running it twice sends it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only show who would get what, and why")
        parser.add_argument("--agenda", metavar="SLUG", help="only of this agenda, such as 2005")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["agenda"] and not Agenda.objects.filter(slug=options["agenda"]).exists():
            raise CommandError(f"There is no agenda {options['agenda']!r}.")
        if not options["dry_run"]:
            self.run(self.send, now, options["agenda"])
            return
        with transaction.atomic():  # leaves nothing behind, not even a schedule
            self.run(self.preview, now, options["agenda"])
            transaction.set_rollback(True)

    def run(
        self, act: Callable[[list[DueRound], DigestQuerySet, datetime], None], now: datetime, slug: str | None
    ) -> None:
        ReminderSchedule.objects.add_missing(now.date())
        schedules, digests = ReminderSchedule.objects.active(), Digest.objects.all()
        if slug:
            schedules, digests = schedules.filter(agenda__slug=slug), digests.filter(agenda__slug=slug)
        if schedules:
            act(list(present_rounds(schedules, now)), digests, now)
        else:
            self.stdout.write("No agenda is open with its reminders on: nobody gets a digest.")

    def preview(self, rounds: list[DueRound], digests: DigestQuerySet, now: datetime) -> None:
        people = sum(self.isolated(self.preview_round, due, now) for due in rounds)
        waiting = digests.filter(state=Digest.State.PENDING).count()
        self.stdout.write(f"{people} would get a digest now; {waiting} more wait to be sent. Nothing was sent.")

    def show(self, agenda: Agenda, person: User, entries: list[DigestEntry]) -> None:
        self.stdout.write(f"{person} <{person.email}>, {agenda}:")
        for entry in entries:
            why = "; ".join(reasons_of(entry, get_language() or ""))
            self.stdout.write(f"  {entry['reference']} {entry['title']}\n      {why}")

    def send(self, rounds: list[DueRound], digests: DigestQuerySet, now: datetime) -> None:
        for due in rounds:
            self.isolated(self.plan_round, due, now)
        with Courier() as courier:
            states = sending.send_due(courier, digests)
        counts = ", ".join(f"{states[state]} {state.label.lower()}" for state in Digest.State if states[state])
        self.stdout.write(f"Digests: {counts}." if counts else "No digest is due: nothing was sent.")

    def preview_round(self, due: DueRound, now: datetime) -> int:
        """Show its digests, and return how many there are."""
        schedule, people = due[0], 0
        for batch in planning.planned_entries(*due, now):
            recipients = User.objects.in_bulk(batch)
            for pk, entries in batch.items():
                self.show(schedule.agenda, recipients[pk], entries)
            people += len(batch)
        return people

    def plan_round(self, due: DueRound, now: datetime) -> int:
        planning.plan_round(*due, now)
        return 0

    def isolated(self, act: Callable[[DueRound, datetime], int], due: DueRound, now: datetime) -> int:
        """Act on one round. If its schedule cannot be calculated, report that and go on with the others."""
        try:
            return act(due, now)
        except Exception as error:
            slug = due[0].agenda.slug
            self.stderr.write(
                f"The schedule of {slug} cannot be calculated ({type(error).__name__}): nothing is sent for it."
            )
            return 0


def present_rounds(schedules: Any, now: datetime) -> Iterator[DueRound]:
    """Iterate over the round of each schedule and time zone, whether it is due or not."""
    for zone in planning.time_zones():
        for schedule in schedules:
            if period := latest_period(schedule.timing, zone_named(zone), now, since_ever=True):
                yield schedule, zone, period
