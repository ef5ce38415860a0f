"""Mails to one person with a link that works once: an invitation, a new password."""

import logging
import smtplib
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from tracker.people.models import User

log = logging.getLogger(__name__)


def send_invitation(person: User, *, by: User) -> bool:
    """Tells the person who has invited them, and gives the link to choose a password. False where the mail did not go out."""
    return _send("people/invitation", person, {"by": by})


def send_password_reset(person: User) -> bool:
    """Gives the link to choose a new password. False where the mail did not go out."""
    return _send("people/password_reset", person, {})


def password_link(person: User) -> str:
    """Where the person chooses a password. It ends working once one is chosen, the person signs in or the address changes."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key)


def _send(template: str, person: User, context: dict[str, Any]) -> bool:
    """In the person's language. What went wrong is in the log, without the link."""
    with translation.override(person.language):
        context |= {
            "person": person,
            "link": password_link(person),
            "base_url": settings.BASE_URL,
            "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        }
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        mail = EmailMultiAlternatives(subject, render_to_string(f"{template}.txt", context), to=[person.email])
        mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("The mail %r to %s did not go out: %s", template, person.email, error)
        return False
    return True
