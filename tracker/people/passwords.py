"""Refuse passwords that are easy to guess, beside Django's validators."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MIN_DIFFERENT = 5


class FewCharactersValidator:
    """Refuse a password that repeats a few characters, such as `aaaaaaaaaaaa` or `abcabcabcabc`."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password.casefold())) < MIN_DIFFERENT:
            raise ValidationError(
                _("This password repeats a few characters. Use at least %(count)d different ones."),
                code="few_characters",
                params={"count": MIN_DIFFERENT},
            )

    def get_help_text(self) -> str:
        return _("Your password must contain at least %(count)d different characters.") % {"count": MIN_DIFFERENT}
