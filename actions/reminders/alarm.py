"""Alert the admins by mail: when reminders have stopped, and when digests have failed.

No worker can send the first of these, so the command `alert_admins` does. `start` runs it every minute.
"""

import logging
import smtplib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.urls import reverse

from actions.reminders.health import stopped_since
from actions.reminders.models import Digest, Heartbeat
from tracker.mail.templates import send_from_templates
from tracker.people.models import User

log = logging.getLogger(__name__)

PATIENCE = 5
"""The seconds that the command or a tick waits for the mail server."""


def alert_admins_of_standstill(now: datetime) -> datetime | None:
    """Mail each admin once if no tick has run lately, however often this is called. Return since when."""
    last_tick = stopped_since(now)
    if last_tick and Heartbeat.objects.raise_alarm(last_tick):
        log.error("Reminders have stopped: no tick since %s", last_tick)
        _mail_admins("reminders/alarm", {"last_tick": last_tick})
    return last_tick


def alert_admins_of_failures(now: datetime) -> None:
    """Mail each admin about the digests that failed since the last such mail, at most once an hour, also if it could not be sent: it is
    likely to be the mail server that failed.
    """
    new = Digest.objects.failed(now.date()).filter(admins_notified=False)
    if (count := new.count()) and Heartbeat.objects.may_report_failures(now):
        log.error("%s digests failed", count)
        if _mail_admins("reminders/failures", {"count": count}):
            # One that failed after the count is on the page that the mail links to.
            new.update(admins_notified=True)


def _mail_admins(name: str, context: dict[str, Any]) -> bool:
    """Return whether any admin got the mail. Once the connection is broken the others fail at once, without waiting."""
    sent = False
    try:
        with get_connection(timeout=PATIENCE) as connection:
            for admin in User.objects.active().admins():
                about = context | {"admin": admin, "reminders_url": settings.BASE_URL + reverse("reminders")}
                sent |= send_from_templates(name, admin.email, admin.language, about, html=False, connection=connection)
    except (OSError, smtplib.SMTPException, ValueError) as error:  # no server, or EMAIL_URL is wrong
        log.error("The admins could not be alerted (%s): %s", name, error)
    return sent
