"""Handing one mail over, with what is known of it afterwards; mails made from templates; and the folder that takes mail where no SMTP
server is configured.

Nothing in SMTP says "exactly once". What can be known: until the server has answered 354 to DATA nothing was sent, and a reply to the
body settles it. If the reply is lost, nobody knows. `Courier.deliver` tells these cases apart, and asks its caller for leave right before
the body.
"""

import logging
import os
import re
import secrets
import smtplib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string
from django.utils import translation

log = logging.getLogger(__name__)


class Outcome(Enum):
    ACCEPTED = auto()
    """The server (or the folder) has it."""
    TEMPORARY = auto()
    """Surely not sent; worth another attempt."""
    PERMANENT = auto()
    """Surely not sent; refused for good."""
    UNCERTAIN = auto()
    """The body went out and no reply came back."""
    FENCED_OFF = auto()
    """The caller gave no leave; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    outcome: Outcome
    detail: str = ""
    """What the server said, or what broke."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to go: nothing but handing it over is left to do."""

    sender: str
    recipient: str
    body: bytes = b""
    """As SMTP transmits it."""
    message: EmailMessage | None = None
    """Where it goes another way."""
    fault: str = ""
    """Why it can never be sent, such as a header of two lines."""


class Courier:
    """Delivers mail over one connection, which it opens when it is needed and keeps from mail to mail. A context manager."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self.by_smtp = isinstance(self._backend, SMTPBackend)

    def __enter__(self) -> "Courier":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def letter(self, message: EmailMessage) -> Letter:
        """`message`, to its one recipient, made ready. In a row that takes an eighth less time than with waits for servers between."""
        return letter_for_smtp(message) if self.by_smtp else Letter(message.from_email, message.to[0], message=message)

    def deliver(self, letter: Letter, fence: Callable[[], bool]) -> Delivery:
        """Hand it over. `fence` is asked once, after everything that can be tried again without harm."""
        if letter.fault:
            return Delivery(Outcome.PERMANENT, letter.fault)
        if isinstance(self._backend, SMTPBackend):
            return self._by_smtp(self._backend, letter, fence)
        if (message := letter.message) is None:
            raise TypeError("A letter for SMTP goes no other way.")
        if not fence():
            return Delivery(Outcome.FENCED_OFF)
        if isinstance(self._backend, FolderBackend):
            return self._into_folder(self._backend, message)
        try:
            self._backend.send_messages([message])
        except Exception as error:  # another backend: no telling how far it came
            return Delivery(Outcome.UNCERTAIN, _words(error))
        return Delivery(Outcome.ACCEPTED)

    def _into_folder(self, backend: "FolderBackend", message: EmailMessage) -> Delivery:
        try:
            backend.send_messages([message])
        except OSError as error:  # a file is whole or not there
            return Delivery(Outcome.TEMPORARY, _words(error))
        return Delivery(Outcome.ACCEPTED)

    def _by_smtp(self, backend: SMTPBackend, letter: Letter, fence: Callable[[], bool]) -> Delivery:
        try:
            backend.open()
            smtp = backend.connection
            if smtp is None:
                raise smtplib.SMTPServerDisconnected("no connection")
            smtp.ehlo_or_helo_if_needed()
            _ask_for_data(smtp, settings.BOUNCE_ADDRESS or letter.sender, letter.recipient)
        except _RefusalError as refusal:
            self._hang_up(backend)
            return Delivery(Outcome.PERMANENT if refusal.code >= 500 else Outcome.TEMPORARY, str(refusal))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(backend)
            return Delivery(Outcome.TEMPORARY, _words(error))
        except ValueError as error:  # what is no address: it stays so
            self._hang_up(backend)
            return Delivery(Outcome.PERMANENT, _words(error))
        leave = False
        try:
            leave = fence()
        finally:
            if not leave:
                self._hang_up(backend)
        if not leave:
            return Delivery(Outcome.FENCED_OFF)
        try:
            smtp.send(letter.body)
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(backend)
            return Delivery(Outcome.UNCERTAIN, _words(error))
        return self._after_body(backend, code, f"{code} {reply.decode(errors='replace')}")

    def _after_body(self, backend: SMTPBackend, code: int, said: str) -> Delivery:
        if 200 <= code < 300:
            return Delivery(Outcome.ACCEPTED, said)
        self._hang_up(backend)
        if 400 <= code < 500:
            return Delivery(Outcome.TEMPORARY, said)
        return Delivery(Outcome.PERMANENT if 500 <= code < 600 else Outcome.UNCERTAIN, said)

    def _hang_up(self, backend: SMTPBackend) -> None:
        """Drop the connection without a word: after DATA a QUIT would be read as the mail's text."""
        if backend.connection is not None:
            backend.connection.close()
            backend.connection = None


