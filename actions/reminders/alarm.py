"""A mail to the admins when reminders stand still: no worker can send it, so it goes out with the page that finds it out, or /health/."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from actions.reminders.models import Heartbeat
from tracker.people.models import User

log = logging.getLogger(__name__)

PATIENCE = 5
"""Seconds that a page waits for the mail server."""


def tell_admins_once(last_tick: datetime) -> None:
    """One mail to each admin, once a standstill, however many ask at the same time. What goes wrong is in the log."""
    if not Heartbeat.objects.raise_alarm(last_tick):
        return
    log.error("Reminders stand still: no tick since %s", last_tick)
    try:
        with get_connection(timeout=PATIENCE) as connection:
            connection.send_messages([_mail(admin, last_tick) for admin in User.objects.active().admins()])
    except (OSError, smtplib.SMTPException) as error:
        log.error("The admins could not be told that reminders stand still: %s", error)


def _mail(admin: User, last_tick: datetime) -> EmailMessage:
    with translation.override(admin.language):
        context = {
            "admin": admin,
            "last_tick": last_tick,
            "reminders_url": settings.BASE_URL + reverse("reminders"),
        }
        subject, text = (render_to_string(f"reminders/alarm{name}.txt", context) for name in ("_subject", ""))
    return EmailMessage(" ".join(subject.split()), text, to=[admin.email], headers={"Auto-Submitted": "auto-generated"})
