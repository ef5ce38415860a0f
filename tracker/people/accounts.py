"""How people get in: by an admin's invitation, never by signing up. What the tracker asks of the accounts' library."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from tracker.people.mails import send_password_reset
from tracker.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Says nothing of a failure: the page must not tell which addresses have an account."""
        send_password_reset(user)


class UserTokenForm(forms.UserTokenForm):
    """What a link with a key leads to; nothing for people who were deactivated since."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None