def letter_for_smtp(message: EmailMessage) -> Letter:
    """`message`, to its one recipient, made ready. Needs no connection."""
    try:
        return Letter(message.from_email, message.to[0], _as_transmitted(message))
    except ValueError as error:
        return Letter(message.from_email, message.to[0], fault=_words(error))


class _RefusalError(Exception):
    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__(f"{code} {reply.decode(errors='replace')}")
        self.code = code


def _ask_for_data(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Up to the server's 354: in one packet where it offers PIPELINING (RFC 2920), which saves two waits a mail; else step by step."""
    commands = (
        (f"MAIL FROM:{_path(sender)}\r\n", (250,)),
        (f"RCPT TO:{_path(recipient)}\r\n", (250, 251)),
        ("DATA\r\n", (354,)),
    )
    together = smtp.has_extn("pipelining")
    if together:
        smtp.send("".join(command for command, _codes in commands))
    for command, codes in commands:
        if not together:
            smtp.send(command)
        _expect(smtp.getreply(), *codes)


_PLAIN = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)


@lru_cache(maxsize=64)  # the sender's is the same in each mail
def _path(address: str) -> str:
    """As the envelope has it. ValueError where it is no address, such as one of two lines."""
    if _PLAIN.fullmatch(address):  # nearly all are, and parsing costs as much as all else that is said to the server
        return f"<{address}>"
    return smtplib.quoteaddr(sanitize_address(address, "utf-8"))


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        if answer[0] < 400:
            raise smtplib.SMTPResponseException(*answer)
        raise _RefusalError(*answer)


def _as_transmitted(message: EmailMessage) -> bytes:
    """The mail as SMTP wants its body: CRLF, leading full stops doubled, a full stop alone at the end."""
    lines = b"\n" + message.message().as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    return lines.replace(b"\n.", b"\n..").replace(b"\n", b"\r\n").removeprefix(b"\r\n") + b"\r\n.\r\n"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def send_from_templates(
    name: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    *,
    html: bool = True,
    connection: BaseEmailBackend | None = None,
) -> bool:
    """Send one mail in `language`, made from the templates `<name>_subject.txt`, `<name>.txt` and, unless told otherwise, `<name>.html`.

    False where it did not go out: why is in the log, and nothing of what it says, for it may hold a link that must not be there.
    """
    with translation.override(language):
        subject, text = (render_to_string(f"{name}{ending}", dict(context)) for ending in ("_subject.txt", ".txt"))
        mail = EmailMultiAlternatives(
            " ".join(subject.split()),
            text,
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},  # no holiday replies
            connection=connection,
        )
        if html:
            mail.attach_alternative(render_to_string(f"{name}.html", dict(context)), "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("The mail %r to %s did not go out: %s", name, to, error)
        return False
    return True


MAIL_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}\.eml")


class FolderBackend(BaseEmailBackend):
    """Writes each mail into a file of its own in MAIL_DIR. A file appears whole or not at all; its name begins with the time."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        count = 0
        for message in email_messages:
            content = message.message().as_bytes()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}.eml"
            unfinished = settings.MAIL_DIR / f".{name}"
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(settings.MAIL_DIR / name)
            count += 1
        return count


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of the folder. `text` is its plain part; empty where only the headers were read."""

    name: str
    written_at: datetime
    sender: str
    to: str
    subject: str
    text: str = ""


def list_mail(limit: int, before: str = "") -> list[StoredMail]:
    """The newest mails of the folder (older than the one named `before`), without their texts. Reads `limit` files at most."""
    names = sorted((name for name in _names() if not before or name < before), reverse=True)
    return [_parsed(name, headers_only=True) for name in names[:limit]]


def read_mail(name: str) -> StoredMail:
    """Raises LookupError where the folder has no such mail; nothing outside the folder is ever opened."""
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
    """The line, or nothing at the empty line that ends the headers."""
    return line if line.strip() else b""
