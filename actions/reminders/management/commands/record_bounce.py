"""`manage.py record_bounce`: record a returned mail. A mail server runs it, or an admin."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from actions.reminders.bounces import record_bounce

LARGEST = 10_000_000


class Command(BaseCommand):
    help = "Read returned mails (delivery status notifications) from files, or one from standard input."

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
            except Exception as error:  # one faulty mail must not stop the others
                faulty.append(f"{file}: {type(error).__name__}: {error}")
        if faulty:
            summary = f"{len(faulty)} of {len(files)} files could not be read; the others are done."
            raise CommandError("\n".join([summary, *faulty]))

    def record(self, raw: bytes) -> None:
        if digest := record_bounce(raw):
            self.stdout.write(f"The digest to {digest.address} was returned.")
        else:
            self.stdout.write("This mail is not about a returned digest: nothing was changed.")
