"""Handing one mail over, with what is known of it afterwards.

Nothing in SMTP says "exactly once". What can be known: until the server has answered 354 to DATA nothing was sent, and a reply to the
body settles it. If the reply is lost, nobody knows. `Courier.deliver` tells these cases apart, and asks its caller for leave right before
the body.
"""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address

from tracker.mail.configuration import MailSettingError, present_faults, read_mailbox
from tracker.mail.folder import FolderBackend


class Outcome(Enum):
    ACCEPTED = auto()
    """The server (or the folder) has it."""
    TEMPORARY = auto()
    """Surely not sent; worth another attempt."""
    PERMANENT = auto()
    """Surely not sent; refused for good."""
    UNCERTAIN = auto()
    """The body went out and no reply came back."""
    NOT_BUILT = auto()
    """Surely not sent: a mail setting or a header is wrong. Worth another attempt once an admin has corrected it."""
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
    failure: Delivery | None = None
    """If it cannot be sent: what becomes of it, and why."""


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
        letter = letter_for_smtp(message)
        return letter if self.by_smtp or letter.failure else replace(letter, body=b"", message=message)

    def deliver(self, letter: Letter, fence: Callable[[], bool]) -> Delivery:
        """Hand it over. `fence` is asked once, after everything that can be tried again without harm."""
        if letter.failure:
            return letter.failure
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

    def _into_folder(self, backend: FolderBackend, message: EmailMessage) -> Delivery:
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
            _ask_for_data(smtp, letter.sender, letter.recipient)
        except _RefusalError as refusal:
            self._hang_up(backend)
            return Delivery(Outcome.PERMANENT if refusal.code >= 500 else Outcome.TEMPORARY, str(refusal))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(backend)
            return Delivery(Outcome.TEMPORARY, _words(error))
        except ValueError as error:  # a host name or a password that no server takes
            self._hang_up(backend)
            return Delivery(Outcome.NOT_BUILT, f"EMAIL_URL: {_words(error)}")
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
    to = message.to[0]
    try:
        sender = read_mailbox(message.from_email)
        bounces_to = read_mailbox(settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else sender
    except MailSettingError as error:
        return Letter("", to, failure=Delivery(Outcome.NOT_BUILT, "; ".join(present_faults()) or f"The sender {error}"))
    try:
        recipient = _path(to)
    except ValueError as error:  # it is no address, and stays so
        return Letter("", to, failure=Delivery(Outcome.PERMANENT, _words(error)))
    message.from_email = sender.header
    try:
        return Letter(f"<{bounces_to.address}>", recipient, _as_transmitted(message))
    except Exception as error:  # Django and Python raise errors of many kinds
        return Letter("", to, failure=Delivery(Outcome.NOT_BUILT, _words(error)))


class _RefusalError(Exception):
    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__(f"{code} {reply.decode(errors='replace')}")
        self.code = code


def _ask_for_data(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Up to the server's 354: in one packet where it offers PIPELINING (RFC 2920), which saves two waits a mail; else step by step."""
    commands = (
        (f"MAIL FROM:{sender}\r\n", (250,)),
        (f"RCPT TO:{recipient}\r\n", (250, 251)),
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


def _path(address: str) -> str:
    """The recipient as the envelope has it. ValueError where it is no address, such as one of two lines."""
    if _PLAIN.fullmatch(address):  # nearly all are, and parsing costs as much as all else that is said to the server
        return f"<{address}>"
    if not address.isprintable():
        raise ValueError("The address has a line break or another invisible character.")
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
