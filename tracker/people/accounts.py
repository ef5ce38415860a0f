"""Adapt django-allauth: people get accounts by an invitation, never by signing up."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.audit.models import Event
from tracker.audit.recording import record
from tracker.people.mailboxes import canonical
from tracker.people.models import User
from tracker.people.tasks import send_password_resets
from tracker.queueing import enqueue
from tracker.web.error_pages import too_many_attempts
from tracker.web.rate_limits import client_network

FIVE_MINUTES, ONE_HOUR = 300, 3600
WELCOME = "welcome"
"""Key of the session after a person's first sign-in, until the person dismisses the welcome."""


class AccountAdapter(DefaultAccountAdapter):
    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords for an account and an address, so that nobody locks out its owner from another address."""
        return f"{self._account(request, **credentials)} {client_network(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse too many attempts from an address, and very many from all addresses together, against somebody with a thousand."""
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_of_account", key=self._account(request, **credentials)):
            record(Event.SIGN_IN_REFUSED, detail="too many attempts at an account")
            raise ImmediateHttpResponse(too_many_attempts(request, ONE_HOUR))

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Answer too many wrong passwords or codes with 429 and the time to wait, not with the form."""
        if code == "too_many_login_attempts":
            record(Event.SIGN_IN_REFUSED, detail="too many attempts")
            raise ImmediateHttpResponse(too_many_attempts(self.request, FIVE_MINUTES))
        return super().validation_error(code, *args)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **options: Any
    ) -> None:
        """Show a message. That of signing out lets the browser forget what the person typed (`static/js/keep.js`)."""
        if message_template == "account/messages/logged_out.txt":
            options["extra_tags"] = f"keep-forget:{request.user.pk}"
        super().add_message(request, level, message_template, *args, **options)

    def set_password(self, user: User, password: str) -> None:
        """Forget the wrong passwords from this address, too."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def _account(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what identifies the account: the person who is signed in and confirms the password, otherwise the address typed."""
        return str(request.user.pk) if request.user.is_authenticated else str(credentials.get("email", ""))

    def clean_email(self, email: str) -> str:
        return canonical(email)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the person in. The session of the first sign-in shows a welcome."""
        is_first = user.last_login is None
        super().login(request, user)
        if is_first:
            request.session[WELCOME] = True

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Send admins without a second factor to the page where they set one up, unless they asked for another page."""
        if user.is_admin and not is_mfa_enabled(user):
            options["redirect_url"] = options["redirect_url"] or reverse("mfa_index")
            messages.warning(
                request,
                _(
                    "Anyone who learns your password can do everything that admins can. Set up two-factor authentication in your "
                    "account menu."
                ),
            )
        return super().post_login(request, user, **options)


class LoginForm(forms.LoginForm):
    def clean_login(self) -> str:
        return canonical(super().clean_login())


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
