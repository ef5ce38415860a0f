"""Read returned mail, a delivery status notification (RFC 3464), and mark its digest as bounced.

Anybody can send such a mail, so it is parsed with the old policy of `email`: `policy.default` raises at a header such as `Message-ID: <>`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from actions.reminders.models import Digest


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was not delivered and will not be."""

    message_id: str
    answer: str
    """The answer of the recipient's server, or its code if there was no answer."""


def record_bounce(raw: bytes) -> Digest | None:
    """Mark the digest of a returned mail, and return it; None if the mail is about none. Two queries."""
    bounce = read_bounce(raw)
    digest = Digest.objects.filter(message_id=bounce.message_id).first() if bounce else None
    if bounce and digest:
        digest.record_bounced(bounce.answer)
    return digest


def read_bounce(raw: bytes) -> Bounce | None:
    """Parse a returned mail. None if it is no such notification, only reports a delay, or does not name the mail that it is about."""
    mail = message_from_bytes(raw)
    failed = [report for report in _reports(mail) if _text(report["Action"]).lower() == "failed"]
    message_id = _original_message_id(mail)
    if not failed or not message_id:
        return None
    answer = (_text(failed[0]["Diagnostic-Code"]) or _text(failed[0]["Status"])).partition(";")
    return Bounce(message_id, (answer[2] or answer[0]).strip())


def _reports(mail: Message) -> Iterator[Message]:
    """Iterate over the reports about recipients. The first block is about the mail as a whole, and has no action."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message))


def _original_message_id(mail: Message) -> str:
    for part in mail.walk():
        content: Any = None
        if part.get_content_type() == "text/rfc822-headers":
            content = message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
        elif part.get_content_type() == "message/rfc822":
            content = next(iter(part.get_payload() or []), None)
        if isinstance(content, Message) and (match := _MESSAGE_ID.search(_text(content["Message-ID"]))):
            return match[0]
    return ""


_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


def _text(header: Any) -> str:
    """Return a header on one line, without what a database refuses."""
    text = str(header or "").encode(errors="replace").decode().replace("\x00", "")
    return " ".join(text.split())
