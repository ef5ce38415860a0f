"""Adapt the second factors of django-allauth: secrets are encrypted in the database, and each code serves once."""

import logging
from base64 import urlsafe_b64encode

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.app_settings import TOTP_PERIOD, TOTP_TOLERANCE
from allauth.mfa.base import forms
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from tracker.audit.models import Event
from tracker.audit.recording import record

log = logging.getLogger(__name__)

CODE_IS_VALID = TOTP_PERIOD * (2 * TOTP_TOLERANCE + 1)
"""Seconds. allauth remembers a code that was used for one period only, and accepts it for longer."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypt the secrets of apps and recovery codes with a key made from SECOND_FACTOR_KEY."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raises PermissionDenied, with a message for the person, if another key encrypted it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            log.error("A second factor cannot be decrypted: SECOND_FACTOR_KEY is not the key that encrypted it.")
            raise PermissionDenied(
                _(
                    "Your second factor can no longer be checked. Ask an admin to remove it, then sign in and set up another."
                )
            ) from error


def _cipher() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"second factors").derive(settings.SECOND_FACTOR_KEY.encode())
    return Fernet(urlsafe_b64encode(key))


class _EachCodeOnce(forms.BaseAuthenticateForm):
    def clean_code(self) -> str:
        try:
            return self._code()
        except ValidationError:
            record(Event.SECOND_FACTOR_REFUSED, subject=self.user.pk)
            raise

    def _code(self) -> str:
        code: str = super().clean_code()
        digits = "".join(filter(str.isalnum, code))
        if not cache.add(f"used-code:{self.user.pk}:{digits}", True, CODE_IS_VALID):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_EachCodeOnce, forms.AuthenticateForm):
    """Ask for a code when somebody signs in."""


class ReauthenticateForm(_EachCodeOnce, forms.ReauthenticateForm):
    """Ask for a code before a change of the account's security."""
