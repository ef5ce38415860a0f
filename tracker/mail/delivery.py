"""Deliver one mail, and record what is known of it afterwards.

Nothing in SMTP means "exactly once". What can be known: until the server has answered 354 to DATA nothing was sent, and a reply to the
body settles it. If the reply is lost, nobody knows. `Courier.deliver` returns which of these happened, and asks its caller for permission
right before the body.
"""

import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address

from tracker.mail.configuration import MailSettingError, present_faults, read_mailbox
from tracker.mail.folder import FolderBackend

log = logging.getLogger(__name__)

Guard = Callable[[], bool]


class Outcome(Enum):
    ACCEPTED = auto()
    """The server (or the folder) has it."""
    TEMPORARY = auto()
    """Not sent; worth another attempt."""
    PERMANENT = auto()
    """Not sent; refused for good."""
    UNCERTAIN = auto()
    """The body was sent and no reply came back."""
    NOT_BUILT = auto()
    """Not sent: a mail setting or a header is wrong. Worth another attempt once an admin has corrected it."""
    NOT_ALLOWED = auto()
    """Not sent: the guard refused it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    outcome: Outcome
    detail: str = ""
    """What the server answered, or what failed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as SMTP takes it."""

    sender: str
    recipient: str
    body: bytes


class Courier:
    """Deliver mail over one connection, which is opened when it is needed and kept from mail to mail. A context manager."""

    def __init__(self) -> None:
        self._backend = get_connection()

    def __enter__(self) -> "Courier":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def deliver(self, message: EmailMessage, guard: Guard) -> Delivery:
        """Deliver `message` to its one recipient. `guard` is called once, after everything that can be repeated without harm. The log has a
        warning for each mail that the server does not take.
        """
        delivery = self._deliver(message, guard)
        if delivery.outcome not in {Outcome.ACCEPTED, Outcome.NOT_ALLOWED}:
            number = message.extra_headers.get("Message-ID", "").strip("<>").partition("@")[0]
            log.warning("Mail %s was not taken (%s): %s", number, delivery.outcome.name.lower(), delivery.detail)
        return delivery

    def _deliver(self, message: EmailMessage, guard: Guard) -> Delivery:
        try:
            envelope = _envelope(message)
        except _UndeliverableError as error:
            return error.delivery
        if isinstance(self._backend, SMTPBackend):
            return self._by_smtp(self._backend, envelope, guard)
        if not guard():
            return Delivery(Outcome.NOT_ALLOWED)
        if isinstance(self._backend, FolderBackend):
            return self._into_folder(self._backend, message)
        try:
            self._backend.send_messages([message])
        except Exception as error:  # another backend: nobody knows how far it came
            return Delivery(Outcome.UNCERTAIN, describe(error))
        return Delivery(Outcome.ACCEPTED)

    def _into_folder(self, backend: FolderBackend, message: EmailMessage) -> Delivery:
        try:
            backend.send_messages([message])
        except OSError as error:  # a file is complete or not there
            return Delivery(Outcome.TEMPORARY, describe(error))
        return Delivery(Outcome.ACCEPTED)

    def _by_smtp(self, backend: SMTPBackend, envelope: Envelope, guard: Guard) -> Delivery:
        try:
            smtp = _connected(backend)
            _ask_for_data(smtp, envelope)
        except _RefusalError as refusal:
            self._hang_up(backend)
            return Delivery(Outcome.PERMANENT if refusal.code >= 500 else Outcome.TEMPORARY, str(refusal))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(backend)
            return Delivery(Outcome.TEMPORARY, describe(error))
        except ValueError as error:  # a host name or a password that no server takes
            self._hang_up(backend)
            return Delivery(Outcome.NOT_BUILT, f"EMAIL_URL: {describe(error)}")
        allowed = False
        try:
            allowed = guard()
        finally:
            if not allowed:
                self._hang_up(backend)
        if not allowed:
            return Delivery(Outcome.NOT_ALLOWED)
        try:
            smtp.send(envelope.body)
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(backend)
            return Delivery(Outcome.UNCERTAIN, describe(error))
        return self._after_body(backend, code, f"{code} {reply.decode(errors='replace')}")

    def _after_body(self, backend: SMTPBackend, code: int, answer: str) -> Delivery:
        if 200 <= code < 300:
            return Delivery(Outcome.ACCEPTED, answer)
        self._hang_up(backend)
        if 400 <= code < 500:
            return Delivery(Outcome.TEMPORARY, answer)
        return Delivery(Outcome.PERMANENT if 500 <= code < 600 else Outcome.UNCERTAIN, answer)

    def _hang_up(self, backend: SMTPBackend) -> None:
        """Drop the connection without QUIT: after DATA it would be read as part of the mail."""
        if backend.connection is not None:
            backend.connection.close()
            backend.connection = None


def describe(error: Exception) -> str:
    """Name the kind of an error, with its message if it has one."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class _UndeliverableError(Exception):
    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.delivery = Delivery(outcome, detail)


class _RefusalError(Exception):
    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__(f"{code} {reply.decode(errors='replace')}")
        self.code = code


def _envelope(message: EmailMessage) -> Envelope:
    """Build the mail, and set its sender as headers have it. Raises _UndeliverableError."""
    try:
        sender = read_mailbox(message.from_email)
        bounces_to = read_mailbox(settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else sender
    except MailSettingError as error:
        raise _UndeliverableError(Outcome.NOT_BUILT, "; ".join(present_faults()) or f"The sender {error}") from error
    try:
        recipient = _recipient(message.to[0])
    except ValueError as error:  # it is no address, and will not become one
        raise _UndeliverableError(Outcome.PERMANENT, describe(error)) from error
    message.from_email = sender.header
    try:
        return Envelope(bounces_to.address, recipient, _body(message))
    except Exception as error:  # Django and Python raise errors of many kinds
        raise _UndeliverableError(Outcome.NOT_BUILT, describe(error)) from error


def _recipient(address: str) -> str:
    """The address as SMTP takes it. Raises ValueError if it is none, such as one of two lines."""
    if not address.isprintable():
        raise ValueError("The address has a line break or another invisible character.")
    return sanitize_address(address, "utf-8")


def _body(message: EmailMessage) -> bytes:
    """The mail as SMTP transmits it: CRLF, leading full stops doubled, a full stop alone at the end."""
    lines = b"\n" + message.message().as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    return lines.replace(b"\n.", b"\n..").replace(b"\n", b"\r\n").removeprefix(b"\r\n") + b"\r\n.\r\n"


def _connected(backend: SMTPBackend) -> smtplib.SMTP:
    backend.open()
    if backend.connection is None:
        raise smtplib.SMTPServerDisconnected("no connection")
    backend.connection.ehlo_or_helo_if_needed()
    return backend.connection


def _ask_for_data(smtp: smtplib.SMTP, envelope: Envelope) -> None:
    """Name sender and recipient, and ask to send the body: until the server's 354. Raises _RefusalError, or what smtplib raises."""
    _expect(smtp.mail(envelope.sender), 250)
    _expect(smtp.rcpt(envelope.recipient), 250, 251)
    _expect(smtp.docmd("DATA"), 354)


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        if answer[0] < 400:
            raise smtplib.SMTPResponseException(*answer)
        raise _RefusalError(*answer)
