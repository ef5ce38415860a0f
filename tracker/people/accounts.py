"""Adapt django-allauth: people get accounts by an invitation, never by signing up."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.people.models import User
from tracker.people.tasks import send_password_resets
from tracker.queueing import enqueue


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Send admins without a second factor to the page where they set one up, unless they asked for another page."""
        if user.is_admin and not is_mfa_enabled(user):
            options["redirect_url"] = options["redirect_url"] or reverse("mfa_index")
            messages.warning(
                request,
                _(
                    "Anyone who learns your password can do everything that admins can. Set up two-factor authentication: it is in"
                    " your account menu."
                ),
            )
        return super().post_login(request, user, **options)


class ResetPasswordForm(forms.ResetPasswordForm):
    """Answer in the same words and time whether or not an address has an account: a worker sends the mail. If the broker is away, the
    mail is sent at once.
    """

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        people = [person.pk for person in self.users]
        if not enqueue(send_password_resets, people):
            send_password_resets(people)
        return str(self.cleaned_data["email"])


class UserTokenForm(forms.UserTokenForm):
    """Check the key of a link. It is not valid for people who have been deactivated."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None
