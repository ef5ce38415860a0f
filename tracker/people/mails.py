"""Build mails with a link that works once: an invitation or a link to choose a new password."""

from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from tracker.mail.templates import mail_from_templates
from tracker.people.models import AccountMail, User


class PasswordLinkTokens(PasswordResetTokenGenerator):
    """Make the tokens of links to choose a password. A deactivation ends them, also for people who are activated again."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)} {user.sessions_ended_at}"


def account_mail(mail: AccountMail) -> EmailMultiAlternatives:
    """Build the mail, with a link of its own."""
    person = mail.person
    context = {
        "person": person,
        "by": mail.by,
        "link": password_link(person),
        "base_url": settings.BASE_URL,
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    reply_to = mail.by.email if mail.by else ""
    return mail_from_templates(f"people/{mail.kind}", person.email, person.language, context, reply_to=reply_to)


def password_link(person: User) -> str:
    """Return the address where the person chooses a password. It works until one is chosen, the person signs in or the address changes."""
    key = {"uidb36": user_pk_to_url_str(person), "key": PasswordLinkTokens().make_token(person)}
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key)
