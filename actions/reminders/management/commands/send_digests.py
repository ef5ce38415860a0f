"""`manage.py send_digests`: show who gets which digest, or send them now without waiting for their day."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from actions.reminders import planning, sending
from actions.reminders.content import add_texts
from actions.reminders.email import reasons_of, reference_of
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.models.entry import DigestEntry, Kind
from actions.reminders.planning import Turn
from issues.models import Agenda
from tracker.mail.delivery import Courier
from tracker.people.models import User


class Command(BaseCommand):
    help = "Send a digest to everybody who has had none since the present period of an agenda began. Running it twice sends it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only show who would get what, and why")
        parser.add_argument("--agenda", metavar="SLUG", help="only to people of this agenda, such as 2005")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["agenda"] and not Agenda.objects.filter(slug=options["agenda"]).exists():
            raise CommandError(f"There is no agenda {options['agenda']!r}.")
        if not options["dry_run"]:
            self.run(now, options["agenda"], is_preview=False)
            return
        with transaction.atomic():  # leaves nothing behind, not even a schedule
            self.run(now, options["agenda"], is_preview=True)
            transaction.set_rollback(True)

    def run(self, now: datetime, slug: str | None, *, is_preview: bool) -> None:
        ReminderSchedule.objects.add_missing(now.date())
        schedules = {schedule.agenda_id: schedule for schedule in ReminderSchedule.objects.active()}
        chosen = {pk for pk, schedule in schedules.items() if slug in (None, schedule.agenda.slug)}
        if not chosen:
            self.stdout.write("No agenda is open with its reminders on: nobody gets a digest.")
            return
        turns = self.present_turns(schedules, chosen, now)
        if is_preview:
            self.preview(schedules, turns, now)
        else:
            self.send(schedules, turns, slug, now)

    def present_turns(self, schedules: dict[int, ReminderSchedule], chosen: set[int], now: datetime) -> list[Turn]:
        """Return the turns of everybody, whether they are due or not, for the chosen agendas."""
        periods = planning.periods_by_zone(schedules.values(), now, since_ever=True)
        for pk in chosen - {agenda for of_zone in periods.values() for agenda in of_zone}:
            self.stderr.write(
                f"The schedule of {schedules[pk].agenda.slug} cannot be calculated: nothing is sent for it."
            )
        people = dict(User.objects.active().filter(time_zone__in=periods).values_list("pk", "time_zone"))
        last_days = planning.last_days(people)
        begun = {
            person: (
                zone,
                frozenset(
                    agenda
                    for agenda, period in periods[zone].items()
                    if agenda in chosen and (person not in last_days or last_days[person] < period.start)
                ),
            )
            for person, zone in people.items()
        }
        return planning.make_turns(periods, begun, now)

    def preview(self, schedules: dict[int, ReminderSchedule], turns: list[Turn], now: datetime) -> None:
        people = 0
        for entries in planning.select_turns(schedules, turns, now):
            recipients = User.objects.in_bulk(entries)
            add_texts(entries.items())
            for pk, own in entries.items():
                self.show(recipients[pk], own)
            people += len(entries)
        waiting = Digest.objects.filter(state=Digest.State.PENDING).count()
        self.stdout.write(f"{people} would get a digest now; {waiting} more wait to be sent. Nothing was sent.")

    def show(self, person: User, entries: list[DigestEntry]) -> None:
        self.stdout.write(f"{person} <{person.email}>:")
        for entry in entries:
            if "text" not in entry:
                self.stdout.write(f"  {reference_of(entry)}")
                continue
            title, milestone = entry["text"]["title"], entry["text"]["milestone"]
            if entry["kind"] == Kind.MILESTONE and milestone:
                title = f"{title}: {milestone['title']}"
            why = "; ".join(entry["reasons"]) if entry["kind"] == Kind.MILESTONE else self.why(entry)
            self.stdout.write(f"  {reference_of(entry)} {title}\n      {why}")

    def why(self, entry: DigestEntry) -> str:
        reason, details = reasons_of(entry, get_language() or "")
        return " ".join([reason, *details])

    def send(self, schedules: dict[int, ReminderSchedule], turns: list[Turn], slug: str | None, now: datetime) -> None:
        planning.make_digests(schedules.values(), turns, now)
        digests = Digest.objects.filter(created_at=now) if slug else Digest.objects.all()
        with Courier() as courier:
            states = sending.send_due(courier, digests)
        counts = ", ".join(f"{states[state]} {state.label.lower()}" for state in Digest.State if states[state])
        self.stdout.write(f"Digests: {counts}." if counts else "No digest is due: nothing was sent.")
