"""Mails made from templates, to one person in their language."""

import logging
import smtplib
from collections.abc import Mapping
from email.errors import MessageError
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from tracker.mail.configuration import read_mailbox, site_host

log = logging.getLogger(__name__)

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""Headers that ask for no holiday replies; the second one is for Exchange."""


def reply_address(address: str = "") -> list[str]:
    """Return whom answers to a mail go to: this person, otherwise CONTACT_EMAIL, otherwise its sender."""
    return [chosen] if (chosen := address or settings.CONTACT_EMAIL) else []


def mail_from_templates(
    name: str, to: str, language: str, context: Mapping[str, Any], *, html: bool = True, reply_to: str = ""
) -> EmailMultiAlternatives:
    """Build a mail in `language`, rendered from the templates `<name>_subject.txt`, `<name>.txt` and, with `html`, `<name>.html`."""
    with translation.override(language):
        subject, text = (render_to_string(f"{name}{ending}", dict(context)) for ending in ("_subject.txt", ".txt"))
        mail = EmailMultiAlternatives(
            " ".join(subject.split()),
            text,
            to=[to],
            reply_to=reply_address(reply_to),
            headers=AUTOMATIC | {"Message-ID": make_msgid(domain=site_host())},
        )
        if html:
            mail.attach_alternative(render_to_string(f"{name}.html", dict(context)), "text/html")
    return mail


def send_from_templates(
    name: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    *,
    html: bool = True,
    reply_to: str = "",
    connection: BaseEmailBackend | None = None,
) -> bool:
    """Build a mail (`mail_from_templates`) and send it at once.

    False if it was not sent: the log has the reason, and nothing of the content, which may have a link that must not be logged.
    """
    mail = mail_from_templates(name, to, language, context, html=html, reply_to=reply_to)
    mail.connection = connection
    try:
        mail.from_email = read_mailbox(settings.DEFAULT_FROM_EMAIL).header
        mail.send()
    except (
        OSError,
        smtplib.SMTPException,
        ValueError,
        MessageError,
    ) as error:  # no server, or a setting or header is wrong
        log.error("The mail %r to %s did not go out: %s", name, to, error)
        return False
    return True
