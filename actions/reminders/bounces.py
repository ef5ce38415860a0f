"""Mail that came back: reads a delivery status notification (RFC 3464) and marks the digest that it is about.

What comes back is written by anybody, so it is read by the old rules of `email`: those of `policy.default` raise at a header such as
`Message-ID: <>`.
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
    said: str
    """What the recipient's server said; its code where it said nothing."""


def record_bounce(raw: bytes) -> Digest | None:
    """The digest that came back; None where the mail tells of none. Two queries."""
    bounce = read_bounce(raw)
    digest = Digest.objects.filter(message_id=bounce.message_id).first() if bounce else None
    if bounce and digest:
        digest.record_bounced(bounce.said)
    return digest


def read_bounce(raw: bytes) -> Bounce | None:
    """None where it is no such notification, tells of a delay only, or does not say which mail it is about."""
    mail = message_from_bytes(raw)
    failed = [report for report in _reports(mail) if _text(report["Action"]).lower() == "failed"]
    message_id = _original_message_id(mail)
    if not failed or not message_id:
        return None
    said = (_text(failed[0]["Diagnostic-Code"]) or _text(failed[0]["Status"])).partition(";")
    return Bounce(message_id, (said[2] or said[0]).strip())


def _reports(mail: Message) -> Iterator[Message]:
    """What is said of each recipient. The first block is about the mail as a whole, and has no action."""
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
        if isinstance(content, Message) and (found := _MESSAGE_ID.search(_text(content["Message-ID"]))):
            return found[0]
    return ""


_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


def _text(header: Any) -> str:
    """On one line, with nothing that a database refuses."""
    text = str(header or "").encode(errors="replace").decode().replace("\x00", "")
    return " ".join(text.split())
