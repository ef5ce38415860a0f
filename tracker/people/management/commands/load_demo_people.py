"""Add accounts for trying the tracker, and print their passwords once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.people.demo import Account, MissingAgenciesError, load_demo_people


class Command(BaseCommand):
    help = (
        "Add accounts for trying the tracker, one for each role, and print their passwords once. "
        "Accounts that exist already are not changed. Refused in production."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset-passwords", action="store_true", help="give all of them new passwords and print them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demo people are for trying the tracker and are refused in production (TRACKER_MODE=production). "
                "Create an admin account of your own:  python manage.py createsuperuser"
            )
        try:
            accounts = load_demo_people(reset_passwords=options["reset_passwords"])
        except MissingAgenciesError as error:
            raise CommandError(
                f"The demo people work for agencies that are missing here: {error}. Nothing was added. "
                "Load the baseline first:  python3 manage.py load_baseline"
            ) from error
        shown = [account for account in accounts if account.password]
        if shown:
            self.stdout.write("Accounts for trying the tracker. Their passwords are shown only now:\n\n")
            self.stdout.write(_table(shown))
        if left_alone := len(accounts) - len(shown):
            self.stdout.write(
                f"{left_alone} of the {len(accounts)} demo people exist already and were not changed. "
                "New passwords for all of them:  python3 manage.py load_demo_people --reset-passwords"
            )


def _table(accounts: list[Account]) -> str:
    rows = [("email", "role", "password")]
    rows += [(each.person.email, str(each.person.get_role_display()), each.password or "") for each in accounts]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "".join(f"  {email:{widths[0]}}  {role:{widths[1]}}  {password}\n" for email, role, password in rows)
