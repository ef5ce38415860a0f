"""Mails made from templates, to one person in their language."""

import logging
import smtplib
from collections.abc import Mapping
from email.errors import MessageError
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from tracker.mail.configuration import read_mailbox

log = logging.getLogger(__name__)


def send_from_templates(
    name: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    *,
    html: bool = True,
    connection: BaseEmailBackend | None = None,
) -> bool:
    """Send one mail in `language`, rendered from the templates `<name>_subject.txt`, `<name>.txt` and, with `html`, `<name>.html`.

    False if it was not sent: the log has the reason, and nothing of the content, which may have a link that must not be logged.
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
