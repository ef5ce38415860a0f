"""The settings of mail, read by one function each: what examines them at the start also makes the headers and the connection.

Imported by the settings themselves, so it reads none while it is imported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.message import sanitize_address
from environ import Env

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9._-]+")
_HOST = re.compile(r"[\w.:-]+")
_UNESCAPED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
MAILBOX_ADVICE = (
    'write one address, such as tracker@example.org or "Tracker <tracker@example.org>"; put a name with a colon, comma, '
    'semicolon, @ or brackets in quotation marks, such as "\\"UN: Tracker\\" <tracker@example.org>"'
)
SERVER_ADVICE = (
    "put an SMTP server there: smtp+tls://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS from the start); in "
    "user and password write %25 for %, %40 for @, %2F for /, %3F for ?, %23 for #, %5B for [ and %5D for ]"
)
_PORTS = {"smtps": 465, "smtp+ssl": 465, "smtp+tls": 587, "smtp": 25}


class MailSettingError(ValueError):
    """A setting that no mail can be sent with. The message is a predicate such as "is missing", and never holds the value."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender: the header with name and address, all ASCII, and the address alone, as SMTP takes it."""

    header: str
    address: str


def read_mailbox(text: str) -> Mailbox:
    """Read one address with or without a name. Raises MailSettingError."""
    if not text.strip():
        raise MailSettingError(f"is missing; {MAILBOX_ADVICE}")
    if not text.isprintable():
        raise MailSettingError(f"has a line break or another invisible character; {MAILBOX_ADVICE}")
    try:
        header = sanitize_address(text, "utf-8")
    except Exception as error:  # Django's and Python's parsers raise errors of many kinds
        raise MailSettingError(f"is not one address with an optional name; {MAILBOX_ADVICE}") from error
    address = parseaddr(header)[1]
    if (
        not _ADDRESS.fullmatch(address) or "=?" in address
    ):  # "=?" begins a word that is not ASCII: an encoded local part
        raise MailSettingError(f"has no address that mail servers accept; {MAILBOX_ADVICE}")
    return Mailbox(header, address)


def read_mail_server(url: str) -> dict[str, Any]:
    """Translate EMAIL_URL into Django's settings. Raises MailSettingError."""
    try:
        scheme = urlsplit(url).scheme
        _refuse_unescaped(url)
        # For the library, smtps:// means STARTTLS; for everybody else, TLS from the start.
        config: dict[str, Any] = Env.email_url_config(re.sub("^smtps:", "smtp+ssl:", url, flags=re.IGNORECASE))
        config["EMAIL_PORT"] = config["EMAIL_PORT"] or _PORTS.get(scheme)
        host, login = (
            config["EMAIL_HOST"] or "",
            f"{config['EMAIL_HOST_USER'] or ''}{config['EMAIL_HOST_PASSWORD'] or ''}",
        )
        host.encode("idna")  # as a connection does
        login.encode("ascii")  # as smtplib does
    except (ValueError, ImproperlyConfigured) as error:  # an unknown scheme, a port that is no number
        raise MailSettingError(f"cannot be read; {SERVER_ADVICE}") from error
    if config["EMAIL_BACKEND"] == _SMTP and not _HOST.fullmatch(host):
        raise MailSettingError(f"has no host name; {SERVER_ADVICE}")
    if config.get("EMAIL_USE_TLS") and config.get("EMAIL_USE_SSL"):
        raise MailSettingError(f"asks for both TLS and SSL; {SERVER_ADVICE}")
    return config | ({"EMAIL_BACKEND": "tracker.mail.smtp.SiteBackend"} if config["EMAIL_BACKEND"] == _SMTP else {})


def _refuse_unescaped(url: str) -> None:
    """Raise ValueError if a character of the password ends the part of the address with the server."""
    split = urlsplit(url)
    if "@" in split.path + split.query + split.fragment or _UNESCAPED.search(split.netloc.rpartition("@")[0]):
        raise ValueError("an unescaped character")


def site_host() -> str:
    """Return the host name of the tracker, as mail servers know it: for EHLO and Message-ID."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return host.encode("idna").decode() if not host.isascii() else host


def mail_faults(email_url: str, from_email: str, bounce_address: str, contact_email: str = "") -> list[str]:
    """List what is wrong with these settings: one sentence a fault, each beginning with the name of the variable."""
    readers: list[tuple[str, Callable[[str], object], str]] = [("DEFAULT_FROM_EMAIL", read_mailbox, from_email)]
    if email_url:
        readers.append(("EMAIL_URL", read_mail_server, email_url))
    if bounce_address:
        readers.append(("BOUNCE_ADDRESS", read_mailbox, bounce_address))
    if contact_email:
        readers.append(("CONTACT_EMAIL", read_mailbox, contact_email))
    return [f"{name} {fault}" for name, read, value in readers if (fault := setting_fault(read, value))]


def setting_fault(read: Callable[[str], object], value: str) -> str | None:
    """What the reader says of a value that it refuses."""
    try:
        read(value)
    except MailSettingError as error:
        return str(error)
    return None


def refuse_faulty_mail(email_url: str, from_email: str, bounce_address: str, contact_email: str = "") -> None:
    """Raise one ImproperlyConfigured that lists every fault."""
    if faults := mail_faults(email_url, from_email, bounce_address, contact_email):
        raise ImproperlyConfigured("no mail could be sent.\n" + "\n".join(f"  - {fault}" for fault in faults))


def present_faults() -> list[str]:
    """List what is wrong with the settings in use."""
    return mail_faults(settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_ADDRESS, settings.CONTACT_EMAIL)
