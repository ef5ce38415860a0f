"""Mails to the admins: when reminders stand still (no worker can send it, so it goes out with the page that finds it out, or /health/), and
when digests have failed.
"""

import logging
import smtplib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.urls import reverse

from actions.reminders.models import Digest, Heartbeat
from tracker.mail.templates import send_from_templates
from tracker.people.models import User

log = logging.getLogger(__name__)

PATIENCE = 5
"""Seconds that a page or a tick waits for the mail server."""


def tell_admins_once(last_tick: datetime) -> None:
    """One mail to each admin, once a standstill, however many ask at the same time. What goes wrong is in the log."""
    if not Heartbeat.objects.raise_alarm(last_tick):
        return
    log.error("Reminders stand still: no tick since %s", last_tick)
    _mail_admins("reminders/alarm", {"last_tick": last_tick})


def tell_admins_of_failures(now: datetime) -> None:
    """One mail to each admin about the digests that failed since the last one, once an hour at most: also where it could not go out, as
    is likely while the mail server is what failed.
    """
    untold = Digest.objects.failed().filter(admins_told=False)
    if (count := untold.count()) and Heartbeat.objects.may_tell_of_failures(now):
        log.error("%s digests failed", count)
        if _mail_admins("reminders/failures", {"count": count}):
            untold.update(admins_told=True)  # one that failed since the count shows on the page that the mail leads to


def _mail_admins(name: str, context: dict[str, Any]) -> bool:
    """Whether any admin was told. Once the connection is broken the others fail at once: nobody waits for each of them."""
    told = False
    try:
        with get_connection(timeout=PATIENCE) as connection:
            for admin in User.objects.active().admins():
                about = context | {"admin": admin, "reminders_url": settings.BASE_URL + reverse("reminders")}
                told |= send_from_templates(name, admin.email, admin.language, about, html=False, connection=connection)
    except (OSError, smtplib.SMTPException, ValueError) as error:  # no server, or EMAIL_URL is wrong
        log.error("The admins could not be told (%s): %s", name, error)
    return told
