"""A mail to the admins when reminders stand still: no worker can send it, so it goes out with the page that finds it out, or /health/."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from actions.reminders.models import Heartbeat
from tracker.mail import send_from_templates
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
            for admin in User.objects.active().admins():
                if not _tell(admin, last_tick, connection):
                    return  # rather than let the page wait once more for each admin
    except (OSError, smtplib.SMTPException) as error:
        log.error("The admins could not be told that reminders stand still: %s", error)


def _tell(admin: User, last_tick: datetime, connection: BaseEmailBackend) -> bool:
    context = {"admin": admin, "last_tick": last_tick, "reminders_url": settings.BASE_URL + reverse("reminders")}
    return send_from_templates(
        "reminders/alarm", admin.email, admin.language, context, html=False, connection=connection
    )
