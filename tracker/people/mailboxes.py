"""One form for each mailbox, so that nobody has two accounts or signs in with an address that only looks like another's."""

import unicodedata
from typing import Any

from django.db import models
from django.utils.encoding import punycode


def canonical(address: str) -> str:
    """Return the form of an address that is stored and compared: small letters, no long s, and the domain in its IDNA form, which
    mail servers use (`a@ü.example` becomes `a@xn--tda.example`). What is no address is folded as far as it can be.
    """
    folded = unicodedata.normalize("NFKC", address).casefold().strip()
    local, at, domain = folded.rpartition("@")
    try:
        return f"{local}{at}{punycode(domain)}" if at else folded
    except UnicodeError:  # no domain name; the validator says so
        return folded


class MailboxField(models.EmailField):
    """Store and look up an address in its canonical form."""

    def to_python(self, value: Any) -> Any:
        address = super().to_python(value)
        return canonical(address) if isinstance(address, str) else address
