"""Mail a person a link that works once: an invitation or a link to choose a new password."""

from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from tracker.mail.templates import send_from_templates
from tracker.people.models import User


class PasswordLinkTokens(PasswordResetTokenGenerator):
    """Make the tokens of links to choose a password. A deactivation ends them, also for people who are activated again."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)} {user.sessions_ended_at}"


def send_invitation(person: User, *, by: User) -> bool:
    """Send an invitation with the link to choose a password. Return whether the mail was sent."""
    return _send("people/invitation", person, {"by": by})


def send_password_reset(person: User) -> bool:
    """Send the link to choose a new password. Return whether the mail was sent."""
    return _send("people/password_reset", person, {})


def password_link(person: User) -> str:
    """Return the address where the person chooses a password. It works until one is chosen, the person signs in or the address changes."""
    key = {"uidb36": user_pk_to_url_str(person), "key": PasswordLinkTokens().make_token(person)}
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key)


def _send(template: str, person: User, context: dict[str, Any]) -> bool:
    context |= {
        "person": person,
        "link": password_link(person),
        "base_url": settings.BASE_URL,
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    return send_from_templates(template, person.email, person.language, context)
