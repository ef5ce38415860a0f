"""The folder that takes mail if no SMTP server is configured, and reading it."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from tracker.whole_files import write_whole

MAIL_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}\.eml")


class FolderBackend(BaseEmailBackend):
    """Write each mail into a file of its own in MAIL_DIR. A file is complete or not there; its name begins with the time."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        count = 0
        for message in email_messages:
            content = message.message().as_bytes()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}.eml"
            write_whole(settings.MAIL_DIR / name, content)
            count += 1
        return count


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of the folder. `text` is its plain part; empty if only the headers were read."""

    name: str
    written_at: datetime
    sender: str
    to: str
    subject: str
    text: str = ""


def list_mail(limit: int, before: str = "") -> list[StoredMail]:
    """Return the newest mails of the folder (older than the one named `before`), without their texts. Reads at most `limit` files."""
    names = sorted((name for name in _names() if not before or name < before), reverse=True)
    return [_parsed(name, headers_only=True) for name in names[:limit]]


def read_mail(name: str) -> StoredMail:
    """Return a mail of the folder. Raises LookupError if there is none; never opens anything outside the folder."""
    if not MAIL_NAME.fullmatch(name):
        raise LookupError(name)
    try:
        return _parsed(name, headers_only=False)
    except FileNotFoundError as error:
        raise LookupError(name) from error


def _names() -> Iterator[str]:
    with suppress(FileNotFoundError):
        yield from (entry.name for entry in os.scandir(settings.MAIL_DIR) if MAIL_NAME.fullmatch(entry.name))


def _parsed(name: str, *, headers_only: bool) -> StoredMail:
    path: Path = settings.MAIL_DIR / name
    with path.open("rb") as file:
        if headers_only:
            head = b"".join(iter(lambda: _header_line(file.readline()), b""))
            mail: ParsedMessage = message_from_bytes(head, policy=policy.default)
        else:
            mail = message_from_binary_file(file, policy=policy.default)
    part = None if headers_only else mail.get_body(preferencelist=("plain", "html"))
    return StoredMail(
        name=name,
        written_at=datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC),
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=part.get_content() if part else "",
    )


def _header_line(line: bytes) -> bytes:
    """Return the line, or nothing at the empty line that ends the headers."""
    return line if line.strip() else b""
