"""How people get in: by an admin's invitation, never by signing up. What the tracker asks of the accounts' library."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from tracker.people.models import User
from tracker.people.tasks import send_password_resets


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ResetPasswordForm(forms.ResetPasswordForm):
    """Does the same for each address, and leaves the mail to a worker: neither words nor time may tell which have an account."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        send_password_resets.delay([person.pk for person in self.users])
        return str(self.cleaned_data["email"])


class UserTokenForm(forms.UserTokenForm):
    """What a link with a key leads to; nothing for people who were deactivated since."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None
