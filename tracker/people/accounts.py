"""How people get in: by an admin's invitation, never by signing up. What the tracker asks of the accounts' library."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from tracker.people.models import User
from tracker.people.tasks import send_password_resets


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Admins without a second factor come to where they set one up, unless they were on their way to somewhere else."""
        if user.is_admin and not is_mfa_enabled(user):
            options["redirect_url"] = options["redirect_url"] or reverse("mfa_index")
            messages.warning(
                request,
                _(
                    "Whoever learns your password can do all that admins can. Set up two-factor authentication: it is in the menu of your"
                    " account."
                ),
            )
        return super().post_login(request, user, **options)


class ResetPasswordForm(forms.ResetPasswordForm):
    """Does the same for each address, and leaves the mail to a worker: neither words nor time may tell which have an account. Only
    where the broker is gone is it sent at once.
    """

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        people = [person.pk for person in self.users]
        try:
            send_password_resets.delay(people)
        except OperationalError:
            send_password_resets(people)
        return str(self.cleaned_data["email"])


class UserTokenForm(forms.UserTokenForm):
    """What a link with a key leads to; nothing for people who were deactivated since."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None
