"""Adapt the second factors of django-allauth."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.app_settings import TOTP_PERIOD, TOTP_TOLERANCE
from allauth.mfa.base import forms
from django.core.cache import cache

CODE_IS_VALID = TOTP_PERIOD * (2 * TOTP_TOLERANCE + 1)
"""Seconds. allauth remembers a code that was used for one period only, and accepts it for longer."""


class _EachCodeOnce(forms.BaseAuthenticateForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        digits = "".join(filter(str.isalnum, code))
        if not cache.add(f"used-code:{self.user.pk}:{digits}", True, CODE_IS_VALID):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_EachCodeOnce, forms.AuthenticateForm):
    """Ask for a code when somebody signs in."""


class ReauthenticateForm(_EachCodeOnce, forms.ReauthenticateForm):
    """Ask for a code before a change of the account's security."""
