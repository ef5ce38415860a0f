"""`manage.py record_bounce`: what a mail server calls, or an admin, for each mail that came back."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from actions.reminders.bounces import record_bounce

LARGEST = 10_000_000


class Command(BaseCommand):
    help = "Read mails that came back (delivery status notifications) from files, or one from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="one mail each, such as those of a Maildir")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        if not files:
            self.record(sys.stdin.buffer.read(LARGEST))
        faulty = []
        for file in files:
            try:
                with file.open("rb") as mail:
                    self.record(mail.read(LARGEST))
            except OSError as error:
                faulty.append(f"{file}: {error.strerror}")
            except Exception as error:  # whatever one mail does, the next one may be a bounce
                faulty.append(f"{file}: {type(error).__name__}: {error}")
        if faulty:
            said = f"{len(faulty)} of {len(files)} files could not be read; the others are done."
            raise CommandError("\n".join([said, *faulty]))

    def record(self, raw: bytes) -> None:
        if digest := record_bounce(raw):
            self.stdout.write(f"The digest to {digest.address} came back.")
        else:
            self.stdout.write("This mail tells of no digest that came back: nothing was changed.")
